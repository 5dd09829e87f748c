"""A scope at the time of a projection: its scores, its open causes, and what each cause costs. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from aggregator.alerting.digests import WITHIN, Report
from aggregator.alerting.open_causes import Kind, OpenCauses, without
from aggregator.recommendations import urgent
from pillarwatch.score import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.catalogue import Basis
    from aggregator.history import Series
    from aggregator.scopes import ScopeName
    from aggregator.transitions import Began, Ended
    from pillarwatch.score import PillarScore

AlertKind = Literal["Pillar Score Dropped", "Pillar Score Recovered"]


class Candidate(NamedTuple):
    """A cause that an alert may name."""

    at: str
    resource: str
    check: str
    severity: str
    turned: bool


class Incident(NamedTuple):
    """What was reported of a pillar and is not over."""

    id: str
    began: str
    moved: bool  #: by the threshold; otherwise an urgent check fails and costs less
    escalated: bool  #: the account's, with causes in its workloads


@dataclass
class Watch:
    """What a scope keeps to report incidents."""

    highs: Mapping[str, Series] = field(default_factory=dict)  #: of the last 24 hours
    lows: Mapping[str, Series] = field(default_factory=dict)
    causes: OpenCauses = field(default_factory=OpenCauses)
    candidates: Sequence[Candidate] = ()  #: not reported, the worst first
    recent: Sequence[Report] = ()  #: of the last hour, the newest first
    departed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  #: by hour and check, not reported
    departed_reported: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  #: by hour and check
    incidents: Mapping[str, Incident] = field(default_factory=dict)  #: by pillar
    named: Sequence[dict[str, Any]] = ()  #: the causes that alerts have named, the newest alert's first

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Watch:
        """The watch that a score item holds; a new one if it holds none."""
        if not stored:
            return cls()
        return cls(
            **dict(stored)
            | {
                "causes": OpenCauses.of(stored["causes"]),
                "candidates": [Candidate(*one) for one in stored["candidates"]],
                "recent": [Report(*one) for one in stored["recent"]],
                "incidents": {pillar: Incident(*one) for pillar, one in stored["incidents"].items()},
            }
        )

    def stored(self) -> dict[str, Any]:
        """As a score item holds it."""
        return vars(self) | {"causes": self.causes.stored()}


def due_at(watch: Watch, now: datetime, *, waits: bool) -> str:
    """When time alone changes something of a scope: empty for the next tick, else the next hour or the next day.

    The hour after a digest can end earlier: what it held back is reported then.

    Args:
        watch: of the scope.
        now: of its projection.
        waits: whether the index lagged, so that a sample of resources is incomplete.
    """
    if waits:
        return ""
    series = (*watch.highs.values(), *watch.lows.values())
    moves = any(len(each) > 1 for each in series) or watch.candidates or watch.departed or watch.departed_reported
    if moves or watch.recent or watch.causes.unreported():
        hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        held = watch.candidates or watch.incidents
        quiet = [datetime.fromisoformat(one.at) + WITHIN for one in watch.recent if one.digest and held]
        return min([hour, *quiet]).isoformat(timespec="microseconds")
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).isoformat(timespec="microseconds")


class Alert(NamedTuple):
    """What is sent."""

    kind: AlertKind
    detail: dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """A scope at the time of a projection."""

    scope: ScopeName
    account: str
    now: datetime
    revision: int  #: of the scope's score; makes the ids of its alerts
    basis: Basis
    counts: Mapping[str, Counts]
    scores: Mapping[str, PillarScore]
    points: Mapping[str, float]  #: of the pillars that have a score, rounded
    workloads: Mapping[str, Watch] | None = None  #: of an account, at the tick: by scope
    _losses: dict[Any, dict[str, float]] = field(default_factory=dict, compare=False, repr=False)  #: computed once

    @property
    def threshold(self) -> float:
        """The drop that is reported."""
        return float(self.basis.settings.score["drop_threshold"])

    def losses(self, causes: Mapping[Kind, int], departed: Mapping[str, int] | None = None) -> dict[str, float]:
        """The points by which pillars would be higher without some causes, and with departed verdicts."""
        if not causes and not departed:
            return {}
        key = frozenset(causes.items()), frozenset((departed or {}).items())
        if key not in self._losses:
            self._losses[key] = self._lost(causes, departed or {})
        return self._losses[key]

    def _lost(self, causes: Mapping[Kind, int], departed: Mapping[str, int]) -> dict[str, float]:
        counts = without(self.counts, causes)
        for check, n in departed.items():
            counts[check] = counts.get(check, Counts()) + Counts(n)
        if counts == dict(self.counts):
            return {}
        pillars = {pillar for check in (*(kind.check for kind in causes), *departed) for pillar in self.pillars(check)}
        scores = self.basis.scores(self.scope, counts, pillars).items()
        found = {p: (score.score, self.points[p]) for p, score in scores if p in self.points}
        return {p: round(score - points, 2) for p, (score, points) in found.items() if score is not None}

    def urgent(self, cause: Candidate | Began | Ended) -> bool:
        """Whether a cause is reported whatever it costs."""
        known = self.basis.checks.get(cause.check)
        return urgent(cause.severity, exposed=known is not None and known.exposed)

    def distinct(self, causes: Mapping[Kind, int]) -> int:
        """How many causes there are if each that shares its cause with others is on a resource of theirs.

        Groups of causes have no list of resources, so this is the least that there can be.
        """
        by_check: Counter[str] = Counter()
        for kind, n in causes.items():
            by_check[kind.check] += n
        known = self.basis.checks
        groups: dict[str, int] = {}
        for check, n in by_check.items():
            cause = (known[check].same_cause_as if check in known else "") or check
            groups[cause] = max(groups.get(cause, 0), n)
        return sum(groups.values())

    def without_same_causes(self, causes: Sequence[Candidate]) -> list[Candidate]:
        """The causes without those whose cause another of them names on the same resource."""
        named, known = {(one.resource, one.check) for one in causes}, self.basis.checks
        return [
            one
            for one in causes
            if one.check not in known or (one.resource, known[one.check].same_cause_as) not in named
        ]

    def title(self, check: str) -> str:
        """The title of a check; empty of one that the catalogue has not."""
        return self.basis.checks[check].title if check in self.basis.checks else ""

    def pillars(self, check: str) -> list[str]:
        """The pillars that a check can cost points, the primary one first."""
        return self.basis.pillars(check, self.scope)
