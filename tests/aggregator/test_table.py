"""How the table is read, and how long it keeps what it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aggregator import handlers, reading
from tests.aggregator.world import PUBLIC, VERSIONING, evaluation

if TYPE_CHECKING:
    from tests.aggregator.world import World


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
        (scope, *_) = reading.scopes(world_on_moto.table)
        reading.scores(world_on_moto.table, scope)
        reading.explain(world_on_moto.table, scope)
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
    kept = [item for item in world_on_moto.items() if item["sk"].startswith(prefix)]
    assert kept
    for item in kept:
        begins = datetime.strptime(item["key"], form).replace(tzinfo=UTC)
        assert int(item["expires_at"]) == int((begins + timedelta(days=days)).timestamp())
