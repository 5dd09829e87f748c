"""What a complete listing no longer has is withdrawn: our own memory of what collectors list.

"Listing Complete" says how many evaluations each part of a listing published. It may arrive before them. When all of
them are processed, the resources that the collector evaluated before the listing began, and not in it, are withdrawn by
deletion events with the time of the listing: every aggregator computes the same ones, so a repetition changes nothing.
Until then the listing waits in the table. If an evaluation is lost, the next listing withdraws what this one did not.

"Rule Retired" withdraws the verdicts of a source on the types that no rule has any more. The resources still exist.

The index may lag: a resource that it does not show yet is withdrawn after the next listing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.alerting.alerts import NotAccepted
from aggregator.events import Evaluated, MalformedEvent, Version, key_part, moment, required

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aggregator.events import Resource
    from aggregator.states import State
    from aggregator.store import Store

COMPLETE = "Listing Complete"
RETIRED = "Rule Retired"
VERSION = "1"
BEGINNING = (0, "")
MOST_STATES = 2_000  # that one message reads: about a second of a function's time


class Withdrawal(NamedTuple):
    """What is to be withdrawn: everything that a source has said of some types before a time, in one Region."""

    id: str  #: of the listing, or of the retirement
    source: str
    account: str
    region: str  #: in which the collector or the rule runs
    before: str  #: when the listing began, or the rule was retired
    decided_at: str
    types: tuple[str, ...]
    parts: Mapping[str, int]  #: the evaluations that each part of a listing published; none for a retirement
    deleted: bool  #: whether the resources are deleted; otherwise the source has only nothing to say of them any more
    after: tuple[int, str] = BEGINNING  #: the number of the type and the place in the index where it goes on


def listing_complete(detail: Mapping[str, Any]) -> Withdrawal:
    """The event "Listing Complete".

    Raises:
        MalformedEvent, KeyError, TypeError, ValueError: it is none of the version that we read.
    """
    _check_version(COMPLETE, detail)
    parts = {part: int(count) for part, count in detail["parts"].items()}
    if not parts or min(parts.values()) < 0:
        raise MalformedEvent(f"parts are {detail['parts']!r}")
    began, completed = moment(detail["began"]), moment(detail["completed_at"])
    return _withdrawal(detail, key_part(detail, "listing"), began, completed, parts, deleted=True)


def rule_retired(detail: Mapping[str, Any]) -> Withdrawal:
    """The event "Rule Retired".

    Raises:
        MalformedEvent, KeyError, TypeError, ValueError: it is none of the version that we read.
    """
    _check_version(RETIRED, detail)
    at = moment(detail["retired_at"])
    return _withdrawal(detail, required(detail, "retirement"), at, at, {}, deleted=False)


def detail_of(withdrawal: Withdrawal) -> dict[str, Any]:
    """The event that asks for it, or for the rest of it."""
    common = {
        "version": VERSION,
        **{name: getattr(withdrawal, name) for name in ("source", "account", "region")},
        "types": list(withdrawal.types),
        "after": list(withdrawal.after),
    }
    if withdrawal.deleted:
        times = {"began": withdrawal.before, "completed_at": withdrawal.decided_at}
        return common | {"listing": withdrawal.id, **times, "parts": dict(withdrawal.parts)}
    return common | {"retirement": withdrawal.id, "retired_at": withdrawal.before}


def publish(events: Any, bus: str, withdrawal: Withdrawal) -> None:
    """Put an event on the bus that asks for the rest of a withdrawal.

    Raises:
        NotAccepted: the bus refused it.
    """
    kind = COMPLETE if withdrawal.deleted else RETIRED
    entry = {
        "EventBusName": bus,
        "Source": "pillarwatch",
        "DetailType": kind,
        "Detail": json.dumps(detail_of(withdrawal)),
    }
    answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise NotAccepted(f"{answer['Entries'][0].get('ErrorCode')}: {kind} {withdrawal.id}")


@dataclass
class Withdrawals:
    """The withdrawals of a batch.

    Args:
        store: the table.
        most: states that are read.
    """

    store: Store
    most: int = field(default_factory=lambda: MOST_STATES)
    unfinished: list[Withdrawal] = field(default_factory=list)  #: to be continued by another message

    def processed(self, listings: Iterable[str]) -> Iterator[Withdrawal]:
        """Those of listings that are complete, all of whose evaluations are processed, and that were not withdrawn."""
        for listing in sorted(listings):
            complete, processed = self.store.listing(listing)
            if complete and not complete["processed"]:
                withdrawal = listing_complete(complete["detail"])
                if all(processed[part] >= count for part, count in withdrawal.parts.items()):
                    yield withdrawal

    def of(self, withdrawal: Withdrawal) -> Iterator[Evaluated]:
        """The deletions of a withdrawal, as many as the batch may read states."""
        first, place = withdrawal.after
        for number, resource_type in enumerate(withdrawal.types[first:], first):
            found: list[Resource] = []
            for after, resource in self.store.keys_of_states(withdrawal.account, resource_type, place):
                if self.most == 0:
                    yield from self._deletions(withdrawal, found)
                    self.unfinished.append(withdrawal._replace(after=(number, place)))
                    return
                found.append(resource)
                place = after
                self.most -= 1
            yield from self._deletions(withdrawal, found)
            place = ""

    def _deletions(self, withdrawal: Withdrawal, resources: list[Resource]) -> Iterator[Evaluated]:
        for state, _ in self.store.states(resources).values():
            yield from deletions(withdrawal, state)


def deletions(withdrawal: Withdrawal, state: State) -> Iterator[Evaluated]:
    """The events that withdraw what a source has said of a resource; none if the listing has it."""
    listed = state.listed.get(withdrawal.source)
    if withdrawal.parts and (listed is None or listed.region != withdrawal.region):
        return  # the same collector lists it in another Region
    if not withdrawal.parts and state.resource.region not in {withdrawal.region, "global"}:
        return
    for number, known in state.revisions.items():
        said = known.sources.get(withdrawal.source)
        if said and _is_before(said.version, withdrawal):
            last = said._replace(version=_version(said.version, withdrawal), verdicts={}, revision=number)
            yield Evaluated(state.resource, withdrawal.source, withdrawal.deleted, last)


def _is_before(version: Version, withdrawal: Withdrawal) -> bool:
    """Whether a listing is newer than an evaluation; or whether an evaluation was made before a retirement."""
    return (version.captured_at if withdrawal.deleted else version.evaluated_at) < withdrawal.before


def _version(last: Version, withdrawal: Withdrawal) -> Version:
    """A deletion has the time of the listing. A later rule may evaluate the same item again after a retirement."""
    captured_at = withdrawal.before if withdrawal.deleted else last.captured_at
    return Version(captured_at, withdrawal.decided_at, withdrawal.id)


def _withdrawal(
    detail: Mapping[str, Any], number: str, before: str, decided_at: str, parts: Mapping[str, int], *, deleted: bool
) -> Withdrawal:
    types = tuple(detail["types"])
    if not types or not all(isinstance(each, str) and each for each in types):
        raise MalformedEvent(f"types are {detail['types']!r}")
    place, after = detail.get("after", [0, ""])
    return Withdrawal(
        number,
        required(detail, "source"),
        required(detail, "account"),
        required(detail, "region"),
        before,
        decided_at,
        types,
        parts,
        deleted,
        (int(place), str(after)),
    )


def _check_version(kind: str, detail: Mapping[str, Any]) -> None:
    if detail["version"] != VERSION:
        raise MalformedEvent(f"{kind!r} of version {detail['version']!r}")
