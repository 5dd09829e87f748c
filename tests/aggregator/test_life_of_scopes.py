"""A scope without resources is closed and opens again; a tick touches what is due."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aggregator import handlers, queries
from aggregator.queries.score_history import past
from aggregator.scopes import account_scope
from tests.aggregator.world import ACCOUNT, PUBLIC, START, VERSIONING, evaluation

if TYPE_CHECKING:
    import pytest

    from tests.aggregator.world import World

HERE, SHOP = account_scope(ACCOUNT), "workload/shop"


def lines(world: World) -> list[dict[str, Any]]:
    """The metrics since the last look."""
    found = [json.loads(line) for line in world.metrics]
    world.metrics.clear()
    return found


def test_a_scope_without_resources_is_closed_and_keeps_its_history(world: World) -> None:
    world.send(evaluation("orders", {VERSIONING: "C"}), evaluation("loans", {VERSIONING: "C"}, workload="bank"))
    world.tick()
    lines(world)
    world.send(evaluation("orders", status="deleted", captured=1))
    assert queries.scopes(world.table) == ["workload/bank", HERE]
    closed = world.store.score(SHOP)
    assert closed["closed_at"] == closed["at"]
    world.tick(hours=25)
    assert {line["Scope"] for line in lines(world)} == {"workload/bank", HERE}
    assert world.store.score(SHOP) == closed
    days = past(world.table, SHOP, START + timedelta(days=2)).days
    assert [bool(day.scores) for day in days[-3:]] == [True, False, False]


def test_a_closed_scope_opens_with_its_next_resource(world: World) -> None:
    world.send(evaluation("orders", {VERSIONING: "C"}), evaluation("orders", status="deleted", captured=1))
    assert SHOP not in queries.scopes(world.table)
    world.send(evaluation("orders", {VERSIONING: "N"}, captured=2))
    assert queries.scopes(world.table) == [SHOP, HERE]
    assert "closed_at" not in world.store.score(SHOP)
    assert world.score("reliability") == 0


def test_a_scope_that_is_closed_ends_its_incidents(world: World) -> None:
    world.send(evaluation("orders", {PUBLIC: "C", VERSIONING: "C"}))
    world.complete_inventory()
    world.send(evaluation("orders", {PUBLIC: "N", VERSIONING: "C"}, captured=1))
    world.send(evaluation("orders", status="deleted", captured=2))
    assert [alert["kind"] for alert in world.alerts()] == ["Pillar Score Dropped", "Pillar Score Recovered"]
    assert SHOP not in queries.scopes(world.table)


def test_an_open_incident_is_a_metric_of_its_pillar_until_it_is_over(world: World) -> None:
    world.send(evaluation("orders", {PUBLIC: "C", VERSIONING: "C"}))
    world.complete_inventory()
    world.send(evaluation("orders", {PUBLIC: "N", VERSIONING: "C"}, captured=1))
    lines(world)
    for hours in (0.1, 30, 80):
        world.tick(hours=hours)
        found = {(line["Scope"], line["Pillar"]): line["IncidentOpen"] for line in lines(world)}
        assert (found[SHOP, "security"], found[SHOP, "reliability"]) == (1, 0)
    world.send(evaluation("orders", {PUBLIC: "C", VERSIONING: "C"}, captured=2))
    assert {line["IncidentOpen"] for line in lines(world)} == {0}


def test_a_tick_of_three_thousand_scopes_with_nothing_due_makes_at_most_fifty_calls(world: World) -> None:
    many = [evaluation(f"r{n}", {VERSIONING: "C"}, workload=f"w{n}") for n in range(3000)]
    for first in range(0, len(many), 100):
        world.send(*many[first : first + 100])
    world.complete_inventory()
    world.tick()
    lines(world)
    world.table.calls.clear()
    world.tick()
    calls = Counter(call.operation for call in world.table.calls)
    assert calls.total() <= 50, calls
    assert len({line["Scope"] for line in lines(world)}) == 3001


def test_what_a_tick_has_no_time_for_is_projected_by_the_aggregator(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "MOST_PROJECTED", 3)
    names = [f"w{n}" for n in range(120)]
    world.send(*(evaluation(name, {VERSIONING: "C"}, workload=name) for name in names))
    world.complete_inventory()
    world.alerts()
    lines(world)
    world.tick(hours=24)
    due = [alert for alert in world.alerts() if alert["kind"] == "Scopes Due"]
    assert [len(one["scopes"]) for one in due] == [50, 50, 17]
    monkeypatch.setattr(handlers, "datetime", _Later)
    for one in due:
        detail = {name: value for name, value in one.items() if name != "kind"}
        world.send({"id": "due", "detail-type": "Scopes Due", "detail": detail})
    assert {line["Scope"] for line in lines(world)} == {HERE, *(f"workload/{name}" for name in names)}
    dues = {world.store.score(f"workload/{name}")["due"] for name in names}
    assert min(dues) > (START + timedelta(days=1)).isoformat()


class _Later(datetime):
    """The clock a day later."""

    @classmethod
    def now(cls, tz: Any = None) -> _Later:
        """A day and a minute after the tests began."""
        return cls.fromisoformat((START + timedelta(days=1, minutes=1)).astimezone(tz).isoformat())
