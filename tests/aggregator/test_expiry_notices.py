"""A waiver that ends is announced 14, 7 and 1 days before, and at its end: each notice once."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aggregator import handlers
from aggregator.catalogue import Basis, packaged_basis
from aggregator.scopes import account_scope
from pillarwatch.settings import Settings
from tests.aggregator.world import ACCOUNT, START, VERSIONING, Killed, World, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = START.date()


def waiver(days: int, **more: Any) -> dict[str, Any]:
    expires = (TODAY + timedelta(days=days)).isoformat()
    return {"check": VERSIONING, "reason": "it can be built again", "expires": expires, "resource": "cache-*", **more}


def settings(monkeypatch: pytest.MonkeyPatch, *waivers: dict[str, Any], denials: Any = None) -> None:
    document = {"waivers": list(waivers), "collectors": {"accepted_denials": denials or {}}}
    basis = Basis(packaged_basis().checks, Settings(document))
    monkeypatch.setattr(handlers, "packaged_basis", lambda: basis)


def notices(world: World) -> Iterator[tuple[str, int]]:
    for alert in world.alerts():
        if alert["kind"] == "Expiry Notice":
            yield alert["of"], alert["days"]


def test_each_notice_is_sent_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, waiver(20))
    sent = []
    for day in range(25):
        for _ in range(2):
            world.tick(hours=24 * day)
            sent += [(day, days) for _, days in notices(world)]
    assert sent == [(6, 14), (13, 7), (19, 1), (21, -1)]


def test_without_a_tick_in_time_only_the_latest_notice_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, waiver(20))
    world.tick(hours=24 * 18)
    assert list(notices(world)) == [(VERSIONING, 2)]
    world.tick(hours=24 * 60)
    assert list(notices(world)) == []  # it ended more than a month ago


def test_a_later_day_is_announced_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, waiver(3))
    world.tick()
    assert list(notices(world)) == [(VERSIONING, 3)]
    settings(monkeypatch, waiver(13))
    world.tick()
    assert list(notices(world)) == [(VERSIONING, 13)]


def test_an_accepted_denial_is_announced_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expires = (TODAY + timedelta(days=1)).isoformat()
    denial = {"organizations:ListPolicies": {"reason": "reserved", "expires": expires, "approver": "Ann"}}
    settings(monkeypatch, denials=denial)
    world.tick()
    (notice,) = world.alerts()
    assert (notice["what"], notice["of"], notice["approver"]) == (
        "accepted denial",
        "organizations:ListPolicies",
        "Ann",
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("operation", ["TransactWriteItems", "PutEvents", "BatchGetItem", "Query"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_tick_that_is_killed_sends_the_notice_at_the_next_one_with_the_same_id(
    world: World, monkeypatch: pytest.MonkeyPatch, when: str, operation: str, call: int
) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}))
    settings(monkeypatch, waiver(7))
    world.deaths = [(when, operation, call)]
    with suppress(Killed):
        world.tick()
    world.deaths = []
    world.tick()
    world.tick()
    found = [alert["id"] for alert in world.alerts() if alert["kind"] == "Expiry Notice"]
    assert len({*found}) == 1
    assert len(found) <= 2  # killed after the bus took it: twice is better than never


def test_lapsed_waivers_are_a_metric_of_the_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, waiver(-1), waiver(-2, check="SEC08-BP01"), waiver(5))
    world.send(evaluation(verdicts={VERSIONING: "C"}))
    world.metrics.clear()
    world.tick()
    lines = [json.loads(line) for line in world.metrics]
    found = {line["Pillar"]: line["WaiversLapsed"] for line in lines if line["Scope"] == account_scope(ACCOUNT)}
    assert found == {"reliability": 1, "security": 1}


def test_a_waiver_that_lapses_without_any_change_is_in_the_metric_at_the_next_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, waiver(3))
    world.send(evaluation(verdicts={VERSIONING: "C"}))
    world.tick(hours=25)
    found = []
    for day in (2, 3, 4):
        world.metrics.clear()
        world.tick(hours=24 * day)
        found.append(sum(json.loads(line).get("WaiversLapsed", 0) for line in world.metrics))
    assert found == [0, 0, 1]
