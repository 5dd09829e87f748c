"""Counters, findings and values agree with the resources' states; what does not is found and repaired.

A scan of the table recounts every counter and compares every finding. The scan is not of one time, so a difference
counts only if a second scan finds the same one: a correct transaction changes states and counters alike, and leaves the
difference as it is. A repair adds the difference, under the condition that the counter is still what was read. It is
projected as a release is: the scores change, and no resource is blamed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.events import Resource
from aggregator.scopes import ScopeName, kind_of
from aggregator.states import State, counts, scopes
from aggregator.table import Conflict
from aggregator.table_items import decoded, state_in
from aggregator.transitions import Changes, findings
from aggregator.values import SORT_KEY as VALUES
from aggregator.values import digests, digests_in, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from aggregator.store import Store

PROGRESS_EVERY = 1_000  # resources


class Report(NamedTuple):
    """What a run found and did."""

    resources: int
    counters: int  #: that were wrong
    findings: int  #: that were wrong, missing or without their resource
    values: int  #: evaluations whose values are lost or are of another evaluation: the next one writes them again
    repaired: int  #: of all
    scopes: frozenset[str]  #: whose counters were repaired, to be projected

    @property
    def wrong(self) -> int:
        """What was wrong."""
        return self.counters + self.findings + self.values

    @property
    def drift(self) -> int:
        """What is still wrong: somebody else changed it meanwhile, and the next run looks again."""
        return self.wrong - self.repaired


@dataclass
class Counted:
    """What one scan found."""

    resources: int = 0
    expected: Counter[tuple[str, str, str]] = field(default_factory=Counter)  #: by scope, resource type and counter
    stored: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)  #: by scope and resource type
    names: dict[str, ScopeName] = field(default_factory=dict)  #: of the scopes
    wrong: list[str] = field(default_factory=list)  #: keys of resources with findings or values not of their states

    @property
    def differences(self) -> dict[tuple[str, str], dict[str, int]]:
        """What is to be added to the counters, by scope and resource type."""
        totals: Counter[tuple[str, str, str]] = Counter(self.expected)
        totals.subtract({(*place, name): n for place, of in self.stored.items() for name, n in of.items()})
        found: dict[tuple[str, str], dict[str, int]] = {}
        for (scope, resource_type, name), n in totals.items():
            if n:
                found.setdefault((scope, resource_type), {})[name] = n
        return found


def reconcile(store: Store, now: datetime, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Compare and repair. It can be killed at any call: the next run finds what is left.

    Args:
        store: the table.
        now: the time of the repairs.
        progress: receives a line now and then.
    """
    first = counted(store, progress)
    wanted = first.differences
    second = counted(store, progress).differences if wanted else {}
    repaired: set[str] = set()
    done = 0
    for place, added in wanted.items():
        stable = {name: n for name, n in added.items() if second.get(place, {}).get(name) == n}
        if stable and _repair_counters(store, first, place, stable, now):
            repaired.add(place[0])
            done += len(stable)
    findings_, values = 0, 0
    for key in first.wrong:
        wrong, is_repaired = _repair(store, key)
        findings_, values = findings_ + len(wrong.findings), values + len(wrong.values)
        done += len(wrong.findings) + len(wrong.values) if is_repaired else 0
    progress(f"{first.resources} resources compared")
    return Report(first.resources, sum(map(len, wanted.values())), findings_, values, done, frozenset(repaired))


def compare(store: Store, _now: datetime, progress: Callable[[str], None] = lambda _: None) -> Report:
    """As :func:`reconcile`, without repairs."""
    first = counted(store, progress)
    wanted = first.differences
    second = counted(store, progress).differences if wanted else {}
    counters = sum(second.get(place, {}).get(name) == n for place, of in wanted.items() for name, n in of.items())
    wrong = [_wrong(_state(items), items) for items in map(store.items_of, first.wrong)]
    found, values = sum(len(one.findings) for one in wrong), sum(len(one.values) for one in wrong)
    return Report(first.resources, counters, found, values, 0, frozenset())


def counted(store: Store, progress: Callable[[str], None] = lambda _: None) -> Counted:
    """One scan of the table."""
    found = Counted()
    for pk, items in groupby(store.scan(), key=lambda item: item["pk"]):
        kind, _, key = pk.partition("#")
        if kind == "RESOURCE":
            _count(found, key, {item["sk"]: item for item in items})
            if found.resources % PROGRESS_EVERY == 0:
                progress(f"{found.resources} resources read")
        elif kind == "SCOPE":
            for item in items:
                if item["sk"].startswith("TYPE#"):
                    of = found.stored.setdefault((key, item["sk"].split("#")[1]), {})
                    for name, n in item.items():
                        if name not in {"pk", "sk"}:
                            of[name] = of.get(name, 0) + int(n)
    return found


def emit(drift: int, now: datetime) -> None:
    """Write the drift that was found as a metric, in CloudWatch's embedded format."""
    metrics = {"Namespace": "Pillarwatch", "Dimensions": [["Service"]], "Metrics": [{"Name": "Drift", "Unit": "Count"}]}
    metadata = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [metrics]}
    line = {"_aws": metadata, "Service": "reconcile", "Drift": drift}
    sys.stdout.write(json.dumps(line) + "\n")


class Wrong(NamedTuple):
    """What of a resource is not as its state makes it."""

    findings: set[str]  #: checks
    values: set[str]  #: attributes of the item VALUES


def _count(found: Counted, key: str, items: Mapping[str, dict[str, Any]]) -> None:
    state = _state(items)
    if state:
        found.resources += 1
        for scope in scopes(state):
            found.names[scope.key] = scope
            for name, n in counts(state).items():
                found.expected[scope.key, state.resource.type, name] += n
    if any(_wrong(state, items)):
        found.wrong.append(key)


def _state(items: Mapping[str, dict[str, Any]]) -> State | None:
    item = items.get("STATE")
    return state_in(Resource(**item["resource"]), item) if item else None


def _wrong(state: State | None, items: Mapping[str, dict[str, Any]]) -> Wrong:
    wanted = findings(state) if state else {}
    stored = {
        sk.partition("#")[2]: {
            name: value for name, value in decoded(item).items() if name not in {"pk", "sk", "since"}
        }
        for sk, item in items.items()
        if sk.startswith("FINDING#")
    }
    named = digests(state) if state else {}
    kept = digests_in(items.get(VALUES, {}))
    return Wrong(
        {check for check in wanted.keys() | stored.keys() if wanted.get(check) != stored.get(check)},
        {name for name in named.keys() | kept.keys() if named.get(name) != kept.get(name)},
    )


def _repair(store: Store, key: str) -> tuple[Wrong, bool]:
    """What is wrong with a resource, and whether it was repaired."""
    items = store.items_of(key)
    state = _state(items)
    wrong = _wrong(state, items)
    if not any(wrong):
        return wrong, True
    wanted = findings(state) if state else {}
    try:
        store.rewrite(
            key,
            without(state, wrong.values) if state else None,
            int(items["STATE"]["rev"]) if state else 0,
            {check: wanted.get(check, {}) for check in sorted(wrong.findings)},
            dict.fromkeys(items.get(VALUES, {}).keys() & wrong.values, ""),
        )
    except Conflict:
        return wrong, False
    return wrong, True


def _repair_counters(
    store: Store, found: Counted, place: tuple[str, str], added: Mapping[str, int], now: datetime
) -> bool:
    scope, resource_type = place
    name = found.names.get(scope) or _name_of(store, scope)
    key = store.new_key(now)
    account = name.name if name.kind == "account" else ""
    released = {counter: n for counter, n in added.items() if counter.endswith((".C", ".N"))}
    touched = sorted({counter.rpartition(".")[0] for counter in added} - {""})
    # No verdict has moved: undoing the changes since then leads from the repaired counters to those that were right.
    changes = Changes(key, name, [account] if account else [], 0, [], [], released, [], [], touched, moved=[])
    try:
        store.repair_counters(scope, resource_type, added, found.stored.get(place, {}), changes)
    except Conflict:
        return False
    return True


def _name_of(store: Store, scope: str) -> ScopeName:
    """The name of a scope that no resource is counted in any more."""
    if known := store.score(scope).get("name"):
        return ScopeName(*known)
    parts: Iterator[str] = iter(scope.split("/")[1::2])
    first = next(parts)
    kind = kind_of(scope)
    return ScopeName(kind, next(parts, first), "" if kind == "account" else first)
