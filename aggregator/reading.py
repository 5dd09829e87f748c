"""What others read: scores, history, recommendations, findings, and where a score comes from.

``table`` is boto3's resource of the table. A scope is named by its key, as ``scopes`` tells them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import Basis, packaged_basis
from aggregator.projections import within
from aggregator.recommendations import by_priority
from aggregator.scopes import ScopeName, narrowest_first
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pillarwatch.score import PillarScore


class NoSuchScope(Exception):
    """Nothing was ever counted in a scope of this name."""


class Score(NamedTuple):
    """A score with its rolling view. Without evidence there is no score, and the rest is None as well."""

    score: float | None
    high: float | None = None  #: of the last 24 hours
    low: float | None = None
    mean_7: float | None = None  #: over 7 days
    mean_30: float | None = None
    trend: float | None = None  #: points since 7 days ago, or since the first day there is
    coverage: float | None = None  #: None for the overall score
    verdicts: int | None = None


class ScopeScores(NamedTuple):
    """A scope as it was last projected."""

    scope: str  #: its key
    name: ScopeName
    at: str
    resources: int
    overall: Score
    pillars: dict[str, Score]


class Identity(NamedTuple):
    """A resource, with its names."""

    account: str
    region: str
    type: str
    id: str
    name: str
    arn: str


class Recommendation(NamedTuple):
    """An open check, and what fixing it gains."""

    check: str
    title: str
    fix: str
    automation: str
    effort: str
    severity: str
    best_practice: str
    pillar: str
    affected: int
    judged: int
    gain: dict[str, float]  #: points by pillar
    value_per_effort: float  #: points, damped where a pillar's coverage is low, per effort
    priority: str
    reason: str  #: of the priority
    sample: list[Identity]
    same_cause: dict[str, int] = {}  # noqa: RUF012 - never changed  #: the resources that fail other checks, by check


class Finding(NamedTuple):
    """A check that fails on a resource, is waived, or is unknown."""

    check: str
    resource: Identity
    verdict: str
    annotation: str
    severity: str
    since: str  #: when we first knew; not in the order in which it happened, should events overtake each other
    source: str
    workload: str
    component: str
    environment: str
    waiver: str
    expires: str


class Moment(NamedTuple):
    """The high, low and last scores of an hour or a day, by pillar and for ``overall``."""

    begins: str
    scores: dict[str, dict[str, float]]


def scopes(table: Any) -> list[str]:
    """The keys of all scopes, components before workloads before accounts."""
    return sorted(Store(table).scopes(), key=narrowest_first)


def scores(table: Any, scope: str) -> ScopeScores:
    """The scores of a scope.

    Raises:
        NoSuchScope: there is none.
    """
    item = _score(Store(table), scope)
    pillars = {pillar: Score(**known) for pillar, known in item.get("pillars", {}).items()}
    overall = Score(**item.get("overall", {"score": None}))
    return ScopeScores(scope, ScopeName(*item["name"]), item.get("at", ""), item.get("resources", 0), overall, pillars)


def recommendations(table: Any, scope: str) -> list[Recommendation]:
    """The recommendations of a scope: by priority, then by value per effort, the highest first."""
    found = sorted(Store(table).live(scope).recommendations.values(), key=by_priority)
    return [
        Recommendation(
            **{name: gap[name] for name in Recommendation._fields if name != "sample" and name in gap},
            sample=[Identity(**resource) for resource in gap["sample"]],
        )
        for gap in found
    ]


def explain(table: Any, scope: str, basis: Basis | None = None) -> dict[str, PillarScore]:
    """Where a scope's scores come from: each pillar down to its best practices, their checks and counts.

    Raises:
        NoSuchScope: there is none.
    """
    live = Store(table).live(scope)
    if not live.score:
        raise NoSuchScope(scope)
    return (basis or packaged_basis()).scores(ScopeName(*live.score["name"]), live.counts)


def findings(table: Any, scope: str, check: str, *, unknown: bool = False) -> Iterator[Finding]:
    """The resources of a scope that fail a check, or on which it is unknown.

    Raises:
        NoSuchScope: there is none.
    """
    store = Store(table)
    for account in _score(store, scope)["accounts"]:
        found = list(store.findings(account, check, within(scope), "U" if unknown else "N"))
        whole = store.findings_of((item["pk"].partition("#")[2], check) for item in found)
        for item in whole.values():
            told = {name: item[name] for name in Finding._fields if name != "resource"}
            yield Finding(**told, resource=Identity(**item["resource"]))


def history(table: Any, scope: str, *, hours: bool = False, since: str = "") -> list[Moment]:
    """A scope's days, or hours, from ``since`` (``2026-11-22`` or ``2026-11-22T08``) on, the oldest first."""
    buckets = Store(table).history(scope, "HOUR#" if hours else "DAY#", since)
    return [Moment(bucket["key"], bucket["scores"]) for bucket in buckets]


def _score(store: Store, scope: str) -> dict[str, Any]:
    item = store.score(scope)
    if not item:
        raise NoSuchScope(scope)
    return item
