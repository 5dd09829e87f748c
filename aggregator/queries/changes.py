"""What moved the scores of a scope between two times: verdicts that changed, by check and resource.

The counters of an earlier time are those of now without what changed since. So both scores are computed by the same
checks and settings, those of the reader, and what a release changed is a change of verdicts like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import Basis, packaged_basis
from aggregator.history import CHANGES_KEPT
from aggregator.queries import NoSuchScope
from aggregator.queries.rounding import apportioned
from aggregator.scopes import ScopeName
from aggregator.store import KINDS, Live, Store
from aggregator.transitions import WORDS, Moved
from pillarwatch.framework import PILLARS
from pillarwatch.score import Counts, overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from aggregator.catalogue import CheckEntry
    from pillarwatch.score import PillarScore

READINGS = 5  # of a scope that others write to
LETTERS: Mapping[str, str] = {**WORDS, "C": "COMPLIANT", "-": ""}
OVERALL = "overall"

MovedResource = tuple[str, str, str, str]  #: account, region, type, id
Timed = tuple[str, Moved]  #: the key of the change, and what it moved


class Unsettled(Exception):
    """The scope changes faster than it can be read."""


class ResourceChange(NamedTuple):
    """The verdicts of a check on a resource at both times; empty for none."""

    account: str
    region: str
    type: str
    id: str
    name: str
    before: str
    after: str


class CheckChange(NamedTuple):
    """A check whose verdicts changed, and the points by which that moved each pillar and the overall score."""

    check: str
    title: str
    severity: str
    points: dict[str, float]
    resources: list[ResourceChange]


class Difference(NamedTuple):
    """A scope at two times. The points of all checks add up to the difference of the scores."""

    name: ScopeName
    begins: str
    ends: str
    before: dict[str, float | None]  #: score by pillar, and overall
    after: dict[str, float | None]
    checks: list[CheckChange]  #: those that moved a score most first
    basis: str  #: digest of the deployment's checks and settings


def difference(table: Any, scope: str, begins: datetime, ends: datetime, basis: Basis | None = None) -> Difference:
    """What moved the scores of a scope between two times.

    Args:
        table: boto3's resource of the table.
        scope: its key.
        begins: the earlier time, at most ``CHANGES_KEPT`` ago.
        ends: the later time.
        basis: what scores are computed by; by default what this installation has.

    Raises:
        NoSuchScope: there is none.
        Unsettled: it changes too fast.
    """
    basis = basis or packaged_basis()
    live, moved = _read(Store(table), scope, begins.isoformat(timespec="microseconds"))
    name = ScopeName(*(live.score.get("name") or live.outbox[0].scope))
    until = f"{ends.isoformat(timespec='microseconds')}~"  # after each key of this time
    later = [each for key, each in moved if key > until]
    between = [each for key, each in moved if key <= until]
    after = undone(live.counts, later)
    before = undone(after, between)
    found = _by_check(between)
    scores = {when: basis.scores(name, counts) for when, counts in (("before", before), ("after", after))}
    shown = {when: _shown(of) for when, of in scores.items()}
    points = _points(basis, name, before, after, [check for check in found if check in basis.checks])
    changes = [
        _change(check, resources, basis, name, {pillar: of.get(check, 0.0) for pillar, of in points.items()})
        for check, resources in found.items()
    ]
    return Difference(
        name=name,
        begins=begins.isoformat(timespec="seconds"),
        ends=ends.isoformat(timespec="seconds"),
        before=shown["before"],
        after=shown["after"],
        checks=sorted(changes, key=lambda one: (-max(map(abs, one.points.values()), default=0), one.check)),
        basis=live.score.get("basis", ""),
    )


def undone(counts: Mapping[str, Counts], moved: Iterable[Moved]) -> dict[str, Counts]:
    """The counts before verdicts changed."""
    by_check = {check: dict(zip(KINDS, count, strict=True)) for check, count in counts.items()}
    for each in moved:
        for letters, checks in each.checks.items():
            for check in checks:
                known = by_check.setdefault(check, dict.fromkeys(KINDS, 0))
                for letter, n in ((letters[0], 1), (letters[1], -1)):
                    if letter in known:
                        known[letter] += n
    return {check: Counts(*known.values()) for check, known in by_check.items() if any(known.values())}


def _read(store: Store, scope: str, since: str) -> tuple[Live, list[Timed]]:
    """A scope, and what changed since a time, in the order of the changes.

    A change is in the outbox until it is projected, and then in the history. The reading of both is of one time if
    nothing was projected or counted meanwhile.
    """
    for _ in range(READINGS):
        before = store.live(scope)
        if not (before.score or before.outbox):
            raise NoSuchScope(scope)
        items = store.history(scope, "CHANGE#", since)
        after = store.live(scope)
        if before == after and not after.more:
            past = [(item["sk"].partition("#")[2], Moved(*moved)) for item in items for moved in item["moved"]]
            waiting = [(each.key, moved) for each in after.outbox for moved in each.moved if each.key >= since]
            return after, sorted(past + waiting, key=lambda timed: timed[0])
    raise Unsettled(scope)


def oldest(now: datetime) -> datetime:
    """The earliest time of which changes are kept."""
    return now - CHANGES_KEPT


def _by_check(moved: Iterable[Moved]) -> dict[str, list[ResourceChange]]:
    """By check and resource the verdict at both times, where they differ."""
    known: dict[tuple[str, MovedResource], tuple[str, str, str]] = {}
    for each in moved:
        resource: MovedResource = (each.account, each.region, each.type, each.id)
        for letters, checks in each.checks.items():
            for check in checks:
                first = known.get((check, resource), letters)[0]
                known[check, resource] = (first, letters[1], each.name)
    found: dict[str, list[ResourceChange]] = {}
    for (check, resource), (was, now, name) in sorted(known.items()):
        if was != now:
            found.setdefault(check, []).append(ResourceChange(*resource, name, LETTERS[was], LETTERS[now]))
    return found


def _points(
    basis: Basis, name: ScopeName, before: Mapping[str, Counts], after: Mapping[str, Counts], checks: Sequence[str]
) -> dict[str, dict[str, float]]:
    """By pillar, and overall, the points that each check moved it by; they add up to what is shown.

    A score is no sum of its checks. The checks are changed one after the other, in one order and in the reverse, and a
    check has the mean of what the score moved by at its turn. A pillar without a score at one of the times has none.
    """
    both = _shown(basis.scores(name, before)), _shown(basis.scores(name, after))
    scored = [of for of in (*PILLARS, OVERALL) if None not in (both[0][of], both[1][of])]
    points = {of: dict.fromkeys(checks, 0.0) for of in scored}
    for order in (checks, checks[::-1]):
        counts, last = dict(before), _exact(basis.scores(name, before))
        for check in order:
            counts[check] = after.get(check, Counts())
            now = _exact(basis.scores(name, counts))
            for of in scored:
                if (value := now[of]) is not None:
                    points[of][check] += (value - (last[of] or 0)) / 2
                    last[of] = value
    return {of: apportioned(points[of], 2, (both[1][of] or 0) - (both[0][of] or 0)) for of in scored if checks}


def _exact(scores: Mapping[str, PillarScore]) -> dict[str, float | None]:
    return {**{pillar: score.score for pillar, score in scores.items()}, OVERALL: overall(scores)}


def _shown(scores: Mapping[str, PillarScore]) -> dict[str, float | None]:
    return {of: None if value is None else round(value, 2) for of, value in _exact(scores).items()}


def _change(
    check: str, resources: list[ResourceChange], basis: Basis, name: ScopeName, points: Mapping[str, float]
) -> CheckChange:
    entry: CheckEntry | None = basis.checks.get(check)
    severity = basis.severity(check, name) if entry else ""
    moved = {of: value for of, value in points.items() if value}
    return CheckChange(check, entry.title if entry else "", severity, moved, resources)
