"""Capacity units of what happens to a deployment, as the table in memory counts them: docs/cost.md is made of them."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from rules.catalogue import checks_of, resource_types
from tests.aggregator.world import BUCKET, ENVIRONMENT, VERSIONING, World, a_world_in_memory, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_BUCKETS = [check.id for check in checks_of(BUCKET) if not check.collector]
COLLECTED = [check.id for check in checks_of(BUCKET) if check.collector]
TYPES = 60  # of resources beside the buckets
WORKLOAD = "workload-0000"
BEGAN = -3000  # seconds from the start of the tests: an event of a later time would be refused


class Units(NamedTuple):
    """Capacity units."""

    read: float
    written: int


@contextmanager
def a_deployment(workloads: int = 1) -> Iterator[World]:
    """Workloads with a component each. In the first, resources of many types fail some of their checks."""
    with patch.dict("os.environ", ENVIRONMENT), a_world_in_memory() as world:
        for number in range(workloads):
            name = f"workload-{number:04}"
            world.send(evaluation(f"logs-{number}", dict.fromkeys(OF_BUCKETS, "C"), captured=BEGAN, workload=name))
        for number, kind in enumerate([kind for kind in resource_types() if kind != BUCKET][:TYPES]):
            checks = [check.id for check in checks_of(kind) if not check.collector]
            verdicts = {check: "CCCN"[place % 4] for place, check in enumerate(checks)}
            if checks:
                event = evaluation(f"it-{number}", verdicts, captured=BEGAN, resource_type=kind, workload=WORKLOAD)
                event["detail"]["component"] = "api"
                world.send(event)
        world.complete_inventory()
        for captured in range(1, 7):  # the first changes of a deployment cost more or less than the later ones
            world.send(bucket("CN"[captured % 2], captured))
        yield world


def bucket(letter: str, captured: int) -> dict[str, Any]:
    """An evaluation of a bucket by all checks, with about as much read as an event may hold."""
    verdicts = dict.fromkeys(OF_BUCKETS, "C") | dict.fromkeys(OF_BUCKETS[:4], "N") | {VERSIONING: letter}
    values = {check: f"{check} of a bucket is {place}; it is {letter}" for place, check in enumerate(OF_BUCKETS)}
    return evaluation(verdicts=verdicts, captured=BEGAN + captured, workload=WORKLOAD, component="api", values=values)


def units_of(world: World, *events: Any) -> Units:
    """The units of everything that follows from events."""
    world.table.calls.clear()
    world.send(*events)
    return _counted(world)


def units_of_tick(world: World) -> Units:
    """The units of a tick at which nothing is due."""
    for _ in range(2):  # the first one projects what is due
        world.table.calls.clear()
        world.metrics.clear()
        world.tick()
    return _counted(world)


def units_of_listing(world: World, resources: int, captured: int) -> Units:
    """The units of a listing of some buckets that a collector listed before, with the same verdicts."""
    found = Units(0, 0)
    for turn in range(2):
        events = [
            evaluation(
                f"listed-{number}",
                dict.fromkeys(COLLECTED, "C"),
                source="usage",
                captured=BEGAN + captured + turn,
                workload=WORKLOAD,
            )
            for number in range(resources)
        ]
        listing = {"listing": f"listing-{captured + turn}", "part": "part", "region": "eu-west-1"}
        for event in events:
            event["detail"]["listing"] = listing
        found = units_of(world, *events)
    return found


def scale(world: World, factor: int) -> None:
    """Count so many times as many resources."""
    for item in world.table.scan()["Items"]:
        if item["sk"].startswith("TYPE#"):
            world.table.put_item(Item={k: v * factor if isinstance(v, Decimal) else v for k, v in item.items()})


def _counted(world: World) -> Units:
    calls = world.table.calls
    return Units(sum(call.read_units for call in calls), sum(call.write_units for call in calls))
