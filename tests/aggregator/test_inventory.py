"""The store and AWS Config agree: what is missing or stale is evaluated again, what is gone is withdrawn."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.events import KEY_LIMIT, Resource
from aggregator.inventory import Compared, Inventory, keep_next_type, next_type, recorded_types, run
from aggregator.reconcile import reconcile
from tests.aggregator.test_any_order import differing, known
from tests.aggregator.test_reconcile import damage
from tests.aggregator.world import ACCOUNT, BUCKET, PUBLIC, REGION, START, VERSIONING, Killed, World, evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

TASK = "AWS::ECS::TaskDefinition"
NONROOT = "ecs-task-definition-nonroot-user"
EARLIER = -86_400  # seconds: a day ago
ALL = {"ConfigurationRecorders": [{"recordingGroup": {"allSupported": True}}]}


class Config:
    """AWS Config with the items from which some events were evaluated, and the evaluator that judges them again."""

    def __init__(self, world: World, events: Sequence[dict[str, Any]]) -> None:
        self.world = world
        self.events = {self._key(event): event for event in events}  # the newest of each resource
        self.recorders: dict[str, Any] = ALL
        self.requested: list[tuple[str, list[str]]] = []

    def _key(self, event: dict[str, Any]) -> tuple[str, str]:
        return event["detail"]["resource"]["type"], event["detail"]["resource"]["id"]

    def describe_configuration_recorders(self) -> dict[str, Any]:
        return self.recorders

    def select_resource_config(
        self,
        *,
        Expression: str,  # noqa: N803 - AWS's names
        Limit: int,  # noqa: N803
        NextToken: str = "0",  # noqa: N803
    ) -> dict[str, Any]:
        rows = [
            {
                "accountId": event["detail"]["resource"]["account"],
                "awsRegion": event["detail"]["resource"]["region"],
                "resourceId": name,
                "configurationItemCaptureTime": event["detail"]["captured_at"],
            }
            for (kind, name), event in sorted(self.events.items())
            if Expression.endswith(f"resourceType = '{kind}'")
        ]
        first = int(NextToken)
        more = {"NextToken": str(first + Limit)} if len(rows) > first + Limit else {}
        return {"Results": [json.dumps(row) for row in rows[first : first + Limit]], **more}

    def request(self, kind: str, ids: Sequence[str]) -> None:
        """The evaluator evaluates the same items now."""
        self.requested.append((kind, list(ids)))
        again = []
        for name in ids:
            event = json.loads(json.dumps(self.events[kind, name]))
            event["detail"]["evaluated_at"] = datetime.now(UTC).isoformat(timespec="microseconds")
            event["detail"]["evaluation_id"] += "-again"
            again.append(event)
        self.world.send(*again)

    def inventory(self, *, dry: bool = False, hours: float = 0) -> Inventory:
        now = datetime.now(UTC) + timedelta(hours=hours)
        return Inventory(self.world.store, self, ACCOUNT, REGION, now, None if dry else self.request)

    def compare(self, kind: str = BUCKET, **how: Any) -> Compared:
        return self.inventory(**how).compare(kind)


def bucket(name: str = "logs", letter: str = "C", captured: float = EARLIER, **more: Any) -> dict[str, Any]:
    return evaluation(name, {VERSIONING: letter}, captured=captured, **more)


def letters(world: World, name: str = "logs") -> dict[str, str]:
    """The verdicts that count for a bucket."""
    resource = Resource(ACCOUNT, REGION, BUCKET, name)
    state, _ = world.store.states([resource])[resource]
    return {check: judged.letter for said in state.sources.values() for check, judged in said.verdicts.items()}


def test_what_agrees_is_left_alone(world: World) -> None:
    events = [bucket("logs"), bucket("data", "N")]
    world.send(*events)
    before = world.items()
    assert Config(world, events).compare() == Compared(recorded=2)
    assert world.items() == before


def test_a_missing_resource_is_evaluated(world: World) -> None:
    config = Config(world, [bucket("logs"), bucket("data", "N")])
    assert config.compare(dry=True) == Compared(recorded=2, missing=2)
    assert config.requested == []
    assert config.compare() == Compared(recorded=2, missing=2)
    assert config.requested == [(BUCKET, ["data", "logs"])]
    assert letters(world, "data") == {VERSIONING: "N"}
    assert config.compare() == Compared(recorded=2)


def test_a_resource_of_an_older_item_is_evaluated(world: World) -> None:
    world.send(bucket(letter="N", captured=2 * EARLIER))
    config = Config(world, [bucket(letter="C")])
    assert config.compare() == Compared(recorded=1, stale=1)
    assert letters(world) == {VERSIONING: "C"}


def test_what_config_does_not_have_is_withdrawn_and_counts_again_if_it_comes_back(world: World) -> None:
    event = bucket(letter="N")
    world.send(event)
    config = Config(world, [])
    assert config.compare() == Compared(gone=1)
    assert letters(world) == {}
    assert world.counters() == world.recount()
    assert config.compare() == Compared()

    config.events[BUCKET, "logs"] = event  # the index of AWS Config had lagged
    assert config.compare() == Compared(recorded=1, missing=1)
    assert letters(world) == {VERSIONING: "N"}


def test_what_collectors_say_of_it_stays(world: World) -> None:
    world.send(bucket())
    world.send(evaluation(verdicts={"s3-bucket-in-use": "N"}, source="usage", captured=EARLIER))
    Config(world, []).compare()
    assert letters(world) == {"s3-bucket-in-use": "N"}


def test_the_last_hour_is_left_alone(world: World) -> None:
    world.send(bucket("young", captured=-60))
    config = Config(world, [bucket("new", captured=-60)])
    assert config.compare() == Compared(recorded=1)
    assert config.compare(dry=True, hours=2) == Compared(recorded=1, missing=1, gone=1)


def test_other_accounts_and_regions_are_left_alone(world: World) -> None:
    world.send(bucket(region="us-west-2"), bucket("far", account="999988887777"))
    assert Config(world, []).compare() == Compared()
    world.send(bucket("role", region="global"))
    assert Config(world, []).compare() == Compared(gone=1)


def test_verdicts_of_a_type_that_is_not_recorded_any_more_are_withdrawn(world: World) -> None:
    event = bucket()
    world.send(event)
    config = Config(world, [event])
    config.recorders = {"ConfigurationRecorders": [{"recordingGroup": {"resourceTypes": ["AWS::SQS::Queue"]}}]}
    assert config.compare(TASK) == Compared()
    assert config.compare() == Compared(gone=1, unrecorded=(BUCKET,))
    assert letters(world) == {}
    config.recorders = ALL
    assert config.compare() == Compared(recorded=1, missing=1)
    assert letters(world) == {VERSIONING: "C"}


def test_without_a_recorder_nothing_is_withdrawn(world: World) -> None:
    world.send(bucket())
    config = Config(world, [])
    config.recorders = {"ConfigurationRecorders": []}
    assert config.compare() == Compared(unrecorded=(BUCKET,))
    assert letters(world) == {VERSIONING: "C"}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"allSupported": True}, True),
        ({"allSupported": False, "resourceTypes": [BUCKET]}, True),
        ({"allSupported": False, "resourceTypes": [TASK]}, False),
        ({"allSupported": False, "exclusionByResourceTypes": {"resourceTypes": [BUCKET]}}, False),
        ({"allSupported": False, "exclusionByResourceTypes": {"resourceTypes": [TASK]}}, True),
    ],
)
def test_what_the_recorder_records(group: dict[str, Any], expected: bool) -> None:
    assert recorded_types({"ConfigurationRecorders": [{"recordingGroup": group}]})(BUCKET) is expected
    assert recorded_types({"ConfigurationRecorders": []})(BUCKET) is None


def test_the_newest_revision_of_a_family_counts(world: World) -> None:
    def task(number: int) -> dict[str, Any]:
        name = f"arn:aws:ecs:eu-west-1:1:task-definition/web:{number}"
        return evaluation(name, {NONROOT: "N"}, captured=EARLIER + number, resource_type=TASK)

    world.send(task(7), task(8))
    config = Config(world, [task(8), task(9)])
    assert config.compare(TASK) == Compared(recorded=1, missing=1, gone=1)
    assert config.requested == [(TASK, ["arn:aws:ecs:eu-west-1:1:task-definition/web:9"])]
    assert config.compare(TASK) == Compared(recorded=1)


def test_a_large_type_is_read_in_pages_and_requested_in_parts(world: World) -> None:
    config = Config(world, [bucket(f"bucket-{number:03}") for number in range(230)])
    assert config.compare() == Compared(recorded=230, missing=230)
    assert [len(ids) for _, ids in config.requested] == [20] * 11 + [10]
    assert config.compare() == Compared(recorded=230)


def test_a_run_ends_with_its_time_and_the_next_one_goes_on(world: World) -> None:
    config = Config(world, [bucket()])
    types = [TASK, BUCKET, "AWS::SQS::Queue"]
    lines: list[str] = []
    assert run(config.inventory(), types, seconds=0) == (Compared(), 1)
    keep_next_type(world.store, 1)
    assert next_type(world.store) == 1
    found = run(config.inventory(), types, first=next_type(world.store), progress=lines.append)
    assert found == (Compared(recorded=1, missing=1), 3)
    assert lines == [f"{BUCKET}: 1 missing, 0 stale, 0 gone of 1 (2 of 3 types)"]
    world.empty()
    assert next_type(world.store) == 0


def events_of(seed: int, number: int = 120) -> list[dict[str, Any]]:
    choice = random.Random(seed)  # noqa: S311 - the same every time
    return [
        evaluation(
            f"bucket-{place}",
            {VERSIONING: choice.choice("CCN"), PUBLIC: choice.choice("CCCN")},
            captured=EARLIER + place,
            workload=choice.choice(["shop", "bank"]),
            component=choice.choice(["", "api"]),
            values={VERSIONING: choice.choice(["Status: Enabled", "Status: Suspended"])},
        )
        for place in range(number)
    ]


def heal(world: World, config: Config) -> None:
    """The daily run, and the tick after it."""
    reconcile(world.store, datetime.now(UTC))
    config.compare()
    world.tick()


def facts(world: World) -> dict[Any, Any]:
    """The store without what follows from the time of an evaluation; lost values come with the next one."""
    apart = {"version", "values", "complete", "due"}  # the last two follow from when a scope was projected

    def plain(found: Any) -> Any:
        if isinstance(found, dict):
            return {name: plain(value) for name, value in found.items() if name not in apart}
        return found

    return {key: plain(item) for key, item in known(world).items() if key == "counters" or key[1] != "VALUES"}


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_heals_from_what_was_evaluated(world: World, seed: int) -> None:
    events = events_of(seed)
    world.send(*events)
    world.complete_inventory()
    undamaged = facts(world)
    assert damage(world, random.Random(seed), 0.01 if seed % 2 else 0.2)  # noqa: S311 - the same every time
    config = Config(world, events)
    heal(world, config)
    assert differing(facts(world), undamaged) == {}
    assert config.compare() == Compared(recorded=len(events))
    assert reconcile(world.store, datetime.now(UTC)).wrong == 0


def test_an_empty_store_is_rebuilt(world: World) -> None:
    events = events_of(99)
    world.send(*events)
    before = world.counters()
    world.empty()
    heal(world, Config(world, events))
    assert world.counters() == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_it_can_be_killed_at_every_call(world: World, when: str) -> None:
    events = events_of(5, 60)
    world.send(*events)
    before = world.counters()
    config = Config(world, events)
    for call in range(1, 12):
        for operation in ("TransactWriteItems", "Query", "BatchGetItem"):
            damage(world, random.Random(call), 0.1)  # noqa: S311 - the same every time
            world.deaths = [(when, operation, call)]
            with suppress(Killed):
                heal(world, config)
            world.deaths = []
    heal(world, config)
    assert world.counters() == before == world.recount()
    assert config.compare().drift == 0


@given(st.text(max_size=400), st.text(max_size=400))
def test_keys_are_short_ascii_and_differ_for_different_resources(one: str, other: str) -> None:
    keys = [Resource(ACCOUNT, REGION, BUCKET, name).key for name in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)
    assert all(key.isascii() and len(key) <= KEY_LIMIT for key in keys)


def test_a_resource_with_a_long_name_is_counted_and_its_waiver_lapses(world: World) -> None:
    name = "日" * 300
    world.send(bucket(name, "W", expires=START.date().isoformat()))
    assert letters(world, name) == {VERSIONING: "W"}
    world.tick(hours=48)
    assert letters(world, name) == {VERSIONING: "N"}
    assert all(len(item["pk"].encode()) <= len("RESOURCE#") + KEY_LIMIT for item in world.items())
