"""What moved the scores: earlier scores are computed from what changed since, and the points of all checks add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator import queries
from aggregator.catalogue import packaged_basis
from aggregator.queries.changes import OVERALL, Difference, difference
from aggregator.scopes import account_scope
from pillarwatch.framework import PILLARS
from pillarwatch.score import overall
from tests.aggregator.test_any_order import an_event
from tests.aggregator.world import ACCOUNT, PUBLIC, VERSIONING, Killed, World, evaluation

SHOP, HERE = "workload/shop", account_scope(ACCOUNT)
LIFECYCLE = "s3-lifecycle-policy-check"


def scores_of(world: World, scope: str) -> dict[str, float | None]:
    """The scores of a scope, from its counters."""
    found = queries.snapshot(world.table, scope)
    scores = packaged_basis().scores(found.name, found.counts)
    exact = {**{pillar: score.score for pillar, score in scores.items()}, OVERALL: overall(scores)}
    return {of: None if value is None else round(value, 2) for of, value in exact.items()}


def adds_up(found: Difference) -> bool:
    """Whether the points of the checks are what the scores moved by, to the last digit."""
    for of in (*PILLARS, OVERALL):
        before, after = found.before[of], found.after[of]
        points = sum(one.points.get(of, 0) for one in found.checks)
        if before is not None and after is not None and round(points, 2) != round(after - before, 2):
            return False
    return True


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.lists(an_event(), min_size=1, max_size=5), min_size=2, max_size=6), data=st.data())
def test_the_scores_of_two_times_are_those_that_were_read_then(
    world: World, batches: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    world.empty()
    seen: list[tuple[datetime, dict[str, Any]]] = []
    for batch in batches:
        world.send(*batch)
        seen.append((datetime.now(UTC), {scope: scores_of(world, scope) for scope in queries.scopes(world.table)}))
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(seen) - 1)] * 2)))
    for scope, known in seen[first][1].items():
        found = difference(world.table, scope, seen[first][0], seen[second][0])
        assert found.before == known
        closed = dict.fromkeys((*PILLARS, OVERALL))
        assert found.after == seen[second][1].get(scope, closed)
        assert adds_up(found)


def test_the_resource_that_failed_moved_the_pillar_of_its_check(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "C", PUBLIC: "C"}), evaluation("data", {VERSIONING: "C"}))
    before = datetime.now(UTC)
    world.send(evaluation("logs", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    found = difference(world.table, SHOP, before, datetime.now(UTC))
    (change,) = found.checks
    assert change.check == VERSIONING
    assert change.points["reliability"] == -50
    assert [(one.name, one.before, one.after) for one in change.resources] == [("logs", "COMPLIANT", "NON_COMPLIANT")]
    assert (found.before["reliability"], found.after["reliability"]) == (100, 50)


def test_a_verdict_that_came_back_is_no_change(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "C"}))
    before = datetime.now(UTC)
    world.send(evaluation("logs", {VERSIONING: "N"}, captured=1))
    failing = datetime.now(UTC)
    world.send(evaluation("logs", {VERSIONING: "C"}, captured=2))
    assert difference(world.table, SHOP, before, datetime.now(UTC)).checks == []
    assert [one.check for one in difference(world.table, SHOP, before, failing).checks] == [VERSIONING]


def test_a_deleted_and_a_moved_resource_are_seen_in_each_scope_that_they_left(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "N"}), evaluation("data", {VERSIONING: "C"}))
    before = datetime.now(UTC)
    world.send(evaluation("logs", {VERSIONING: "N"}, captured=1, workload="bank"))
    world.send(evaluation("data", {}, captured=1, status="deleted"))
    now = datetime.now(UTC)
    (shop,) = difference(world.table, SHOP, before, now).checks
    assert {one.name: (one.before, one.after) for one in shop.resources} == {
        "logs": ("NON_COMPLIANT", ""),
        "data": ("COMPLIANT", ""),
    }
    (here,) = difference(world.table, HERE, before, now).checks
    assert [one.name for one in here.resources] == ["data"]


def test_what_is_not_projected_is_counted_once(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "C", LIFECYCLE: "C"}))
    before = datetime.now(UTC)
    world.deaths.append(("before", "TransactWriteItems", 2))  # counted, and not projected
    with pytest.raises(Killed):
        world.send(evaluation("logs", {VERSIONING: "N", LIFECYCLE: "C"}, captured=1))
    waiting = difference(world.table, SHOP, before, datetime.now(UTC))
    world.tick()
    projected = difference(world.table, SHOP, before, datetime.now(UTC) + timedelta(seconds=1))
    assert waiting.checks == projected.checks
    assert waiting.checks[0].points["reliability"] == -100


def test_changes_are_kept_for_90_days(world: World) -> None:
    world.send(evaluation("logs", {VERSIONING: "C"}))
    (item,) = [one for one in world.items() if one["sk"].startswith("CHANGE#") and one["pk"] == f"HISTORY#{SHOP}"]
    at = datetime.fromisoformat(item["sk"].split("#")[1])
    assert int(item["expires_at"]) == int((at + timedelta(days=90)).timestamp())
