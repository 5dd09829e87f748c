"""A resource's state: the join of all that was said of it. Order, repetition and batching cannot matter.

``merged`` keeps, for each source, the newest thing it said after the newest deletion. Both are maxima, so the states
of a resource form a semilattice, and any order of the same events ends in the same state. Of a family of revisions it
keeps this for each of the newest revisions, and what a source said of the newest one that is not deleted counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from aggregator.scopes import scopes_of
from pillarwatch.evaluation import CONFIG_RULE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregator.events import Evaluated, Judged, Judgement, Resource, Version
    from aggregator.scopes import ScopeName

Answer = TypeVar("Answer")

# A replayed event must still find the tombstone that it is older than. The archive keeps events for up to 90 days and
# the queue for 14 more; TTL may delete early by no rule that we know of, so there is room.
REMEMBERED = timedelta(days=120)

# Of a family: the greatest numbers that were ever seen, deleted ones included, so the limit depends on no order. An
# item of DynamoDB's holds 400 KB, and the verdicts of one revision can take 25.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MOST_REVISIONS = 10


class OpenCause(NamedTuple):
    """A check that began to fail on a resource, and fails since."""

    began: str  #: the key of the change in which it began, see ``transitions``; empty until that is written
    severity: str  #: when it began
    turned: bool  #: the check passed before, in the same scope; otherwise nothing was known of it there


class Known(NamedTuple):
    """What is known of one revision; of a resource without revisions, all that is known."""

    deleted: Version | None = None  #: the newest deletion
    sources: Mapping[str, Judgement] = {}  #: the newest of each source since then


class Listed(NamedTuple):
    """The newest listing of a collector in which a resource was processed."""

    began: str
    listing: str  #: its id
    region: str  #: in which the collector ran
    evaluations: tuple[str, ...]  #: processed ones as ``part#evaluation_id``, sorted: those of several revisions


@dataclass(frozen=True)
class State:
    """What is known of a resource."""

    resource: Resource
    revisions: Mapping[int, Known] = field(default_factory=dict)  #: by number: 0 alone where the type has none
    listed: Mapping[str, Listed] = field(default_factory=dict)  #: by source
    causes: Mapping[str, OpenCause] = field(default_factory=dict)  #: by check, in the scope that alerts for it
    sources: Mapping[str, Judgement] = field(init=False, compare=False, repr=False)  #: what counts: the newest of each

    def __post_init__(self) -> None:
        sources: dict[str, Judgement] = {}
        for number in sorted(self.revisions):
            sources |= self.revisions[number].sources
        object.__setattr__(self, "sources", sources)


def _once(function: Callable[[State], Answer]) -> Callable[[State], Answer]:
    """Computes an answer once for each state, which never changes; counting one asks for it many times."""
    name = f"_{function.__name__}"

    @wraps(function)
    def answer(state: State) -> Answer:
        known = state.__dict__
        if name not in known:
            known[name] = function(state)
        found: Answer = known[name]
        return found

    return answer


class Placed(NamedTuple):
    """What a resource is counted under."""

    workload: str
    component: str
    environment: str
    owner: str


class Held(NamedTuple):
    """The verdict that counts for a check, and who gave it."""

    source: str
    judgement: Judgement
    judged: Judged


def merged(state: State, event: Evaluated) -> State:
    """The state after an event; the same state if it says nothing new."""
    listed = _listed(state, event)
    number = event.judgement.revision
    before = state.revisions.get(number, Known())
    after = _merged(before, event)
    newest = sorted({*state.revisions, number})[-MOST_REVISIONS:]
    if after is before or number not in newest:
        return state if listed is state.listed else replace(state, listed=listed)
    revisions = {**state.revisions, number: after}
    return replace(state, revisions={kept: revisions[kept] for kept in newest}, listed=listed)


def _listed(state: State, event: Evaluated) -> Mapping[str, Listed]:
    """The listings in which the resource was processed, whatever the event's verdicts are compared with others."""
    if event.listing is None:
        return state.listed
    listing, part, region = event.listing
    processed = f"{part}#{event.version.evaluation_id}"
    new = Listed(event.version.captured_at, listing, region, (processed,))
    known = state.listed.get(event.source)
    if known and known[:2] > new[:2]:
        return state.listed
    if known and known[:2] == new[:2]:
        if processed in known.evaluations:
            return state.listed
        new = new._replace(evaluations=tuple(sorted((*known.evaluations, processed))))
    return {**state.listed, event.source: new}


def _merged(known: Known, event: Evaluated) -> Known:
    version = event.version
    if event.deleted:
        deleted = max(known.deleted or version, version)
        left = {name: said for name, said in known.sources.items() if said.version.captured_at > deleted.captured_at}
        return Known(deleted, left)
    if known.deleted and version.captured_at <= known.deleted.captured_at:
        return known
    said = known.sources.get(event.source)
    if said and said.version >= version:
        return known
    return known._replace(sources={**known.sources, event.source: event.judgement})


def lapsed(state: State, today: str) -> State:
    """The state without the waivers that have expired before ``today`` (ISO date): what they covered counts again."""
    if first_expiry(state) >= today:
        return state
    revisions = {
        number: known._replace(sources={name: _lapsed(said, today) for name, said in known.sources.items()})
        for number, known in state.revisions.items()
    }
    return replace(state, revisions=revisions)


def _lapsed(said: Judgement, today: str) -> Judgement:
    verdicts = {
        check: judged._replace(letter="N") if judged.letter == "W" and judged.expires < today else judged
        for check, judged in said.verdicts.items()
    }
    return said._replace(verdicts=verdicts)


@_once
def first_expiry(state: State) -> str:
    """The last day of the waiver that expires first, of all that is known of a resource; `~` without a waiver."""
    expiries = (
        judged.expires
        for known in state.revisions.values()
        for said in known.sources.values()
        for judged in said.verdicts.values()
        if judged.letter == "W"
    )
    return min(expiries, default="~")


@_once
def held(state: State) -> dict[str, Held]:
    """The verdict that counts for each check: the newest, should two sources judge the same check.

    Of two that judge different revisions, the newest is that of the newer revision. A verdict of our own counts before
    that of a managed rule, whichever is newer: a check counts once.
    """
    found: dict[str, Held] = {}
    for source, said in sorted(_oldest_first(state), key=lambda source: not source[0].startswith(CONFIG_RULE)):
        found |= {check: Held(source, said, judged) for check, judged in said.verdicts.items()}
    return found


@_once
def placed(state: State) -> Placed:
    """The workload of the newest source that has one, with that source's component; else the account's.

    The owner is that of the newest source that has one. The tags of a managed rule can be old, so those of our own
    sources are used where there are any.
    """
    ours = [said for source, said in _oldest_first(state) if not source.startswith(CONFIG_RULE)]
    newest = ours or [said for _, said in _oldest_first(state)]
    owner = next((said.owner for said in reversed(newest) if said.owner), "")
    for said in reversed(newest):
        if said.workload:
            return Placed(said.workload, said.component, said.environment, owner)
    return Placed("", "", newest[-1].environment if newest else "", owner)


@_once
def scopes(state: State) -> list[ScopeName]:
    """The scopes that count the resource, the narrowest first; none if there is no verdict on it."""
    if not any(said.verdicts for said in state.sources.values()):
        return []
    place = placed(state)
    return scopes_of(state.resource.account, place.workload, place.component)


@_once
def counted_in(state: State) -> list[str]:
    """The keys of the scopes that count the resource, the narrowest first."""
    return [scope.key for scope in scopes(state)]


@_once
def alerting_scope(state: State) -> str:
    """The scope that alerts for the resource: its workload, else its account; empty if no scope counts it."""
    return next((scope.key for scope in scopes(state) if scope.kind != "component"), "")


@_once
def counts(state: State) -> dict[str, int]:
    """What the resource adds to the counters of each of its scopes."""
    letters = {f"{check}.{has.judged.letter}": 1 for check, has in held(state).items() if has.judged.letter != "A"}
    return {"resources": 1} | letters


def expires_at(state: State) -> int | None:
    """When nothing must be remembered of a resource that nothing is said of any more; None while something is."""
    if any(said.verdicts for said in state.sources.values()):
        return None
    versions = [
        version
        for known in state.revisions.values()
        for version in (known.deleted, *(said.version for said in known.sources.values()))
        if version
    ]
    newest = max(datetime.fromisoformat(version.evaluated_at) for version in versions)
    return int((newest + REMEMBERED).timestamp())


def _oldest_first(state: State) -> list[tuple[str, Judgement]]:
    return sorted(state.sources.items(), key=lambda source: (source[1].revision, source[1].version, source[0]))
