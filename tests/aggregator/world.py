"""A table, a bus and the real handlers on it."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from botocore.client import BaseClient
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from aggregator import folding, handlers, metrics
from aggregator.events import Resource
from aggregator.scopes import account_scope
from aggregator.states import counted_in, counts
from aggregator.store import Store
from local_aws.dynamodb import completed as completed_dynamodb
from tests.aggregator.memory_table import MemoryTable, error
from tests.schemas import check_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT, REGION, BUCKET = "111122223333", "eu-west-1", "AWS::S3::Bucket"
VERSIONING, PUBLIC = "s3-bucket-versioning-enabled", "s3-bucket-level-public-access-prohibited"
ENVIRONMENT = {  # of the functions
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "TABLE_NAME": "table",
    "EVENT_BUS_NAME": "bus",
}
WORDS = {"C": "COMPLIANT", "N": "NON_COMPLIANT", "A": "NOT_APPLICABLE", "U": "INSUFFICIENT_DATA"}
START = datetime.now(UTC).replace(microsecond=0)

_ids = itertools.count()


def evaluation(
    resource: str = "logs",
    verdicts: dict[str, str] | None = None,
    *,
    captured: float = 0,
    evaluated: float | None = None,
    source: str = "change",
    status: str = "ok",
    workload: str = "shop",
    component: str = "",
    catalogue: str = "c1",
    settings: str = "s1",
    expires: str = "",
    account: str = ACCOUNT,
    region: str = REGION,
    resource_type: str = BUCKET,
    severity: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> dict[str, Any]:
    """An event as EventBridge puts it into the queue. Times are seconds after START; ``W`` is waived until expires."""
    stated: dict[str, dict[str, Any]] = {}
    for check, letter in (verdicts or {}).items():
        stated[check] = {"compliance": WORDS["N" if letter == "W" else letter]}
        if letter not in "CA":
            stated[check] |= {"annotation": f"{resource} is wrong", "severity": (severity or {}).get(check, "medium")}
            stated[check]["severity"] = "critical" if check == PUBLIC else stated[check]["severity"]
        if value := (values or {}).get(check, ""):
            stated[check]["value"] = value
        if letter == "W":
            stated[check]["waiver"] = {"reason": "accepted", "expires": expires}
    number = next(_ids)
    at = START + timedelta(seconds=captured if evaluated is None else evaluated)
    return {
        "version": "0",
        "id": f"event-{number}",
        "detail-type": "Resource Evaluated",
        "source": "pillarwatch",
        "account": account,
        "time": START.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "detail": {
            "version": "1",
            "evaluation_id": f"evaluation-{number}",
            "resource": {
                "account": account,
                "region": region,
                "type": resource_type,
                "id": resource,
                "name": resource.rpartition("/")[2],
                "arn": resource if resource.startswith("arn:") else f"arn:aws:s3:::{resource}",
            },
            "source": source,
            "status": status,
            "captured_at": (START + timedelta(seconds=captured)).isoformat(timespec="milliseconds")[:-6] + "Z",
            "evaluated_at": at.isoformat(timespec="microseconds"),
            "catalogue": catalogue,
            "settings": settings,
            "tags": {},
            "workload": workload,
            "component": component,
            "environment": "",
            "verdicts": stated,
        },
    }


class Killed(BaseException):
    """The function's execution environment died."""


class World:
    """What a deployment holds, driven through the functions' handlers."""

    def __init__(self, table: Any, forget: Callable[[], None]) -> None:
        self.table = table
        self.store = Store(self.table)
        self._forget = forget
        self.published: list[dict[str, Any]] = []
        self.metrics: list[str] = []  #: lines in the embedded metric format; of a world in memory alone
        self.deaths: list[tuple[str, str, int]] = []  # before or after, operation, its how manieth call from now on
        self._ticks = itertools.count()
        self._deliveries: Counter[str] = Counter()  #: by message

    def called(self, when: str, operation: str) -> None:
        """Die if it is time to."""
        for place, (wanted, name, left) in enumerate(self.deaths):
            if (wanted, name) == (when, operation):
                self.deaths[place] = (wanted, name, left - 1)
                if left == 1:
                    raise Killed

    def publish(self, entries: list[dict[str, Any]]) -> None:
        """Keep what is put on the bus, and check it against its schema."""
        for entry in entries:
            check_entry(entry)
            self.published.append({"kind": entry["DetailType"], **json.loads(entry["Detail"])})

    def empty(self) -> None:
        """Forget everything, faster than a new deployment does."""
        self._forget()
        self._deliveries.clear()
        self.published.clear()
        self.metrics.clear()

    def send(self, *events: Any) -> list[int]:
        """Hand a batch to the aggregator; the places of the messages that failed.

        What was handed to it before is delivered again, as the queue's attribute says.
        """
        bodies = [event if isinstance(event, str) else json.dumps(event) for event in events]
        self._deliveries.update({*bodies})
        records = [
            {
                "messageId": f"message-{place}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(self._deliveries[body])},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:evaluated",
                "awsRegion": REGION,
            }
            for place, body in enumerate(bodies)
        ]
        answer = handlers.on_evaluated({"Records": records}, None)
        return [int(failure["itemIdentifier"].split("-")[1]) for failure in answer["batchItemFailures"]]

    def tick(self, hours: float = 0) -> None:
        """A tick, some hours after START."""
        time = (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._last_tick = next(self._ticks)
        handlers.on_tick({"id": f"tick-{self._last_tick}", "account": ACCOUNT, "time": time}, None)

    def repeat_tick(self) -> None:
        """The last tick once more."""
        time = START.strftime("%Y-%m-%dT%H:%M:%SZ")
        handlers.on_tick({"id": f"tick-{self._last_tick}", "account": ACCOUNT, "time": time}, None)

    def complete_inventory(self) -> None:
        """Let a tick's interval pass in which nothing new is seen."""
        self.tick()
        self.tick()

    def alerts(self) -> list[dict[str, Any]]:
        """What was put on the bus since the last look: details with their kind."""
        found, self.published[:] = list(self.published), []
        return found

    def items(self) -> list[dict[str, Any]]:
        """The whole table."""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = self.table.scan()
        found += page["Items"]
        while "LastEvaluatedKey" in page:
            page = self.table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
            found += page["Items"]
        return found

    def counters(self, items: list[dict[str, Any]] | None = None) -> Counter[tuple[str, str, str]]:
        """Every counter by scope, resource type and attribute, without zeros; of the whole table, or of its items."""
        totals: Counter[tuple[str, str, str]] = Counter()
        for item in items or self.items():
            if item["sk"].startswith("TYPE#"):
                for name, number in item.items():
                    if name not in {"pk", "sk"}:
                        totals[item["pk"].partition("#")[2], item["sk"].split("#")[1], name] += int(number)
        return Counter({key: number for key, number in totals.items() if number})

    def recount(self, items: list[dict[str, Any]] | None = None) -> Counter[tuple[str, str, str]]:
        """What the counters must be, counted from the resources' states."""
        totals: Counter[tuple[str, str, str]] = Counter()
        resources = [Resource(**item["resource"]) for item in items or self.items() if item["sk"] == "STATE"]
        for resource, (state, _) in self.store.states(resources).items():
            for scope in counted_in(state):
                for name, number in counts(state).items():
                    totals[scope, resource.type, name] += number
        return totals

    def score(self, pillar: str, scope: str = "workload/shop") -> float | None:
        """A pillar's score."""
        value: float | None = self.store.score(scope)["pillars"][pillar]["score"]
        return value

    def account(self, pillar: str) -> float | None:
        """A pillar's score of the account."""
        return self.score(pillar, account_scope(ACCOUNT))


@contextmanager
def choke_point(world: World) -> Iterator[None]:
    """One call after the other, for moto is not atomic under threads. Keeps what is put on the bus; calls can kill."""
    lock, call = threading.RLock(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def locked(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            world.called("before", operation)
            answer = call(client, operation, parameters)
            if operation == "PutEvents":
                world.publish(parameters["Entries"])
            world.called("after", operation)
            return answer

    with patch.object(BaseClient, "_make_api_call", locked):
        yield


SCHEMA: dict[str, Any] = {
    "TableName": "table",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gsi1pk", "gsi1sk")
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "gsi1",
            "KeySchema": [
                {"AttributeName": "gsi1pk", "KeyType": "HASH"},
                {"AttributeName": "gsi1sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["resource"]},
        }
    ],
}


@contextmanager
def motos_table() -> Iterator[tuple[Any, Callable[[], None]]]:
    """A table of moto's as boto3's resource, and how to empty it."""
    with mock_aws(), completed_dynamodb():
        boto3.client("dynamodb").create_table(**SCHEMA)
        items = dynamodb_backends["123456789012"][REGION].tables["table"].items
        yield boto3.resource("dynamodb").Table("table"), items.clear


@contextmanager
def a_world() -> Iterator[World]:
    """An empty deployment on moto."""
    with motos_table() as (table, empty):
        boto3.client("events").create_event_bus(Name="bus")
        world = World(table, empty)
        with choke_point(world):
            yield world


@contextmanager
def a_world_in_memory() -> Iterator[World]:
    """An empty deployment on a table in memory, a hundred times as fast: without boto3, moto and pauses.

    ``world.table`` is a `MemoryTable`, with its faults and its hook.
    """
    table = MemoryTable(SCHEMA)
    world = World(table, table.clear)
    table.hook = world.called

    def table_of(name: str) -> MemoryTable:
        if name != table.name:
            raise error("ResourceNotFoundException", "DescribeTable")
        return table

    with (
        patch.object(handlers, "_table", table_of),
        patch.object(handlers, "_events", lambda: Bus(world)),
        patch.object(metrics, "sys", SimpleNamespace(stdout=SimpleNamespace(write=world.metrics.append))),
        patch.object(folding, "time", SimpleNamespace(sleep=lambda _: time.sleep(0))),
    ):
        yield world


class Bus:
    """The event bus of a world in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Keep what is put."""
        self._world.called("before", "PutEvents")
        self._world.publish(Entries)
        self._world.called("after", "PutEvents")
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(place)} for place, _ in enumerate(Entries)]}
