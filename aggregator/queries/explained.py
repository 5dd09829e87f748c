"""Where a score comes from, level by level, in numbers that add up as they are shown.

A whole (the overall score, a pillar, a best practice) consists of parts (pillars, best practices, checks). The shares
of the parts add up to 100, their points to the score of the whole, and what they lost to what it lacks of 100.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aggregator.queries.rounding import apportioned
from pillarwatch.score import overall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pillarwatch.score import PillarScore, PracticeScore

DECIMALS = 2


class Part(NamedTuple):
    """A part of a score."""

    name: str
    score: float  #: its own, 0 to 100
    share: float  #: of the whole, in points: what it adds if its own score is 100
    points: float  #: that it adds
    lost: float  #: share less points


class Whole(NamedTuple):
    """A score and its parts; without evidence there is no score, and no part."""

    score: float | None
    parts: list[Part]


class Use(NamedTuple):
    """A best practice that a check counts in."""

    best_practice: str
    pillar: str
    counts: bool  #: false where another check with the same cause counts instead
    lost: float  #: points of the pillar


class Weighted(NamedTuple):
    """A part before it is rounded."""

    score: float
    weight: float


def of_scope(scores: Mapping[str, PillarScore]) -> Whole:
    """The overall score, by pillar: each with a score counts the same."""
    parts = {pillar: Weighted(of.score, 1) for pillar, of in scores.items() if of.score is not None}
    return _whole(overall(scores), parts)


def of_pillar(score: PillarScore) -> Whole:
    """A pillar's score, by best practice with evidence, weighted by AWS's risk."""
    return _whole(score.score, {each.best_practice: Weighted(each.score, each.weight) for each in score.practices})


def of_practice(practice: PracticeScore) -> Whole:
    """A best practice's score, by check, weighted by severity."""
    return _whole(practice.score, {each.check: Weighted(100 * each.rate, each.weight) for each in practice.checks})


def uses(scores: Mapping[str, PillarScore], check: str) -> list[Use]:
    """The best practices in which a check counts, or would if no other check with the same cause had a lower rate."""
    found = []
    for pillar, of in scores.items():
        whole = sum(practice.weight for practice in of.practices)
        for practice in of.practices:
            weight = sum(share.weight for share in practice.checks)
            for share in practice.checks:
                if share.check == check:
                    lost = 100 * practice.weight / whole * share.weight / weight * (1 - share.rate)
                    found.append(Use(practice.best_practice, pillar, counts=True, lost=round(lost, DECIMALS)))
                elif check in dict(share.same_cause):
                    found.append(Use(practice.best_practice, pillar, counts=False, lost=0.0))
    return found


def _whole(score: float | None, parts: Mapping[str, Weighted]) -> Whole:
    if score is None:
        return Whole(None, [])
    weight = sum(part.weight for part in parts.values())
    shown = round(score, DECIMALS)
    points = apportioned({name: part.score * part.weight / weight for name, part in parts.items()}, DECIMALS, shown)
    lost = apportioned(
        {name: (100 - part.score) * part.weight / weight for name, part in parts.items()}, DECIMALS, 100 - shown
    )
    return Whole(
        shown,
        [
            Part(
                name,
                round(part.score, DECIMALS),
                round(points[name] + lost[name], DECIMALS),
                points[name],
                lost[name],
            )
            for name, part in parts.items()
        ],
    )
