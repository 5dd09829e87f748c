"""Scores over time: every hour and day has a score, the last that held, whether or not anything was written then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from aggregator import handlers
from aggregator.queries.score_history import past
from tests.aggregator import world as worlds
from tests.aggregator.world import VERSIONING, World, evaluation

SHOP = "workload/shop"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the handlers' clock to some hours after START."""

    def set_to(hours: float) -> datetime:
        at = worlds.START + timedelta(hours=hours)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                assert tz is not None
                return at

        monkeypatch.setattr(handlers, "datetime", Clock)
        return at

    return set_to


def lasts(buckets: list[Any]) -> list[float | None]:
    return [bucket.scores["reliability"]["last"] if bucket.scores else None for bucket in buckets]


def test_a_score_holds_until_it_changes(world: World, clock: Any) -> None:
    clock(-24 * 40)
    world.send(evaluation("logs", {VERSIONING: "C"}, captured=-3600 * 24 * 41))
    clock(-24 * 3)
    world.send(evaluation("logs", {VERSIONING: "N"}, captured=-3600 * 24 * 4))
    clock(-5)
    world.send(evaluation("logs", {VERSIONING: "C"}, captured=-3600 * 6))
    now = clock(0)
    found = past(world.table, SHOP, now)
    assert lasts(found.hours) == [0] * 19 + [100] * 6
    yesterday = int((now - timedelta(hours=5)).date() < now.date())
    assert lasts(found.days) == [100] * 27 + [0] * (3 - yesterday) + [100] * (1 + yesterday)
    assert (found.hours[-1].begins, found.days[-1].begins) == (f"{now:%Y-%m-%dT%H}", f"{now:%Y-%m-%d}")


def test_before_the_first_evaluation_there_is_no_score(world: World, clock: Any) -> None:
    now = clock(0)
    world.send(evaluation("logs", {VERSIONING: "C"}))
    found = past(world.table, SHOP, now)
    assert lasts(found.hours) == [None] * 24 + [100]
    assert lasts(found.days) == [None] * 30 + [100]


def test_the_low_of_an_hour_is_kept(world: World, clock: Any) -> None:
    now = clock(0)
    for number, letter in enumerate("CNC"):
        world.send(evaluation("logs", {VERSIONING: letter}, captured=number))
    (hour,) = past(world.table, SHOP, now).hours[-1:]
    assert hour.scores["reliability"] == {"high": 100, "low": 0, "last": 100}
