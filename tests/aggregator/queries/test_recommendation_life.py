"""A recommendation is open since a time, waived or resolved at a time, and opens again."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator import queries
from tests.aggregator.world import PUBLIC, VERSIONING, World, evaluation

SHOP = "workload/shop"


def opened(world: World) -> dict[str, str]:
    """Since when each open recommendation is."""
    return {one.check: one.since for one in queries.recommendations(world.table, SHOP)}


def closed(world: World) -> list[tuple[str, str, str, str]]:
    """The others: check, status, and both times."""
    found = queries.closed_recommendations(world.table, SHOP)
    return [(one.check, one.status, one.since, one.at) for one in found]


def test_open_since_the_first_failure_whatever_else_fails_later(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "N"}))
    since = opened(world)
    world.send(evaluation("data", {VERSIONING: "N", PUBLIC: "N"}, captured=1))
    assert opened(world)[VERSIONING] == since[VERSIONING] != ""
    assert opened(world)[PUBLIC] > since[VERSIONING]
    assert closed(world) == []


def test_waived_then_open_again_then_resolved_then_new(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "N"}))
    since = opened(world)[VERSIONING]
    world.send(evaluation("logs", {VERSIONING: "W"}, captured=1, expires="2999-12-31"))
    assert opened(world) == {}
    ((_, status, first, waived_at),) = closed(world)
    assert (status, first) == ("waived", since)
    assert waived_at > since

    world.send(evaluation("logs", {VERSIONING: "N"}, captured=2))
    assert opened(world) == {VERSIONING: since}
    assert closed(world) == []

    world.send(evaluation("logs", {VERSIONING: "C"}, captured=3))
    ((_, status, first, resolved_at),) = closed(world)
    assert (status, first) == ("resolved", since)
    assert resolved_at > waived_at
    (item,) = [one for one in world.items() if one["pk"] == f"RECOMMENDATIONS#{SHOP}"]
    assert int(item["expires_at"]) == int((datetime.fromisoformat(resolved_at) + timedelta(days=90)).timestamp())

    world.send(evaluation("logs", {VERSIONING: "N"}, captured=4))
    assert opened(world)[VERSIONING] > resolved_at
    assert closed(world) == []


def test_what_was_accepted_from_the_beginning_is_waived(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "W"}, expires="2999-12-31"))
    ((check, status, since, at),) = closed(world)
    assert (check, status, since) == (VERSIONING, "waived", at)


def test_a_deleted_resource_resolves_its_recommendation(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "N"}), evaluation("data", {VERSIONING: "C"}))
    world.send(evaluation("logs", {}, captured=1, status="deleted"))
    assert [(check, status) for check, status, *_ in closed(world)] == [(VERSIONING, "resolved")]


def test_a_resolved_recommendation_ends_when_it_expires_though_dynamodb_deletes_it_later(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "N"}), evaluation("logs", {VERSIONING: "N"}, captured=1))
    world.send(evaluation("logs", {VERSIONING: "C"}, captured=2))
    (item,) = [one for one in world.items() if one["pk"] == f"RECOMMENDATIONS#{SHOP}"]
    world.table.put_item(Item={**item, "expires_at": 1})
    assert closed(world) == []
