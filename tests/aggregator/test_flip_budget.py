"""What a flip costs in capacity units: a check of a resource turns, and the scores of its three scopes follow.

The table in memory counts units as DynamoDB bills them. A flip may take 45 read and 60 write units.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from rules.catalogue import checks_of, resource_types
from tests.aggregator.world import BUCKET, VERSIONING, World, a_world_in_memory, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_READ, MOST_WRITTEN = 45, 60
OF_BUCKETS = [check.id for check in checks_of(BUCKET) if not check.collector]
TYPES = 60  # of resources beside the buckets


class Units(NamedTuple):
    """Capacity units."""

    read: float
    written: int


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    """A workload with a component, in which resources of many types fail some of their checks."""
    with pytest.MonkeyPatch.context() as patch, a_world_in_memory() as world:
        for name, value in (("TABLE_NAME", "table"), ("EVENT_BUS_NAME", "bus"), ("AWS_DEFAULT_REGION", "eu-west-1")):
            patch.setenv(name, value)
        world.send(bucket("C"))
        for number, kind in enumerate([kind for kind in resource_types() if kind != BUCKET][:TYPES]):
            checks = [check.id for check in checks_of(kind) if not check.collector]
            verdicts = {check: "CCCN"[place % 4] for place, check in enumerate(checks)}
            if checks:
                world.send(evaluation(f"it-{number}", verdicts, resource_type=kind, component="api"))
        world.complete_inventory()
        for captured in range(1, 7):  # what is written first of a change is larger or smaller than what follows
            world.send(bucket("CN"[captured % 2], captured))
        yield world


def bucket(letter: str, captured: int = 0) -> dict[str, Any]:
    """An evaluation of a bucket by all checks, with as much read as an event may hold for each."""
    verdicts = dict.fromkeys(OF_BUCKETS, "C") | dict.fromkeys(OF_BUCKETS[:4], "N") | {VERSIONING: letter}
    values = {check: f"{check} of a bucket is {place}; it is {letter}" for place, check in enumerate(OF_BUCKETS)}
    return evaluation(verdicts=verdicts, captured=captured, component="api", values=values)


def flip(world: World, letter: str, captured: int) -> Units:
    """The units of everything that follows from an evaluation."""
    world.table.calls.clear()
    world.send(bucket(letter, captured))
    calls = world.table.calls
    return Units(sum(call.read_units for call in calls), sum(call.write_units for call in calls))


def scale(world: World, factor: int) -> None:
    """Count so many times as many resources."""
    for item in world.table.scan()["Items"]:
        if item["sk"].startswith("TYPE#"):
            world.table.put_item(Item={k: v * factor if isinstance(v, Decimal) else v for k, v in item.items()})


def test_a_flip_costs_the_same_for_hundred_and_for_hundred_thousand_resources(deployment: World) -> None:
    small = [flip(deployment, "CN"[turn % 2], 100 + turn) for turn in range(4)]
    scale(deployment, 1000)
    large = [flip(deployment, "CN"[turn % 2], 200 + turn) for turn in range(4)]
    for units in (*small, *large):
        assert units.read <= MOST_READ
        assert units.written <= MOST_WRITTEN
    assert max(large).written - max(small).written <= 6  # numbers with more digits: a KB of each score at most
    assert max(large).read - max(small).read <= 3


def test_an_evaluation_that_says_the_same_costs_its_state_alone(deployment: World) -> None:
    flip(deployment, "C", 300)
    assert flip(deployment, "C", 301).written <= 4
