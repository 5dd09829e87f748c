"""Incidents: what is worse than it was, reported once for each cause, and once more when it is over. Pure.

A pillar's incident begins when causes that no alert has reported cost it ``drop_threshold`` points, or when one of them
is urgent: critical, or high and exposed (P0). An alert reports it with all causes of its checks; further causes are
reported when they cost as much again. It ends when the reported causes cost less than half of the threshold, and none
of them is urgent. The points are what the score would be without the causes: they do not depend on the order or the
batches in which events arrive.

A workload reports the causes of its resources. The account reports those of resources without a workload and, at the
tick, those that its workloads have not reported because each alone lost too little.

Passing verdicts that leave the scope have no cause that could end. What the score loses by them is reported without a
cause, and is over when it is regained, or after 24 hours.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.alerting.digests import (
    MOST_KEPT,
    Report,
    by_cause,
    cause_of,
    entry,
    is_third,
    quiet,
    recent,
)
from aggregator.alerting.open_causes import Kind, Reporter, account_of
from aggregator.alerting.situation import Alert, AlertKind, Candidate, Incident, Situation, Watch
from aggregator.history import HOUR, OVERALL, WINDOW, Series, climbed
from aggregator.recommendations import RANKS
from pillarwatch.framework import PILLARS
from pillarwatch.score import Counts, overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from aggregator.transitions import Changes

DROPPED: AlertKind = "Pillar Score Dropped"
RECOVERED: AlertKind = "Pillar Score Recovered"
MOST_CAUSES_NAMED = 5
MOST_CAUSES_KEPT = 50  # with their resources, the worst: the score item is written with every projection
REGAINED = 0.5  # of the threshold: an incident that costs less is over, so that no alert follows from small changes


def observed(
    watch: Watch,
    situation: Situation,
    before: Mapping[str, float],
    points: Mapping[str, float],
    changes: Sequence[Changes],
    accounts: set[str],
) -> Watch:
    """The watch after changes: highs and lows have moved on, causes have begun and ended.

    Args:
        watch: as it was.
        situation: of the scope, after the changes.
        before: the points by pillar, and overall, that held until now.
        points: the points from now on.
        changes: the oldest first.
        accounts: whose first inventory is complete.
    """
    now = situation.now
    highs, lows = _series(watch, situation, before, points, changes, accounts)
    if situation.scope.kind == "component":
        return Watch(highs, lows)  # causes are in the changes of the scope that alerts
    causes = watch.causes.copy()
    candidates = {(one.resource, one.check): one for one in watch.candidates}
    departed = {hour: Counter(checks) for hour, checks in watch.departed.items()}
    for change in changes:
        known = accounts.issuperset(change.accounts)
        causes.process(change, now, accounts, situation.urgent)
        for ended in change.ended:
            candidates.pop((ended.resource, ended.check), None)
        for began in change.began:
            one = Candidate(change.at, began.resource, began.check, began.severity, began.turned)
            if account_of(one) in accounts:
                candidates[one.resource, one.check] = one
        if known and change.departed:
            departed.setdefault(now.strftime(HOUR), Counter()).update(change.departed)
    causes.forget(now)
    since = _text(now - WINDOW)
    return Watch(
        highs,
        lows,
        causes,
        _worst_first([one for one in candidates.values() if one.at >= since])[:MOST_CAUSES_KEPT],
        recent(watch.recent, now),
        _of_last_day(departed, now),
        _of_last_day(watch.departed_reported, now),
        watch.incidents,
        watch.named,
    )


def reported(
    watch: Watch, situation: Situation, due: Due, standing: Mapping[tuple[str, str], Mapping[str, Any]]
) -> tuple[Watch, dict[str, Watch], list[Alert]]:
    """The alerts that are due, the watch that has them as reported, and those of workloads that changed with it.

    Args:
        watch: as observed.
        situation: of the scope.
        due: what they have to report.
        standing: the findings of its candidates, as far as they still stand.
    """
    watch, workloads, dropped = _dropped(watch, situation, due, standing)
    current = replace(situation, workloads={**(situation.workloads or {}), **workloads}) if workloads else situation
    watch, recovered = _recovered(watch, current)
    return watch, workloads, [*dropped, *recovered]


class Due(NamedTuple):
    """What an alert has to report."""

    moved: list[str]  #: pillars, in the framework's order
    checks: set[str]  #: all unreported causes of which are reported
    departed: bool  #: whether departed verdicts moved a pillar
    departed_losses: dict[str, float]  #: what they cost each pillar
    total: int  #: unreported causes of the checks
    distinct: int  #: of them at least so many are not the same cause as another on their resource
    urgent: set[str]  #: checks
    candidates: list[Candidate]  #: the worst first
    reports: dict[Candidate, list[Report]]  #: of the last hour


NOTHING = Due(
    [], set(), departed=False, departed_losses={}, total=0, distinct=0, urgent=set(), candidates=[], reports={}
)


def due_of(watch: Watch, situation: Situation) -> Due:
    """What an alert of the scope has to report: nothing if no pillar moved and no urgent check begins to fail."""
    if situation.scope.kind == "component":
        return NOTHING
    unreported = _unreported(watch, situation)
    if not unreported and not watch.departed:
        return NOTHING
    candidates = _candidates(watch, situation)
    reports = _reports(watch, situation)
    damped = [one for one, of in reports.items() if quiet(of)]
    pressing = watch.causes.urgent(None)
    waiting = unreported - Counter(Kind(one.check, one.turned) for one in damped)
    pressing -= Counter(one.check for one in damped if situation.urgent(one) and one in watch.candidates)
    lost = situation.losses(waiting)
    moved = {pillar for pillar, points in lost.items() if points >= situation.threshold}
    losses = _departed_losses(watch, situation, watch.departed)
    departed = {pillar for pillar, points in losses.items() if points >= situation.threshold}
    checks = {kind.check for kind in waiting if moved.intersection(situation.pillars(kind.check))} | pressing.keys()
    checks &= situation.basis.checks.keys()
    due = Counter({kind: n for kind, n in unreported.items() if kind.check in checks})
    return Due(
        [pillar for pillar in PILLARS if pillar in moved | departed],
        checks,
        bool(departed),
        losses,
        due.total(),
        situation.distinct(due),
        pressing.keys() & checks,
        [one for one in candidates if one.check in checks],
        reports,
    )


def _dropped(
    watch: Watch, situation: Situation, due: Due, standing: Mapping[tuple[str, str], Mapping[str, Any]]
) -> tuple[Watch, dict[str, Watch], list[Alert]]:
    if not due.moved and not due.urgent:
        return watch, {}, []
    failing = [
        one
        for one in due.candidates
        if standing.get((one.resource, one.check), {}).get("verdict") == "NON_COMPLIANT" and not quiet(due.reports[one])
    ]
    if not failing and len(due.candidates) >= due.total and not due.departed:
        return watch, {}, []  # they have just ended, and the changes that say so wait in the outbox
    distinct = situation.without_same_causes(failing)
    named = [_cause(one, standing[one.resource, one.check]) for one in distinct[:MOST_CAUSES_NAMED]]
    more = max(due.distinct, len(distinct)) - len(named)
    at, by = _text(situation.now), _reporter(situation)
    returned = [one for one in failing if is_third(due.reports[one])]
    digest = [
        entry(
            _cause(one, standing[one.resource, one.check]), situation.title(one.check), due.reports[one], at, began=True
        )
        for one in returned
    ]
    lost = Counter(situation.losses(_open(watch, situation)))
    lost.update(due.departed_losses)
    causes = watch.causes.copy()
    escalated, workloads = False, {}
    for scope, other in (situation.workloads or {}).items():
        theirs = other.causes.copy()
        if due.checks & {kind.check for kind in theirs.unreported(situation.account)}:
            theirs.report(due.checks, by, situation.account)
            left = [o for o in other.candidates if o.check not in due.checks or account_of(o) != situation.account]
            workloads[scope], escalated = replace(other, causes=theirs, candidates=left), True
    causes.report(due.checks, by)
    pillars = [*due.moved, *(situation.pillars(check)[0] for check in sorted(due.urgent))]
    incidents = dict(watch.incidents)
    for pillar in dict.fromkeys(pillars):
        known = incidents.get(pillar) or Incident(
            _id(situation, f"{pillar} incident"), at, moved=False, escalated=False
        )
        incidents[pillar] = known._replace(
            moved=known.moved or pillar in due.moved, escalated=known.escalated or escalated
        )
    watch = replace(
        watch,
        causes=causes,
        candidates=[one for one in watch.candidates if one.check not in due.checks],
        recent=[
            *(Report(one.resource, one.check, at, began=True, digest=one in returned) for one in failing),
            *watch.recent,
        ][:MOST_KEPT],
        departed={} if due.departed else watch.departed,
        departed_reported=_sum(watch.departed_reported, watch.departed) if due.departed else watch.departed_reported,
        incidents=incidents,
        named=[*named, *(one for one in watch.named if one not in named)][:MOST_CAUSES_NAMED],
    )
    reported_now = {pillar: incidents[pillar] for pillar in dict.fromkeys(pillars)}
    return watch, workloads, [_alert(DROPPED, situation, due.moved, lost, reported_now, named, more, digest)]


def _recovered(watch: Watch, situation: Situation) -> tuple[Watch, list[Alert]]:
    undecided = {p for p, incident in watch.incidents.items() if incident.escalated and situation.workloads is None}
    if not watch.incidents.keys() - undecided:
        return watch, []
    lost = Counter(situation.losses(_reported(watch, situation)))
    lost.update(_departed_losses(watch, situation, watch.departed_reported))
    pressing = {
        pillar for check in watch.causes.urgent(_reporter(situation)) for pillar in situation.pillars(check)[:1]
    }
    silent = {pillar for _, check in quiet(watch.recent) for pillar in situation.pillars(check)}
    ended = {
        pillar: incident
        for pillar, incident in watch.incidents.items()
        if pillar not in undecided | pressing | silent and lost[pillar] < REGAINED * situation.threshold
    }
    if not ended:
        return watch, []
    left = {pillar: incident for pillar, incident in watch.incidents.items() if pillar not in ended}
    over = [one for one in watch.named if not left or not {*situation.pillars(one["check"])} & left.keys()]
    moved = [pillar for pillar in PILLARS if pillar in ended and ended[pillar].moved]
    reports, at = by_cause(watch.recent), _text(situation.now)
    causes = {cause_of(one): one for one in over}
    known = {cause: reports.get(cause, []) for cause in causes}
    digest = [
        entry(one, situation.title(one["check"]), known[cause], at, began=False)
        for cause, one in causes.items()
        if is_third(known[cause])
    ]
    named_now = [Report(*cause, at, began=False, digest=is_third(known[cause])) for cause in causes]
    watch = replace(
        watch,
        recent=[*named_now, *watch.recent][:MOST_KEPT],
        incidents=left,
        named=[one for one in watch.named if one not in over],
    )
    return watch, [_alert(RECOVERED, situation, moved, lost, ended, over, digest=digest)]


def _series(
    watch: Watch,
    situation: Situation,
    before: Mapping[str, float],
    points: Mapping[str, float],
    changes: Sequence[Changes],
    accounts: set[str],
) -> tuple[dict[str, Series], dict[str, Series]]:
    """The rolling highs and lows; what a release changed moves them, for no resource has changed."""
    rebase = any(not accounts.issuperset(change.accounts) for change in changes)
    shift = _shift(situation, points, changes)
    if not rebase and not shift:
        return (
            {
                name: climbed(watch.highs.get(name, ()), situation.now, (before.get(name, value), value))
                for name, value in points.items()
            },
            {
                name: climbed(watch.lows.get(name, ()), situation.now, (before.get(name, value), value), -1)
                for name, value in points.items()
            },
        )
    highs, lows = (
        {
            name: climbed(
                [] if rebase else [(hour, _shifted(old, shift.get(name, 0))) for hour, old in series.get(name, [])],
                situation.now,
                [value] if rebase else [_shifted(before.get(name, value), shift.get(name, 0)), value],
                sign,
            )
            for name, value in points.items()
        }
        for series, sign in ((watch.highs, 1), (watch.lows, -1))
    )
    return highs, lows


def _shift(situation: Situation, points: Mapping[str, float], changes: Sequence[Changes]) -> dict[str, float]:
    """The points that a release has moved each score by."""
    released: Counter[str] = Counter()
    for change in changes:
        released.update(change.released)
    if not any(released.values()):
        return {}
    counts = dict(situation.counts)
    for name, n in released.items():
        check, _, letter = name.rpartition(".")
        count = counts.get(check, Counts())
        compliant, non_compliant = count.compliant - n * (letter == "C"), count.non_compliant - n * (letter == "N")
        counts[check] = count._replace(compliant=compliant, non_compliant=non_compliant)
    if counts == dict(situation.counts):
        return {}
    scores = situation.basis.scores(situation.scope, counts)
    without_it = {pillar: score.score for pillar, score in scores.items()} | {OVERALL: overall(scores)}
    return {name: value - old for name, value in points.items() if (old := without_it[name]) is not None}


def _shifted(value: float, shift: float) -> float:
    return round(min(100.0, max(0.0, value + shift)), 2)


def _reporter(situation: Situation) -> Reporter:
    return "account" if situation.scope.kind == "account" else "workload"


def _unreported(watch: Watch, situation: Situation) -> Counter[Kind]:
    found = watch.causes.unreported()
    for other in (situation.workloads or {}).values():
        found += other.causes.unreported(situation.account)
    return found


def _reported(watch: Watch, situation: Situation) -> Counter[Kind]:
    by = _reporter(situation)
    found = watch.causes.reported(by)
    if by == "workload":
        return found + watch.causes.reported("account")
    for other in (situation.workloads or {}).values():
        found += other.causes.reported(by, situation.account)
    return found


def _open(watch: Watch, situation: Situation) -> Counter[Kind]:
    return _unreported(watch, situation) + _reported(watch, situation)


def _candidates(watch: Watch, situation: Situation) -> list[Candidate]:
    others = (
        one
        for other in (situation.workloads or {}).values()
        for one in other.candidates
        if account_of(one) == situation.account
    )
    return _worst_first([*watch.candidates, *others])


def _reports(watch: Watch, situation: Situation) -> dict[Candidate, list[Report]]:
    """Each candidate's alerts of the last hour, of this scope and of the workload that has the candidate."""
    found: dict[Candidate, list[Report]] = {}
    for of in (watch, *(situation.workloads or {}).values()):
        reports = by_cause(recent([*of.recent, *watch.recent], situation.now))
        for one in of.candidates:
            if of is watch or account_of(one) == situation.account:
                found[one] = reports.get((one.resource, one.check), [])
    return found


def _departed_losses(watch: Watch, situation: Situation, departed: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """What departed verdicts cost: at most what the score is below its 24-hour high, less what open causes cost."""
    total: Counter[str] = Counter()
    for checks in departed.values():
        total.update(checks)
    lost = situation.losses({}, total) if total else {}
    if not any(points > 0 for points in lost.values()):
        return {}
    causes = situation.losses(_open(watch, situation))
    return {
        pillar: max(
            0, min(points, round(watch.highs[pillar][0][1] - situation.points[pillar] - causes.get(pillar, 0), 2))
        )
        for pillar, points in lost.items()
    }


def _of_last_day(departed: Mapping[str, Mapping[str, int]], now: datetime) -> dict[str, dict[str, int]]:
    since = (now - WINDOW).strftime(HOUR)
    return {hour: dict(checks) for hour, checks in departed.items() if hour >= since}


def _sum(one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {hour: dict(Counter(one.get(hour, {})) + Counter(other.get(hour, {}))) for hour in sorted({*one, *other})}


def _worst_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    newest_first = sorted(candidates, reverse=True)
    if len(newest_first) < 2:  # noqa: PLR2004 - nothing to compare
        return newest_first
    return sorted(newest_first, key=lambda one: RANKS.get(one.severity, len(RANKS)))  # type: ignore[call-overload]


def _cause(candidate: Candidate, finding: Mapping[str, Any]) -> dict[str, Any]:
    """What of a cause cannot be looked up in the catalogue later, when it has ended."""
    return {
        "check": candidate.check,
        "severity": finding["severity"],
        "annotation": finding["annotation"],
        "resource": finding["resource"],
    }


def _id(situation: Situation, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{situation.account}/{situation.scope.key}/{situation.revision}/{what}"))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _alert(
    kind: AlertKind,
    situation: Situation,
    moved: Sequence[str],
    lost: Mapping[str, float],
    incidents: Mapping[str, Incident],
    causes: Sequence[Mapping[str, Any]],
    more: int = 0,
    digest: Sequence[Mapping[str, Any]] = (),
) -> Alert:
    checks = situation.basis.checks
    pillars = []
    for pillar in moved:
        score, points = situation.points.get(pillar), max(0.0, lost.get(pillar, 0.0))
        pillars.append(
            {
                "pillar": pillar,
                "score": score,
                "high": None if score is None else round(min(100.0, score + points), 2),
                "points": round(points, 2),
                "coverage": round(situation.scores[pillar].coverage, 2),
            }
        )
    return Alert(
        kind,
        {
            "version": "1",
            "id": _id(situation, kind),
            "account": situation.account,
            "scope": situation.scope._asdict(),
            "at": _text(situation.now),
            "incidents": [
                {"pillar": pillar, "id": incident.id, "began": incident.began} for pillar, incident in incidents.items()
            ],
            "pillars": pillars,
            "causes": [
                {
                    **cause,
                    "title": checks[cause["check"]].title,
                    "fix": checks[cause["check"]].fix,
                    "automation": checks[cause["check"]].automation,
                    "effort": checks[cause["check"]].effort,
                    "best_practice": checks[cause["check"]].best_practices[0],
                }
                for cause in causes
                if cause["check"] in checks
            ],
            "more_causes": max(0, more),
            "digest": list(digest),
        },
    )
