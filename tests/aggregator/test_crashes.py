"""Killed anywhere, redelivered: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aggregator import queries
from tests.aggregator.world import PUBLIC, VERSIONING, Killed, World, evaluation

GOOD = {VERSIONING: "C", PUBLIC: "C"}
BAD = evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1)
# A batch with a drop: fold, workload's projection, alert remembered as sent, account's projection.
CALLS = [(when, "TransactWriteItems", place) for when in ("before", "after") for place in (1, 2, 3, 4)]
CALLS += [("before", "PutEvents", 1), ("after", "PutEvents", 1), ("after", "Query", 1), ("after", "BatchGetItem", 1)]


@pytest.mark.parametrize("finish", ["redelivery", "tick"])
@pytest.mark.parametrize("death", CALLS, ids=lambda death: f"{death[0]}-{death[1]}-{death[2]}")
def test_killed_at_any_call_a_retry_brings_the_right_score_and_exactly_one_alert(
    world: World, death: tuple[str, str, int], finish: str
) -> None:
    world.send(*(evaluation(f"bucket-{number}", GOOD) for number in range(4)))
    world.complete_inventory()
    world.deaths.append(death)
    with pytest.raises(Killed):
        world.send(BAD)
    world.deaths.clear()
    counted = bool(world.counters()["workload/shop", "AWS::S3::Bucket", f"{VERSIONING}.N"])
    if finish == "tick" and counted:
        world.tick()
    else:
        assert world.send(BAD) == []
    assert world.counters() == world.recount()
    assert world.score("reliability") == world.account("reliability") == 75
    assert [gap.affected for gap in queries.recommendations(world.table, "workload/shop")] == [1]
    world.send(BAD)
    world.tick()
    alerts = world.alerts()
    assert len({alert["id"] for alert in alerts}) == 1
    assert all(alert == alerts[0] for alert in alerts)
    assert not [item for item in world.items() if item["sk"].startswith("OUTBOX#")]
    assert not [item for item in world.items() if item["pk"].startswith("SCOPE#") and item["sk"].startswith("ALERT#")]


def test_an_alert_that_the_bus_refuses_is_sent_by_the_next_tick(world: World) -> None:
    world.send(*(evaluation(f"bucket-{number}", GOOD) for number in range(4)))
    world.complete_inventory()
    world.deaths.append(("before", "PutEvents", 1))
    with pytest.raises(Killed):
        world.send(BAD)
    assert world.alerts() == []
    world.tick()
    assert [alert["kind"] for alert in world.alerts()] == ["Pillar Score Dropped"]


def test_a_table_that_does_not_answer_fails_the_whole_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "another")
    with pytest.raises(ClientError):
        world.send(BAD)
