"""What a complete listing no longer has is withdrawn, in whatever order its events arrive."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.events import Resource
from aggregator.queue_messages import listings
from aggregator.states import counted_in
from tests.aggregator.world import ACCOUNT, BUCKET, REGION, START, VERSIONING, Killed, World, evaluation

if TYPE_CHECKING:
    import random

COLLECTOR = "buckets"
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


def at(seconds: int) -> str:
    return (START + timedelta(seconds=seconds)).strftime(TIME)


def listed(
    names: list[str], *, listing: str = "first", began: int = 0, part: str = "a", region: str = REGION, **more: Any
) -> list[dict[str, Any]]:
    """The evaluations of a part of a listing."""
    events = []
    for name in names:
        event = evaluation(name, {VERSIONING: "C"}, source=COLLECTOR, captured=began, evaluated=began + 1, **more)
        event["detail"]["listing"] = {"listing": listing, "part": part, "region": region}
        events.append(event)
    return events


def complete(parts: dict[str, int], *, listing: str = "first", began: int = 0, region: str = REGION) -> dict[str, Any]:
    """The event at the end of a listing."""
    detail = {
        "version": "1",
        "listing": listing,
        "source": COLLECTOR,
        "account": ACCOUNT,
        "region": region,
        "types": [BUCKET],
        "began": at(began),
        "completed_at": at(began + 2),
        "parts": parts,
    }
    return {"id": f"{listing}-complete", "source": "pillarwatch", "detail-type": listings.COMPLETE, "detail": detail}


def retired(types: list[str], source: str = COLLECTOR, seconds: int = 100) -> dict[str, Any]:
    detail = {
        "version": "1",
        "retirement": "release",
        "source": source,
        "account": ACCOUNT,
        "region": REGION,
        "types": types,
        "retired_at": at(seconds),
    }
    return {"id": "retired", "source": "pillarwatch", "detail-type": listings.RETIRED, "detail": detail}


def known(world: World, source: str = COLLECTOR) -> set[str]:
    """The resources of which a source has verdicts."""
    resources = [Resource(**item["resource"]) for item in world.items() if item["sk"] == "STATE"]
    states = world.store.states(resources).values()
    found = {state.resource.id for state, _ in states if source in state.sources and state.sources[source].verdicts}
    assert found <= {state.resource.id for state, _ in states if counted_in(state)}
    assert world.counters() == world.recount()
    return found


@pytest.fixture
def inventoried(world: World) -> World:
    """Four buckets that an earlier listing had."""
    assert (
        world.send(
            *listed(["one", "two", "three", "four"], listing="zero", began=-1000),
            complete({"a": 4}, listing="zero", began=-1000),
        )
        == []
    )
    assert known(world) == {"one", "two", "three", "four"}
    return world


def test_nothing_is_withdrawn_before_all_evaluations_of_a_listing_are_processed(inventoried: World) -> None:
    inventoried.send(complete({"a": 1, "b": 2}))
    assert len(known(inventoried)) == 4
    inventoried.send(*listed(["one"]))
    assert len(known(inventoried)) == 4
    inventoried.send(*listed(["two"], part="b"))
    assert len(known(inventoried)) == 4
    inventoried.send(*listed(["three"], part="b"))
    assert known(inventoried) == {"one", "two", "three"}


def test_a_lost_evaluation_withdraws_nothing_and_the_next_listing_does(inventoried: World) -> None:
    inventoried.send(*listed(["one"]), complete({"a": 2}))
    assert len(known(inventoried)) == 4
    inventoried.send(*listed(["one"], listing="second", began=50), complete({"a": 1}, listing="second", began=50))
    assert known(inventoried) == {"one"}


def test_evaluations_of_an_invocation_that_died_do_not_count(inventoried: World) -> None:
    inventoried.send(*listed(["one", "two"], part="dead"), complete({"repeated": 3}))
    assert len(known(inventoried)) == 4
    inventoried.send(*listed(["one", "two", "three"], part="repeated"))
    assert known(inventoried) == {"one", "two", "three"}


def test_an_evaluation_that_is_older_than_what_is_known_counts_as_processed(inventoried: World) -> None:
    inventoried.send(evaluation("one", {}, status="deleted", captured=5))
    inventoried.send(*listed(["one", "two"]), complete({"a": 2}))
    assert known(inventoried) == {"two"}


def test_an_empty_listing_withdraws_everything_of_its_collector(inventoried: World) -> None:
    inventoried.send(evaluation("five", {VERSIONING: "C"}, source="change", captured=-500))
    inventoried.send(complete({"a": 0}))
    assert known(inventoried) == set()
    assert known(inventoried, "change") == {"five"}


def test_what_the_same_collector_lists_in_another_region_stays(inventoried: World) -> None:
    inventoried.send(
        *listed(["far"], listing="far", region="us-east-1"), complete({"a": 1}, listing="far", region="us-east-1")
    )
    assert len(known(inventoried)) == 5
    inventoried.send(complete({"a": 0}, listing="second", began=50))
    assert known(inventoried) == {"far"}


def test_an_older_listing_does_not_withdraw_what_a_newer_one_has(inventoried: World) -> None:
    inventoried.send(*listed(["one", "two"], listing="newer", began=50), complete({"a": 2}, listing="newer", began=50))
    assert known(inventoried) == {"one", "two"}
    inventoried.send(complete({"a": 0}, listing="older", began=10))
    assert known(inventoried) == {"one", "two"}


def test_more_states_than_one_message_reads_are_withdrawn_by_further_messages(
    inventoried: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST_STATES", 1)
    inventoried.send(*listed(["two"]), complete({"a": 1}))
    messages = 1
    while rest := [alert for alert in inventoried.alerts() if alert["kind"] == listings.COMPLETE]:
        messages += 1
        details = [{name: value for name, value in one.items() if name != "kind"} for one in rest]
        inventoried.send(*({"id": "rest", "detail-type": listings.COMPLETE, "detail": detail} for detail in details))
    assert known(inventoried) == {"two"}
    assert messages == 4


def test_what_the_index_does_not_show_yet_is_withdrawn_after_the_next_listing(inventoried: World) -> None:
    inventoried.table.index_lags = True
    inventoried.send(*listed(["five"], listing="late", began=-10))
    inventoried.send(complete({"a": 0}))
    inventoried.table.index_lags = False
    assert known(inventoried) <= {"five"}
    inventoried.send(complete({"a": 0}, listing="second", began=50))
    assert known(inventoried) == set()


def test_a_retired_rule_withdraws_its_own_verdicts_and_can_come_back(inventoried: World) -> None:
    inventoried.send(evaluation("one", {VERSIONING: "N"}, source="change", captured=-500))
    inventoried.send(retired([BUCKET]))
    assert known(inventoried) == set()
    assert known(inventoried, "change") == {"one"}
    again = listed(["two"], listing="later", began=-1000)
    again[0]["detail"]["evaluated_at"] = at(200)
    inventoried.send(*again)
    assert known(inventoried) == {"two"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "2"},
        {"parts": {}},
        {"parts": {"a": -1}},
        {"types": []},
        {"types": "AWS::S3::Bucket"[0:0]},
        {"began": "yesterday"},
        {"completed_at": at(10**8)},
        {"listing": "a#b"},
        {"listing": ""},
    ],
)
def test_an_event_that_says_nothing_usable_fails_alone(inventoried: World, wrong: dict[str, Any]) -> None:
    event = complete({"a": 0})
    event["detail"] |= wrong
    assert inventoried.send(event, *listed(["five"])) == [0]
    assert "five" in known(inventoried)


@given(random=st.randoms(use_true_random=False), data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_order_duplicates_and_deaths_end_in_what_the_listing_has(
    world: World, random: random.Random, data: st.DataObject
) -> None:
    world.empty()
    names = [f"bucket-{number}" for number in range(6)]
    left = data.draw(st.lists(st.sampled_from(names), unique=True))
    world.send(*listed(names, listing="zero", began=-1000), complete({"a": 6}, listing="zero", began=-1000))
    halves = left[::2], left[1::2]
    events = [
        *listed(halves[0], part="a"),
        *listed(halves[1], part="b"),
        complete({"a": len(halves[0]), "b": len(halves[1])}),
    ]
    events += random.sample(events, data.draw(st.integers(0, len(events))))
    random.shuffle(events)
    while events:
        batch, events = events[:3], events[3:]
        if random.random() < 0.4:
            operation = random.choice(["TransactWriteItems", "Query", "BatchGetItem", "PutEvents"])
            world.deaths = [(random.choice(["before", "after"]), operation, random.randint(1, 4))]
            with suppress(Killed):
                world.send(*batch)
            world.deaths = []
        assert world.send(*batch) == []
    assert known(world) == {*left}
    (ended,) = [item for item in world.items() if item["pk"] == "LISTING#first" and item["sk"] == "COMPLETE"]
    assert ended["processed"]
    assert json.dumps(listings.detail_of(listings.listing_complete(ended["detail"])))
