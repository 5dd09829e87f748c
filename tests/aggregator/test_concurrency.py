"""Many writers at once: counters are what a recount says, and scores are those of the counters."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from aggregator import queries
from aggregator.catalogue import packaged_basis
from aggregator.projections import Projector
from aggregator.store import Live, Store
from tests.aggregator.world import PUBLIC, VERSIONING, Killed, World, evaluation

WRITERS = 10


def test_ten_writers_of_the_same_resources_lose_and_double_nothing(world_on_moto: World) -> None:
    choice = random.Random(7)  # noqa: S311 - the same sequence every time
    events = [
        evaluation(
            f"bucket-{choice.randrange(8)}",
            {check: choice.choice("CNAU") for check in (VERSIONING, PUBLIC)},
            captured=choice.randrange(20),
            source=choice.choice(["change", "collector"]),
            status=choice.choice(["ok"] * 9 + ["deleted"]),
            workload=choice.choice(["shop", "bank", ""]),
        )
        for _ in range(60)
    ]
    batches = [choice.sample(events, 6) for _ in range(3 * WRITERS)] + [events[:30], events[30:]]
    with ThreadPoolExecutor(WRITERS) as writers:
        failed = list(writers.map(lambda batch: world_on_moto.send(*batch), batches))
    assert failed == [[]] * len(batches)
    assert world_on_moto.counters() == world_on_moto.recount()
    assert not [item for item in world_on_moto.items() if item["sk"].startswith("OUTBOX#")]
    for scope in queries.scopes(world_on_moto.table):
        scores = queries.scores(world_on_moto.table, scope)
        explained = queries.explain(world_on_moto.table, scope)
        for pillar, score in scores.pillars.items():
            exact = explained[pillar].score
            assert score.score == (exact if exact is None else round(exact, 2))


class Slow(Store):
    """A table on which somebody else is faster, once, between reading a scope and writing it."""

    def __init__(self, world: World) -> None:
        super().__init__(world.table)
        self._world = world
        self.readings = 0

    def live(self, scope: str) -> Live:
        live = super().live(scope)
        self.readings += 1
        if self.readings == 1:
            self._world.send(evaluation("logs", {VERSIONING: "N"}, captured=2))
        return live


def test_a_stale_projection_does_not_overwrite_a_newer_one(world_on_moto: World) -> None:
    world_on_moto.deaths.append(("after", "TransactWriteItems", 1))
    with pytest.raises(Killed):  # counted, and not projected: that is left to the slow one
        world_on_moto.send(evaluation("logs", {VERSIONING: "C"}, captured=1))
    slow = Slow(world_on_moto)
    Projector(slow, packaged_basis(), datetime.now(UTC)).project("workload/shop")
    assert slow.readings == 2  # the first time in vain
    assert world_on_moto.score("reliability") == 0
    assert [gap.check for gap in queries.recommendations(world_on_moto.table, "workload/shop")] == [VERSIONING]


def test_an_alert_of_another_writer_is_not_repeated(world_on_moto: World) -> None:
    good = {VERSIONING: "C", PUBLIC: "C"}
    world_on_moto.send(*(evaluation(f"bucket-{number}", good) for number in range(4)), evaluation("logs", good))
    world_on_moto.complete_inventory()
    world_on_moto.deaths.append(("after", "TransactWriteItems", 1))
    with pytest.raises(Killed):
        world_on_moto.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    Projector(Slow(world_on_moto), packaged_basis(), datetime.now(UTC)).project("workload/shop")
    (alert,) = world_on_moto.alerts()
    assert sorted(cause["resource"]["name"] for cause in alert["causes"]) == ["bucket-0", "logs"]


class Busy(Slow):
    """A table on which somebody else is faster, once, and has counted more by the next reading."""

    def live(self, scope: str) -> Live:
        if self.readings == 1:
            self._world.deaths.append(("after", "TransactWriteItems", 1))
            with pytest.raises(Killed):
                self._world.send(evaluation("data", {VERSIONING: "N"}, captured=3))
        return super().live(scope)


def test_a_writer_leaves_what_was_counted_after_its_own_changes_to_others(world: World) -> None:
    world.deaths.append(("after", "TransactWriteItems", 1))
    with pytest.raises(Killed):
        world.send(evaluation("logs", {VERSIONING: "C"}, captured=1))
    Projector(Busy(world), packaged_basis(), datetime.now(UTC)).project("workload/shop")
    waiting = {item["pk"] for item in world.items() if item["sk"].startswith("OUTBOX#")}
    assert waiting == {"SCOPE#workload/shop", "SCOPE#account/111122223333"}
    world.tick()
    assert world.score("reliability") == 0
