"""What others read: scores, history, recommendations, findings, and where a score comes from.

``table`` is boto3's resource of the table. A scope is named by its key, as ``scopes`` lists them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import Basis, packaged_basis
from aggregator.projections import within
from aggregator.recommendations import by_priority, with_gains
from aggregator.recommendations import recommendations as make
from aggregator.scopes import ScopeName, narrowest_first
from aggregator.store import Store
from aggregator.transitions import WORDS
from pillarwatch.score import without_waivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pillarwatch.score import Counts, PillarScore


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
    closed_at: str = ""  #: when it had no resources any more; empty while it has some


class Snapshot(NamedTuple):
    """A scope at one time. All of it is from one reading, so whatever follows from it belongs together."""

    name: ScopeName
    at: str  #: when the newest change was counted or projected: ISO 8601, UTC
    accounts: list[str]  #: sorted: those that it has, or had, resources in
    types: Mapping[str, int]  #: resources by type
    counts: Mapping[str, Counts]  #: by check
    basis: str  #: digest of the catalogue and settings of the last scores

    @property
    def resources(self) -> int:
        """How many resources are counted."""
        return sum(self.types.values())


class Identity(NamedTuple):
    """A resource, with its names."""

    account: str
    region: str
    type: str
    id: str
    name: str
    arn: str
    owner: str = ""  #: as a tag names it


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
    since: str = ""  #: when it was opened; empty until that is projected


class ClosedRecommendation(NamedTuple):
    """A check that does not fail any more, or only where it is waived."""

    check: str
    title: str
    severity: str
    status: str  #: waived or resolved
    since: str  #: when it was opened
    at: str  #: when it was waived or resolved


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
    value: str = ""  #: what the check read; empty unless ``values.with_values`` has read it


class FindingKey(NamedTuple):
    """Where a finding stands."""

    check: str
    letter: str  #: N for non-compliant, U for unknown, W for waived
    place: str  #: workload, component and resource, escaped; begins with ``within(scope)`` for each of its scopes
    account: str
    resource: str  #: its key in the table


class Moment(NamedTuple):
    """The high, low and last scores of an hour or a day, by pillar and for ``overall``."""

    begins: str
    scores: dict[str, dict[str, float]]


def scopes(table: Any) -> list[str]:
    """The keys of all scopes, components before workloads before accounts."""
    return sorted(Store(table).scopes(), key=narrowest_first)


def exists(table: Any, scope: str) -> bool:
    """Whether a scope has, or had, resources: ``scopes`` does not list what has none any more, but it can be read."""
    return bool(Store(table).score(scope))


def scores(table: Any, scope: str) -> ScopeScores:
    """The scores of a scope.

    Raises:
        NoSuchScope: there is none.
    """
    item = _score(Store(table), scope)
    pillars = {pillar: Score(**known) for pillar, known in item.get("pillars", {}).items()}
    overall = Score(**item.get("overall", {"score": None}))
    return ScopeScores(
        scope,
        ScopeName(*item["name"]),
        item.get("at", ""),
        item.get("resources", 0),
        overall,
        pillars,
        item.get("closed_at", ""),
    )


def scores_without_waivers(found: Snapshot, basis: Basis) -> dict[str, PillarScore]:
    """What the scores of a scope would be if its accepted risks counted as failures."""
    return basis.scores(found.name, without_waivers(found.counts))


def recommendations(table: Any, scope: str, basis: Basis | None = None) -> list[Recommendation]:
    """The recommendations of a scope: by priority, severity, and value per effort.

    They follow from the scope's counts, so they are those of its scores. The store has their samples.

    Raises:
        NoSuchScope: there is none.
    """
    found, basis = snapshot(table, scope), basis or packaged_basis().at(datetime.now(UTC))
    stored = Store(table).recommendations(scope)
    gaps = with_gains(make(found.name, basis, found.counts), basis.scores(found.name, found.counts))
    return [
        Recommendation(
            **gap,
            sample=[Identity(**resource) for resource in stored.get(gap["check"], {}).get("sample", [])],
            since=_since(stored.get(gap["check"], {})),
        )
        for gap in sorted(gaps.values(), key=by_priority)
    ]


def closed_recommendations(table: Any, scope: str, basis: Basis | None = None) -> list[ClosedRecommendation]:
    """The recommendations of a scope that are waived, or were resolved in the last 90 days: waived ones first.

    Raises:
        NoSuchScope: there is none.
    """
    store, basis = Store(table), basis or packaged_basis()
    name, now = ScopeName(*_score(store, scope)["name"]), datetime.now(UTC).timestamp()
    found = [
        ClosedRecommendation(
            item["check"],
            entry.title,
            basis.severity(entry.id, name),
            item["status"],
            item["since"],
            item.get("waived_at") or item["resolved_at"],
        )
        for item in store.recommendations(scope).values()
        if item.get("status") in {"waived", "resolved"}
        and item.get("expires_at", now) >= now  # DynamoDB deletes later
        and (entry := basis.checks.get(item["check"]))
    ]
    newest_first = sorted(found, key=lambda one: one.at, reverse=True)
    return sorted(newest_first, key=lambda one: one.status == "resolved")


def _since(stored: Mapping[str, Any]) -> str:
    return str(stored["since"]) if stored.get("status") == "open" else ""


def explain(table: Any, scope: str, basis: Basis | None = None) -> dict[str, PillarScore]:
    """Where a scope's scores come from: each pillar down to its best practices, their checks and counts.

    Raises:
        NoSuchScope: there is none.
    """
    found = snapshot(table, scope)
    return (basis or packaged_basis().at(datetime.now(UTC))).scores(found.name, found.counts)


def snapshot(table: Any, scope: str) -> Snapshot:
    """A scope's counts and what they are of, changes that are not projected included.

    Raises:
        NoSuchScope: there is none.
    """
    live = Store(table).live(scope)
    if not (live.score or live.outbox):
        raise NoSuchScope(scope)
    return Snapshot(
        name=ScopeName(*(live.score.get("name") or live.outbox[0].scope)),
        at=max([live.score.get("at", ""), *(changes.at for changes in live.outbox)]),
        accounts=sorted({*live.score.get("accounts", []), *(one for of in live.outbox for one in of.accounts)}),
        types={kind: n for kind, n in live.types.items() if n},
        counts=live.counts,
        basis=live.score.get("basis", ""),
    )


def findings(table: Any, scope: str, check: str, *, unknown: bool = False) -> Iterator[Finding]:
    """The resources of a scope that fail a check, or on which it is unknown.

    Raises:
        NoSuchScope: there is none.
    """
    accounts = _score(Store(table), scope)["accounts"]
    yield from findings_of(table, finding_keys(table, scope, accounts, {"U" if unknown else "N": [check]})).values()


def finding_keys(
    table: Any, scope: str, accounts: Iterable[str], checks: Mapping[str, Iterable[str]]
) -> list[FindingKey]:
    """The findings of a scope, sorted by account, then by workload, component and resource; the index may lag.

    Args:
        table: boto3's resource of the table.
        scope: its key.
        accounts: those that it has resources in.
        checks: by letter, see ``FindingKey``.
    """
    store, part = Store(table), within(scope)
    found = [
        key_of(item, letter)
        for letter in checks.keys() - {"W"}
        for check in checks[letter]
        for account in accounts
        for item in store.findings(account, check, part, letter)
    ]
    if wanted := set(checks.get("W", ())):
        waived = (key_of(item, "W") for item in store.waived())
        of = set(accounts)
        found += [key for key in waived if key.check in wanted and key.account in of and key.place.startswith(part)]
    return sorted(found, key=lambda key: (key.check, key.letter, key.account, key.place))


def findings_of(table: Any, keys: Iterable[FindingKey]) -> dict[FindingKey, Finding]:
    """Findings in the order of their keys, as far as they stand there with the same verdict."""
    wanted = list(keys)
    items = Store(table).findings_of((key.resource, key.check) for key in wanted)
    return {
        key: Finding(
            **{name: item[name] for name in Finding._fields if name not in {"resource", "value"}},
            resource=Identity(**item["resource"]),
        )
        for key in wanted
        if (item := items.get((key.resource, key.check)))
        and item["verdict"] == WORDS[key.letter]
        and key_of(item, key.letter) == key
    }


def history(table: Any, scope: str, *, hours: bool = False, since: str = "") -> list[Moment]:
    """A scope's days, or hours, from ``since`` (``2026-11-22`` or ``2026-11-22T08``) on, the oldest first.

    The last one is the present day or hour, as far as the scope is projected.
    """
    store, kept = Store(table), "hour" if hours else "day"
    present = store.score(scope).get(kept, {"key": "", "scores": {}})
    found = {bucket["key"]: bucket["scores"] for bucket in store.history(scope, f"{kept.upper()}#", since)}
    if present["scores"] and present["key"] >= since:
        found.setdefault(present["key"], present["scores"])
    return [Moment(key, scores) for key, scores in found.items()]


def key_of(item: Mapping[str, Any], letter: str) -> FindingKey:
    """The key of an item of the index, whose sort key ends in the check where the finding is waived."""
    resource, check = item["pk"].partition("#")[2], item["sk"].partition("#")[2]
    place = item["gsi1sk"].partition("#")[2].removesuffix(f"#{check}" if letter == "W" else "")
    return FindingKey(check, letter, place, item["resource"]["account"], resource)


def _score(store: Store, scope: str) -> dict[str, Any]:
    item = store.score(scope)
    if not item:
        raise NoSuchScope(scope)
    return item
