"""Rolling views, priorities and gains: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.catalogue import packaged_basis
from aggregator.history import DAY, WINDOW, Series, bucket, climbed, past, rolling
from aggregator.queries import Recommendation
from aggregator.recommendations import (
    EFFORTS,
    by_priority,
    gains,
    priority,
    recommendations,
    value_per_effort,
    with_gains,
)
from aggregator.scopes import ScopeName
from cli.results.recommendations import listed
from pillarwatch.score import Counts, PillarScore
from tests.aggregator.world import PUBLIC, VERSIONING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOP = ScopeName("workload", "shop", "shop")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 100)), min_size=1, max_size=60))
def test_the_rolling_high_is_the_highest_of_the_last_day(steps: list[tuple[int, int]]) -> None:
    series: Series = []
    seen = []
    for hour, value in sorted(steps, key=lambda step: step[0]):
        now = NOON + timedelta(hours=hour)
        seen.append((now, value))
        series = climbed(series, now, [value])
        assert series[0][1] == max(value for at, value in seen if at >= now - WINDOW)
        assert len(series) <= 25


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_the_rolling_low_is_the_high_upside_down(values: list[int]) -> None:
    assert climbed([], NOON, values, -1)[0][1] == min(values)


def test_a_series_has_one_entry_for_an_hour_however_often_the_score_falls_in_it() -> None:
    assert climbed([], NOON, [90, 80, 70]) == [("2026-11-22T12", 90)]
    later = NOON + timedelta(hours=1)
    assert climbed([("2026-11-22T12", 90)], later, [80, 70, 75]) == [("2026-11-22T12", 90), ("2026-11-22T13", 80)]


def test_an_hour_remembers_the_score_that_held_at_its_beginning() -> None:
    (first,) = bucket({}, "2026-11-22T12", {"security": 90}, {"security": 80})["scores"].values()
    assert first == {"high": 90, "low": 80, "last": 80}
    again = bucket({"key": "2026-11-22T12", "scores": {"security": first}}, "2026-11-22T12", {}, {"security": 85})
    assert again["scores"]["security"] == {"high": 90, "low": 80, "last": 85}


def test_means_and_trend_look_back_as_far_as_they_say() -> None:
    days = [
        {
            "key": (NOON - timedelta(days=back)).strftime(DAY),
            "scores": {"security": {"last": 50 if back > 7 else 80}},
        }
        for back in range(29, 0, -1)
    ]
    view = rolling(past(days, NOON), {"security": 90})["security"]
    assert view["mean_7"] == round((6 * 80 + 90) / 7, 2)
    assert view["mean_30"] == round((22 * 50 + 7 * 80 + 90) / 30, 2)
    assert view["trend"] == 10


CHECKS = sorted(packaged_basis().checks)
LIFECYCLE, UPLOADS = "s3-lifecycle-policy-check", "s3-incomplete-multipart-upload-expiration"
VERSIONS = "s3-version-lifecycle-policy-check"
COUNTS = st.builds(Counts, st.integers(0, 9), st.integers(0, 9))
ROOT_MFA = "root-account-mfa-enabled"


@given(st.dictionaries(st.sampled_from(CHECKS), COUNTS, min_size=1, max_size=30))
@example({VERSIONING: Counts(1, 3), PUBLIC: Counts(2, 1)})
@example({LIFECYCLE: Counts(1, 3), UPLOADS: Counts(2, 2), VERSIONS: Counts(1, 3)})
def test_a_gain_is_what_the_pillar_wins_when_the_check_is_compliant_everywhere(counts: Mapping[str, Counts]) -> None:
    basis = packaged_basis()
    before = basis.scores(SHOP, counts)
    found = gains(before.values())
    for check, count in counts.items():
        after = basis.scores(SHOP, {**counts, check: Counts(count.judged)})
        for pillar, score in after.items():
            won = (score.score or 0) - (before[pillar].score or 0)
            assert found.get(check, {}).get(pillar, 0) == pytest.approx(won, abs=1e-9)


@pytest.mark.parametrize(
    ("severity", "exposed", "effort", "counts", "level"),
    [
        ("critical", False, "L", Counts(9, 1), "P0"),
        ("high", True, "S", Counts(9, 1), "P0"),
        ("high", True, "L", Counts(9, 1), "P0"),
        ("high", False, "S", Counts(9, 1), "P1"),
        ("high", False, "S", Counts(0, 9), "P1"),
        ("high", False, "L", Counts(9, 1), "P2"),
        ("high", False, "L", Counts(2, 2), "P1"),
        ("medium", True, "S", Counts(9, 1), "P2"),
        ("medium", True, "S", Counts(2, 2), "P1"),
        ("medium", False, "L", Counts(1, 9), "P2"),
        ("low", False, "L", Counts(9, 1), "P3"),
        ("low", False, "S", Counts(0, 1), "P3"),
        ("low", False, "S", Counts(0, 2), "P2"),
    ],
)
def test_priority_is_p0_if_critical_or_high_and_exposed_and_else_follows_from_severity_breadth_and_effort(
    severity: str, exposed: bool, effort: str, counts: Counts, level: str
) -> None:
    found = priority(severity, effort, counts, exposed=exposed)  # type: ignore[arg-type]
    assert found.level == level
    assert f"{counts.non_compliant} of {counts.judged} resources" in found.reason
    assert ("exposed" in found.reason) is exposed


def ranked(counts: Mapping[str, Counts]) -> list[dict[str, Any]]:
    """The recommendations of a workload in their order."""
    basis = packaged_basis()
    return sorted(
        with_gains(recommendations(SHOP, basis, counts), basis.scores(SHOP, counts)).values(), key=by_priority
    )


def of_priority(is_p0: bool) -> list[str]:
    """The checks that are P0 while one resource fails, or those that are not."""
    every = ranked({check: Counts(9, 1) for check in CHECKS})
    return [one["check"] for one in every if (one["priority"] == "P0") is is_p0]


def read(ranked: list[dict[str, Any]]) -> list[Recommendation]:
    """Recommendations as they are read from the table."""
    return [Recommendation(**one, sample=[]) for one in ranked]


def test_the_root_user_without_mfa_comes_first_of_88() -> None:
    others = of_priority(False)[:87]
    found = ranked({**{check: Counts(1, 9) for check in others}, ROOT_MFA: Counts(0, 1)})
    assert len(found) == 88
    assert (found[0]["check"], found[0]["priority"]) == (ROOT_MFA, "P0")
    assert found[0]["value_per_effort"] < max(one["value_per_effort"] for one in found)


def test_the_order_is_priority_severity_value_per_effort_and_id_whatever_the_order_of_counts() -> None:
    counts = {check: Counts(place % 7, place % 3 + 1) for place, check in enumerate(CHECKS)}
    found = ranked(counts)
    worst_first = ["critical", "high", "medium", "low"]
    keys = [
        (one["priority"], worst_first.index(one["severity"]), -one["value_per_effort"], one["check"]) for one in found
    ]
    assert keys == sorted(keys)
    assert len({one["priority"] for one in found}) == 4
    assert found == ranked(dict(reversed(counts.items())))


def test_a_limit_of_10_shows_all_15_of_p0_and_counts_the_others() -> None:
    checks = of_priority(True)[:15] + of_priority(False)[:30]
    found = ranked({check: Counts(9, 1) for check in checks})
    text = listed(read(found), 10)
    assert [one["check"] for one in found if f"[{one['check']}]" in text] == [one["check"] for one in found[:15]]
    assert all(one["priority"] == "P0" for one in found[:15])
    (line,) = [line for line in text.splitlines() if line.startswith("30 more: ")]
    assert sum(int(part.split()[0]) for part in line.partition(": ")[2].split(", ")) == 30


def test_a_limit_above_the_number_of_p0_is_the_number_shown() -> None:
    checks = of_priority(True)[:2] + of_priority(False)[:3]
    found = read(ranked({check: Counts(9, 1) for check in checks}))
    assert listed(found, 4).count("P0  ") == 2
    assert "1 more: 1 P" in listed(found, 4)
    assert "1 more: " not in listed(found, 5)
    assert listed([], 5) == "nothing to fix"


def test_low_coverage_damps_the_value_and_leaves_the_gain() -> None:
    basis = packaged_basis()
    alone, wide = {VERSIONING: Counts(1, 1)}, {check: Counts(1) for check in CHECKS} | {VERSIONING: Counts(1, 1)}
    found = {}
    for name, counts in (("alone", alone), ("wide", wide)):
        scores = basis.scores(SHOP, counts)
        one = found[name] = with_gains(recommendations(SHOP, basis, counts), scores)[VERSIONING]
        damped = sum(points * scores[pillar].coverage / 100 for pillar, points in one["gain"].items())
        assert one["value_per_effort"] == pytest.approx(damped / EFFORTS[one["effort"]], abs=0.02)
    (pillar, *_) = found["alone"]["gain"]
    assert basis.scores(SHOP, alone)[pillar].coverage < 5
    assert found["alone"]["gain"][pillar] == 50
    assert found["alone"]["value_per_effort"] < 0.1 * sum(found["alone"]["gain"].values())


def test_of_two_equal_gains_the_one_in_the_pillar_with_more_evidence_comes_first() -> None:
    scores = {
        pillar: PillarScore(pillar, 50.0, coverage, 1, ())
        for pillar, coverage in (("security", 5), ("reliability", 80))
    }
    assert value_per_effort({"security": 10.0}, "S", scores) == pytest.approx(0.5)
    assert value_per_effort({"reliability": 10.0}, "S", scores) == pytest.approx(8)
    assert value_per_effort({"reliability": 10.0, "security": 10.0}, "L", scores) == pytest.approx(8.5 / 8)


def test_a_gain_of_checks_together_is_what_the_pillar_wins_when_all_are_compliant() -> None:
    basis = packaged_basis()
    counts = {LIFECYCLE: Counts(1, 3), UPLOADS: Counts(2, 2), VERSIONS: Counts(0, 4)}
    before = basis.scores(SHOP, counts)
    found = gains(before.values(), {LIFECYCLE: {UPLOADS, VERSIONS}})[LIFECYCLE]
    after = basis.scores(SHOP, {check: Counts(4) for check in counts})
    won = {pillar: (score.score or 0) - (before[pillar].score or 0) for pillar, score in after.items()}
    assert found == pytest.approx({pillar: points for pillar, points in won.items() if points})
