"""A change for the worse that someone must hear of: once for each cause, and once more when it is mended. Pure.

A pillar has dropped when it is ``drop_threshold`` points or more below its 24-hour high, or since it was last told.
A critical check that newly fails is told whatever the points. The narrowest scope that has an owner tells: a workload
of its resources, the account of the resources without one. Components have no owner of their own.
"""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from aggregator.history import WINDOW, Series, climbed
from aggregator.recommendations import RANKS
from aggregator.scopes import named
from aggregator.transitions import Cause, News
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from aggregator.catalogue import Basis
    from pillarwatch.score import Counts, PillarScore

Kind = Literal["Pillar Score Dropped", "Pillar Score Recovered"]
DROPPED: Kind = "Pillar Score Dropped"
RECOVERED: Kind = "Pillar Score Recovered"
MOST_CAUSES_TOLD = 5
MOST_CAUSES_KEPT = 50  # of the last 24 hours, the worst; a score item of a few KB is written with every projection
REGAINED = 0.5  # of the threshold: nearer to the high than this is recovered, so that no mail comes from wavering


class Incident(NamedTuple):
    """What was told and is not mended."""

    pillars: dict[str, float]  #: the high that each told pillar fell from
    critical: dict[str, int]  #: how many resources failed a told critical check before
    causes: list[dict[str, Any]]  #: as they were told


class Watch(NamedTuple):
    """What a scope remembers to tell regressions."""

    highs: Mapping[str, Series] = MappingProxyType({})
    lows: Mapping[str, Series] = MappingProxyType({})
    armed: Mapping[str, Series] = MappingProxyType({})  #: as the highs, but beginning anew when a drop is told
    causes: Sequence[Cause] = ()  #: not told
    incident: Incident | None = None
    told_at: str = ""  #: when a drop was last told

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Watch:
        """The watch that a score item holds; a new one if it holds none."""
        incident = stored.get("incident")
        known = {name: stored[name] for name in cls._fields if name in stored}
        causes = [Cause(*cause) for cause in stored.get("causes", [])]
        return cls(**known | {"causes": causes, "incident": Incident(**incident) if incident else None})

    def stored(self) -> dict[str, Any]:
        """As a score item holds it."""
        series = {name: dict(getattr(self, name)) for name in ("highs", "lows", "armed")}
        return self._asdict() | series | {"incident": self.incident._asdict() if self.incident else None}


class Alert(NamedTuple):
    """What is told."""

    kind: Kind
    detail: dict[str, Any]


class Situation(NamedTuple):
    """A scope at the time of a projection."""

    scope: str
    account: str
    now: datetime
    basis: Basis
    counts: Mapping[str, Counts]
    scores: Mapping[str, PillarScore]
    points: Mapping[str, float]  #: of the pillars that have a score, rounded

    @property
    def threshold(self) -> float:
        """The drop that someone must hear of."""
        return float(self.basis.settings.score["drop_threshold"])


def observed(
    watch: Watch,
    before: Mapping[str, float],
    now: datetime,
    points: Mapping[str, float],
    news: Sequence[News],
    *,
    rebase: bool,
    heard: Callable[[News], bool],
) -> Watch:
    """The watch after news: highs and lows have moved on, causes have come and gone.

    Args:
        watch: as it was.
        before: the points that held until now.
        now: the time.
        points: the points from now on.
        news: what has changed, the oldest first.
        rebase: the high begins anew, because something other than resources moved the score.
        heard: whether news may be told of; not before the first inventory is complete.
    """
    highs, lows, armed = (
        {
            name: climbed(
                [] if rebase else series.get(name, []),
                now,
                [value] if rebase else [before.get(name, value), value],
                sign,
            )
            for name, value in points.items()
        }
        for series, sign in ((watch.highs, 1), (watch.lows, -1), (watch.armed, 1))
    )
    incident = watch.incident
    if incident and rebase:  # what is left to regain stays the same
        moved = {name: points[name] - before[name] for name in points if name in before}
        incident = incident._replace(pillars={p: high + moved.get(p, 0) for p, high in incident.pillars.items()})
    since = (now - WINDOW).isoformat(timespec="microseconds")
    causes = {(cause.resource, cause.check): cause for cause in watch.causes if cause.at >= since}
    for told in news:
        for mended in told.better:
            causes.pop(mended, None)
        if heard(told):
            causes |= {(cause.resource, cause.check): cause for cause in told.worse}
    kept = _worst_first(causes.values())[:MOST_CAUSES_KEPT]
    return watch._replace(highs=highs, lows=lows, armed=armed, causes=kept, incident=incident)


def moved_pillars(watch: Watch, situation: Situation) -> list[str]:
    """The pillars whose drop was not told, in the framework's order."""
    return [
        pillar
        for pillar in PILLARS
        if pillar in situation.points
        and round(watch.armed[pillar][0][1] - situation.points[pillar], 2) >= situation.threshold
    ]


def regressed(
    watch: Watch,
    situation: Situation,
    standing: Mapping[tuple[str, str], Mapping[str, Any]],
    mine: Callable[[Cause], bool],
    *,
    settle: bool,
) -> tuple[Watch, Alert | None]:
    """What is to be told now, if anything, and the watch that knows it as told.

    Args:
        watch: as observed.
        situation: of the scope.
        standing: the findings of its causes, as far as they still stand.
        mine: whether a cause is this scope's to tell.
        settle: whether other scopes have told what is theirs, so that a drop without a cause of ours is settled.
    """
    scope = named(situation.scope)
    if scope.kind == "component":
        return watch, None
    moved = moved_pillars(watch, situation)
    causes = [cause for cause in watch.causes if mine(cause)]
    failing = [
        cause
        for cause in causes
        if cause.check in situation.basis.checks
        and standing.get((cause.resource, cause.check), {}).get("verdict") == "NON_COMPLIANT"
    ]
    critical = [
        cause for cause in failing if cause.severity == "critical" and (scope.kind == "workload" or not cause.workload)
    ]
    moving = [cause for cause in failing if {*situation.basis.checks[cause.check].pillars} & {*moved}]
    if moved and scope.kind == "account" and not moving and all(cause.check for cause in causes):
        watch, moved = (_rearmed(watch, moved, situation) if settle else watch), []
    if not moved and not critical:
        return _recovered(watch, situation)
    blamed = _worst_first({*moving, *critical})
    told = [_slim(cause, standing[cause.resource, cause.check]) for cause in blamed[:MOST_CAUSES_TOLD]]
    old = watch.incident or Incident({}, {}, [])
    failed_before = {
        check: situation.counts[check].non_compliant - sum(cause.check == check for cause in critical)
        for check in {cause.check for cause in critical}
        if check in situation.counts
    }
    incident = Incident(
        {pillar: watch.highs[pillar][0][1] for pillar in moved} | old.pillars,
        {check: max(0, n) for check, n in failed_before.items()} | old.critical,
        [*told, *(cause for cause in old.causes if cause not in told)][:MOST_CAUSES_TOLD],
    )
    high = {pillar: watch.highs[pillar][0][1] for pillar in moved}
    alert = _alert(DROPPED, situation, high, told, more=len(blamed) - len(told))
    rest = [cause for cause in watch.causes if cause not in blamed and (cause.check or cause not in causes)]
    at = situation.now.isoformat(timespec="microseconds")
    return _rearmed(watch, moved, situation)._replace(causes=rest, incident=incident, told_at=at), alert


def _recovered(watch: Watch, situation: Situation) -> tuple[Watch, Alert | None]:
    incident = watch.incident
    if not incident:
        return watch, None
    points, none = situation.points, (0, 0)
    regained = all(
        high - points.get(pillar, high) < REGAINED * situation.threshold for pillar, high in incident.pillars.items()
    )
    mended = all(situation.counts.get(check, none)[1] <= before for check, before in incident.critical.items())
    if not (regained and mended):
        return watch, None
    alert = _alert(RECOVERED, situation, incident.pillars, incident.causes)
    return watch._replace(incident=None), alert


def _rearmed(watch: Watch, pillars: Iterable[str], situation: Situation) -> Watch:
    begun = {pillar: climbed([], situation.now, [situation.points[pillar]]) for pillar in pillars}
    return watch._replace(armed={**watch.armed, **begun})


def _worst_first(causes: Iterable[Cause]) -> list[Cause]:
    newest_first = sorted(causes, reverse=True)
    return sorted(newest_first, key=lambda cause: RANKS.get(cause.severity, len(RANKS)))  # type: ignore[call-overload]


def _slim(cause: Cause, finding: Mapping[str, Any]) -> dict[str, Any]:
    """What of a cause cannot be looked up in the catalogue later, when it is mended."""
    return {
        "check": cause.check,
        "severity": finding["severity"],
        "annotation": finding["annotation"],
        "resource": finding["resource"],
    }


def _alert(
    kind: Kind,
    situation: Situation,
    highs: Mapping[str, float],
    causes: Iterable[Mapping[str, Any]],
    more: int = 0,
) -> Alert:
    checks, at = situation.basis.checks, situation.now.isoformat(timespec="microseconds")
    pillars = []
    for pillar, high in highs.items():
        score = situation.points.get(pillar)
        points = round(high - score, 2) if score is not None else 0
        coverage = round(situation.scores[pillar].coverage, 2)
        pillars.append({"pillar": pillar, "score": score, "high": high, "points": points, "coverage": coverage})
    return Alert(
        kind,
        {
            "version": "1",
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{situation.account}/{situation.scope}/{at}/{kind}")),
            "account": situation.account,
            "scope": named(situation.scope)._asdict(),
            "at": at,
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
            "more_causes": more,
        },
    )
