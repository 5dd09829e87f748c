"""How the table is read, and how long it keeps what it holds."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from aggregator import handlers, queries, table_items
from aggregator.catalogue import packaged_basis
from aggregator.packing import unpacked
from aggregator.scopes import account_scope
from aggregator.store import Store
from tests.aggregator.world import ACCOUNT, PUBLIC, VERSIONING, World, evaluation


def test_every_read_is_consistent_but_those_of_the_index_and_the_history(world_on_moto: World) -> None:
    """An index has no consistent reads: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html."""
    reads: list[tuple[str, dict[str, Any]]] = []

    def remember(params: dict[str, Any], model: Any, **_: Any) -> None:
        request = json.loads(params["body"])
        if model.name in {"GetItem", "Query", "Scan", "BatchGetItem"}:
            reads.extend((model.name, each) for each in request.get("RequestItems", {"table": request}).values())

    for table in (handlers._table("table"), world_on_moto.table):
        table.meta.client.meta.events.register("before-call.dynamodb", remember)
    try:
        world_on_moto.send(evaluation("logs", {VERSIONING: "N", PUBLIC: "C"}), evaluation("data", {VERSIONING: "C"}))
        world_on_moto.complete_inventory()
        world_on_moto.send(evaluation("logs", {VERSIONING: "N", PUBLIC: "N"}, captured=9))
        world_on_moto.tick(1)
        (scope, *_) = queries.scopes(world_on_moto.table)
        queries.scores(world_on_moto.table, scope)
        queries.explain(world_on_moto.table, scope)
    finally:
        for table in (handlers._table("table"), world_on_moto.table):
            table.meta.client.meta.events.unregister("before-call.dynamodb", remember)
    assert {operation for operation, _ in reads} >= {"Query", "BatchGetItem"}
    eventual = [request for _, request in reads if not (request.get("ConsistentRead") or "IndexName" in request)]
    assert [request for request in eventual if "HISTORY#" not in json.dumps(request)] == []


@pytest.mark.parametrize(("prefix", "form", "days"), [("HOUR#", "%Y-%m-%dT%H", 90), ("DAY#", "%Y-%m-%d", 400)])
def test_history_expires_after_90_days_of_hours_and_400_of_days(
    world_on_moto: World, prefix: str, form: str, days: int
) -> None:
    world_on_moto.send(evaluation("logs", {VERSIONING: "N"}))
    world_on_moto.tick(hours=48)
    kept = [item for item in world_on_moto.items() if item["sk"].startswith(prefix)]
    assert kept
    for item in kept:
        begins = datetime.strptime(item["key"], form).replace(tzinfo=UTC)
        assert int(item["expires_at"]) == int((begins + timedelta(days=days)).timestamp())


def calls(world: World) -> Counter[str]:
    """The operations since the last look."""
    found = Counter(call.operation for call in world.table.calls)
    world.table.calls.clear()
    return found


@pytest.fixture
def judged(world: World) -> World:
    """A workload with a component and one good and one bad bucket, and its account; the inventory is complete."""
    verdicts = {VERSIONING: "C", PUBLIC: "C"}
    world.send(evaluation("good", verdicts, component="api"), evaluation("bad", verdicts | {VERSIONING: "N"}))
    world.complete_inventory()
    world.tick()
    return world


def test_a_tick_writes_nothing_and_reads_no_counters_where_nothing_changed_within_the_hour(judged: World) -> None:
    before = judged.items()
    calls(judged)
    judged.metrics.clear()
    judged.tick()
    found = calls(judged)
    assert found == {"Query": 3, "BatchGetItem": 1}  # of the index: lapsed waivers, pending scopes, all scopes
    assert judged.items() == before
    lines = [json.loads(line) for line in judged.metrics]
    assert {line["Scope"] for line in lines} == {"workload/shop", account_scope(ACCOUNT)}
    assert {line["Pillar"] for line in lines} == {"security", "reliability"}


def test_a_tick_projects_what_is_of_another_day_or_another_basis(
    judged: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls(judged)
    judged.tick(hours=24)
    assert calls(judged)["TransactWriteItems"] == len(queries.scopes(judged.table))
    basis = packaged_basis()
    other = replace(basis, checks={check: entry for check, entry in basis.checks.items() if check != VERSIONING})
    monkeypatch.setattr(handlers, "packaged_basis", lambda: other)
    judged.tick(hours=24)
    assert judged.score("security") == 100


def test_a_sample_that_lacks_what_the_index_lacked_is_completed_by_the_next_tick(judged: World) -> None:
    def shown() -> list[str]:
        (found,) = queries.recommendations(judged.table, "workload/shop")
        return sorted(resource.name for resource in found.sample)

    judged.table.index_lags = True
    judged.send(evaluation("good", {VERSIONING: "N", PUBLIC: "C"}, captured=1, component="api"))
    assert shown() == ["bad"]
    judged.table.index_lags = False
    judged.tick()
    assert shown() == ["bad", "good"]


def test_a_change_writes_metrics_of_the_pillars_that_it_moves(judged: World) -> None:
    judged.metrics.clear()
    judged.send(evaluation("good", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    assert {json.loads(line)["Pillar"] for line in judged.metrics} == {"security"}


def test_the_present_hour_and_day_are_in_the_score_and_written_when_they_are_over(judged: World) -> None:
    def written(prefix: str) -> list[str]:
        found = (item for item in judged.items() if item["pk"] == "HISTORY#workload/shop")
        return [item["key"] for item in found if item["sk"].startswith(prefix)]

    def lasts(*, hours: bool) -> list[float]:
        found = queries.history(judged.table, "workload/shop", hours=hours)
        assert [moment.begins for moment in found] == sorted({moment.begins for moment in found})
        return [moment.scores["reliability"]["last"] for moment in found]

    assert (written("HOUR#"), written("DAY#")) == ([], [])
    assert lasts(hours=True) == lasts(hours=False) == [50]
    judged.tick(hours=48)
    judged.send(evaluation("bad", {VERSIONING: "C", PUBLIC: "C"}, captured=1))
    assert (len(written("HOUR#")), len(written("DAY#"))) == (1, 1)
    assert lasts(hours=True) == lasts(hours=False) == [50, 100]
    known = queries.scores(judged.table, "workload/shop").pillars["reliability"]
    assert (known.mean_7, known.mean_30, known.trend) == (75, 75, 50)
    (key,) = written("DAY#")
    assert next(moment.begins for moment in queries.history(judged.table, "workload/shop", since=key)) == key
    assert queries.history(judged.table, "workload/shop", since="9999") == []


def test_the_history_of_a_scope_is_read_once_a_day(judged: World) -> None:
    def readings(step: int) -> int:
        with patch.object(Store, "history", autospec=True, side_effect=Store.history) as history:
            judged.send(evaluation("good", {VERSIONING: "C", PUBLIC: "CN"[step % 2]}, captured=step))
            judged.tick(hours=48)
        return history.call_count

    assert [readings(step) for step in (1, 2)] == [2, 0]  # the workload and its account; the component is closed


def test_what_is_read_of_a_score_is_never_changed_in_place(judged: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[bytes, dict[str, Any]]] = []

    def details(stored: bytes) -> dict[str, Any]:
        read.append((stored, json.loads(unpacked(stored))))
        return read[-1][1]

    monkeypatch.setattr(table_items, "_score_details", details)
    for step in range(1, 7):
        bad = {VERSIONING: "CN"[step % 2], PUBLIC: "CN"[step // 3 % 2]}
        judged.send(evaluation("good", bad, captured=step), evaluation("other", bad, workload="bank", captured=step))
        judged.tick(hours=step * 0.5)
    assert len(read) > 20
    assert [stored for stored, found in read if json.loads(unpacked(stored)) != found] == []
