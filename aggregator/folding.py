"""A batch of events becomes one transition for each resource; what somebody else changed meanwhile is read again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from aggregator.causes import followed
from aggregator.states import counted_in
from aggregator.table import Conflict, Refused
from aggregator.transitions import Transition, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from aggregator.events import Evaluated, Resource
    from aggregator.store import Store
    from aggregator.transitions import Part

ATTEMPTS = 10  # in a row without progress; with the pauses about 3 s, of a message's 60
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0  # seconds; a transaction takes about 0.02


class GaveUp(Exception):
    """Others were faster, time after time. The message will come again."""


class Folded(NamedTuple):
    """What became of a batch."""

    scopes: set[str]  #: that count, or counted, a resource of the batch
    changed: set[str]  #: of them, those for which changes were written
    failed: dict[str, Exception]  #: by message id


def fold(store: Store, events: Mapping[str, Evaluated], now: datetime, *, also: Iterable[Resource] = ()) -> Folded:
    """Count events, and the waivers that have lapsed. What is counted already changes nothing.

    Args:
        store: the table.
        events: by message id.
        now: waivers have expired by this day.
        also: resources that are folded without an event, for their waivers.
    """
    waiting: dict[Resource, list[tuple[str, Evaluated]]] = {resource: [] for resource in also}
    for message, event in sorted(events.items(), key=lambda item: item[1].version):
        waiting.setdefault(event.resource, []).append((message, event))
    batch = _Batch(store, now, waiting)
    failures = 0
    while batch.waiting and failures < ATTEMPTS:
        if failures:
            pause(failures)
        failures = 0 if batch.advance() else failures + 1
    gave_up = GaveUp(f"{ATTEMPTS} conflicts in a row on {len(batch.waiting)} resources")
    left = {message: gave_up for entries in batch.waiting.values() for message, _ in entries}
    return Folded(batch.scopes, batch.changed, batch.failed | left)


@dataclass
class _Batch:
    """A batch on its way into the table."""

    store: Store
    now: datetime
    waiting: dict[Resource, list[tuple[str, Evaluated]]]
    singly: set[Resource] = field(default_factory=set)  #: what was refused together goes alone, event by event
    scopes: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    failed: dict[str, Exception] = field(default_factory=dict)

    def advance(self) -> bool:
        """Read, fold and write what waits, once. Whether that brought anything forward."""
        transitions = self._transitions()
        alone = (parts([one]) for one in transitions if one.after.resource in self.singly)
        together = parts(one for one in transitions if one.after.resource not in self.singly)
        written = [self._write(part) for part in chain(*alone, together)]
        return any(written) or not written

    def _transitions(self) -> list[Transition]:
        transitions = []
        for resource, (state, revision) in self.store.states(self.waiting).items():
            entries = self.waiting[resource][: 1 if resource in self.singly else None]
            after, released, departed = followed(state, (event for _, event in entries), self.now.date().isoformat())
            self.scopes.update(counted_in(state), counted_in(after))
            if after == state:
                self._done(resource)
            else:
                texts = {event.values.digest: event.values.text for _, event in entries}
                transitions.append(Transition(state, after, revision, self.now, released, departed, texts))
        return transitions

    def _write(self, part: Part) -> bool:
        resources = [transition.after.resource for transition in part.transitions]
        try:
            self.store.write(part)
            self.changed |= part.scopes
        except Conflict:
            return False
        except Refused as error:
            if not self.singly.issuperset(resources):
                self.singly.update(resources)
                return True
            self.failed.update((message, error) for message, _ in self.waiting[resources[0]][:1])
        for resource in resources:
            self._done(resource)
        return True

    def _done(self, resource: Resource) -> None:
        left = self.waiting[resource][1:] if resource in self.singly else []
        if left:
            self.waiting[resource] = left
        else:
            del self.waiting[resource]


def pause(failures: int) -> None:
    """Wait a random while, longer after each failure, so that the same writers do not meet again."""
    time.sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**failures)))  # noqa: S311 - spreads writers
