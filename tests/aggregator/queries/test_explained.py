"""Explained scores: on each level the numbers that are shown add up to those of the level above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.catalogue import packaged_basis
from aggregator.queries.explained import Whole, of_pillar, of_practice, of_scope, uses
from aggregator.queries.rounding import apportioned
from aggregator.scopes import ScopeName
from pillarwatch.score import Counts, overall

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOP = ScopeName("workload", "shop", "shop")
CHECKS = sorted(packaged_basis().checks)
COUNTS = st.dictionaries(st.sampled_from(CHECKS), st.builds(Counts, *[st.integers(0, 9)] * 4), min_size=1, max_size=40)


def adds_up(whole: Whole) -> bool:
    """Whether points, lost points and shares add up to what is shown of the whole, to the last digit."""
    if whole.score is None:
        return not whole.parts
    points, lost, shares = (
        round(sum(values), 2) for values in zip(*((p.points, p.lost, p.share) for p in whole.parts), strict=True)
    )
    return (points, lost, shares) == (whole.score, round(100 - whole.score, 2), 100) and all(
        0 <= part.points <= part.share for part in whole.parts
    )


@given(counts=COUNTS)
def test_the_numbers_of_every_level_add_up(counts: Mapping[str, Counts]) -> None:
    scores = packaged_basis().scores(SHOP, counts)
    total = overall(scores)
    assert of_scope(scores).score == (None if total is None else round(total, 2))
    assert adds_up(of_scope(scores))
    pillars = {part.name: part.score for part in of_scope(scores).parts}
    for pillar, score in scores.items():
        whole = of_pillar(score)
        assert adds_up(whole)
        assert pillars.get(pillar) == whole.score
        for practice, part in zip(score.practices, whole.parts, strict=True):
            assert adds_up(of_practice(practice))
            assert of_practice(practice).score == part.score


@given(counts=COUNTS)
def test_what_all_checks_lost_is_what_the_pillar_lacks(counts: Mapping[str, Counts]) -> None:
    scores = packaged_basis().scores(SHOP, counts)
    lost = dict.fromkeys(scores, 0.0)
    for check in counts:
        for use in uses(scores, check):
            lost[use.pillar] += use.lost
    for pillar, score in scores.items():
        if score.score is not None:
            assert lost[pillar] == pytest.approx(100 - score.score, abs=0.005 * len(CHECKS))


def test_three_thirds_are_one_hundred() -> None:
    assert apportioned(dict.fromkeys("abc", 100 / 3), 2) == {"a": 33.34, "b": 33.33, "c": 33.33}


@given(st.dictionaries(st.integers(), st.floats(-100, 100), min_size=1, max_size=30))
def test_rounded_parts_add_up_and_none_is_a_whole_unit_off(parts: dict[int, float]) -> None:
    found = apportioned(parts, 2)
    assert round(sum(found.values()), 2) == pytest.approx(round(sum(parts.values()), 2), abs=1e-9)
    assert all(abs(found[key] - value) < 0.0101 for key, value in parts.items())
