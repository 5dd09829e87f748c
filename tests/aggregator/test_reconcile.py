"""Whatever is damaged in counters, findings and values is found and repaired, and nothing is blamed for it.

Lost states come back with the comparison with AWS Config: test_inventory.py.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from aggregator.events import Resource
from aggregator.reconcile import Report, compare, emit, reconcile
from aggregator.transitions import findings
from tests.aggregator.world import PUBLIC, VERSIONING, Killed, World, evaluation

if TYPE_CHECKING:
    from collections.abc import Callable

RESOURCES = 200


@pytest.fixture
def filled(world: World) -> World:
    """Two hundred resources in two workloads with components."""
    choice = random.Random(1)  # noqa: S311 - the same every time
    events = [
        evaluation(
            f"bucket-{number}",
            {VERSIONING: choice.choice("CCN"), PUBLIC: choice.choice("CCCN")},
            workload=choice.choice(["shop", "bank"]),
            component=choice.choice(["", "api"]),
            values={VERSIONING: choice.choice(["", "Status: Enabled"])},
        )
        for number in range(RESOURCES)
    ]
    for first in range(0, RESOURCES, 50):
        world.send(*events[first : first + 50])
    world.complete_inventory()
    world.alerts()
    return world


def run(world: World) -> Report:
    return reconcile(world.store, datetime.now(UTC))


def agrees(world: World) -> bool:
    """Whether counters and findings are those of the states."""
    if world.counters() != world.recount():
        return False
    items = world.items()
    stored = {(item["pk"], item["check"]) for item in items if item["sk"].startswith("FINDING#")}
    wanted = set()
    for item in items:
        if item["sk"] == "STATE":
            resource = Resource(**item["resource"])
            state, _ = world.store.states([resource])[resource]
            wanted |= {(item["pk"], check) for check in findings(state)}
    return stored == wanted


def damage(world: World, choice: random.Random, share: float) -> int:
    """Damage a share of the items that are compared; how many."""
    items = [item for item in world.items() if item["sk"].startswith(("STATE", "VALUES", "FINDING#", "TYPE#"))]
    harmed = choice.sample(items, max(1, round(share * len(items))))
    for item in harmed:
        key = {"pk": item["pk"], "sk": item["sk"]}
        if item["sk"].startswith("TYPE#") and choice.random() < 0.7:
            name = choice.choice([name for name in item if name not in key])
            world.table.put_item(Item={**item, name: int(item[name]) + choice.choice([-2, -1, 1, 3])})
        elif item["sk"].startswith("FINDING#") and choice.random() < 0.5:
            world.table.put_item(Item={**item, "annotation": "something else"})
        else:
            world.table.delete_item(Key=key)
    return len(harmed)


def test_a_sound_store_has_no_drift(filled: World) -> None:
    before = filled.items()
    assert run(filled) == Report(RESOURCES, 0, 0, 0, 0, frozenset())
    assert filled.items() == before


@pytest.mark.parametrize("seed", range(25))
def test_random_damage_of_one_percent_is_repaired(filled: World, seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311 - the same every time
    damage(filled, choice, 0.01)
    found = run(filled)
    assert found.drift == 0
    assert agrees(filled)
    assert run(filled).counters == run(filled).findings == 0
    filled.tick()
    assert filled.alerts() == []  # a repair is no drop


def test_heavy_damage_is_repaired_as_well(filled: World) -> None:
    assert damage(filled, random.Random(7), 0.5) > 100  # noqa: S311 - the same every time
    assert run(filled).drift == 0
    assert agrees(filled)


def test_a_scope_whose_counters_are_lost_has_its_score_again(filled: World) -> None:
    before = filled.score("reliability")
    for item in filled.items():
        if item["pk"] == "SCOPE#workload/shop" and item["sk"].startswith("TYPE#"):
            filled.table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    found = run(filled)
    assert found.scopes == {"workload/shop"}
    filled.tick()
    assert filled.score("reliability") == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_it_can_be_killed_at_every_call(filled: World, when: str) -> None:
    damage(filled, random.Random(3), 0.03)  # noqa: S311 - the same every time
    for call in range(1, 40):
        for operation in ("TransactWriteItems", "Query", "Scan"):
            filled.deaths = [(when, operation, call)]
            with suppress(Killed):
                run(filled)
            filled.deaths = []
            if call % 8 == 0:
                damage(filled, random.Random(call), 0.01)  # noqa: S311 - the same every time
    assert run(filled).drift == 0
    assert agrees(filled)


@pytest.mark.parametrize("pages", [range(100), range(2, 5)])
def test_changes_while_it_reads_are_no_drift(filled: World, pages: range) -> None:
    numbers = iter(range(1000))

    def busy(call: Callable[..., Any]) -> Callable[..., Any]:
        def scan(**arguments: Any) -> Any:
            answer = call(**arguments, Limit=50)
            if (number := next(numbers)) in pages:
                letter = "CN"[number % 2]
                filled.send(*(evaluation(f"bucket-{n}", {VERSIONING: letter}, captured=number + 1) for n in range(40)))
            return answer

        return scan

    filled.table.scan = busy(filled.table.scan)
    run(filled)
    del filled.table.scan
    assert filled.counters() == filled.recount()
    assert run(filled).counters == 0


def test_drift_is_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    emit(Report(10, 2, 1, 0, 3, frozenset()).wrong, datetime.now(UTC))
    line = json.loads(capsys.readouterr().out)
    assert (line["Service"], line["Drift"]) == ("reconcile", 3)


def test_a_comparison_repairs_nothing(filled: World) -> None:
    harmed = damage(filled, random.Random(5), 0.02)  # noqa: S311 - the same every time
    before = filled.items()
    found = compare(filled.store, datetime.now(UTC))
    assert found.drift >= harmed / 2
    assert filled.items() == before
