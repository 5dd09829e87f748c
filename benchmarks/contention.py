"""How often writers of counters meet, and what it costs: folds and projections against a table in memory.

The table answers as slowly as DynamoDB does, and cancels a transaction that touches an item which another one is
writing, as DynamoDB does. Run: ``python -m benchmarks.contention``. The numbers are ratios, not AWS's.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from aggregator.catalogue import packaged_basis
from aggregator.events import Evaluated, evaluated
from aggregator.folding import fold
from aggregator.projections import Projector
from aggregator.scopes import narrowest_first
from aggregator.store import Store

READ, WRITE = (0.002, 0.006), (0.008, 0.02)  # seconds, in one Region
BATCHES, SIZE, CHECKS = 100, 10, 12

Item = dict[str, Any]


class Table:
    """As much of boto3's table and client as the store uses."""

    name = "table"

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.cancelled: Counter[str] = Counter()
        self.meta = self
        self._partitions: dict[tuple[str, str], dict[tuple[str, str], Item]] = {}
        self._writing: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @property
    def client(self) -> Table:
        """Itself."""
        return self

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        """Answer what is there."""
        time.sleep(random.uniform(*READ))  # noqa: S311
        with self._lock:
            keys = RequestItems[self.name]["Keys"]
            found = [self.items[key["pk"], key["sk"]] for key in keys if (key["pk"], key["sk"]) in self.items]
        return {"Responses": {self.name: found}}

    def query(self, KeyConditionExpression: Any, **arguments: Any) -> Any:  # noqa: N803
        """Answer one page."""
        time.sleep(random.uniform(*READ))  # noqa: S311
        partition, sort = ("gsi1pk", "gsi1sk") if "IndexName" in arguments else ("pk", "sk")
        condition = KeyConditionExpression.get_expression()
        both = condition["operator"] == "AND"
        first = condition["values"][0].get_expression() if both else condition
        with self._lock:
            items = list(self._partitions.get((partition, first["values"][1]), {}).values())
        found = [item for item in items if not both or _fits(condition["values"][1], item)]
        return {"Items": sorted(found, key=lambda item: item[sort])[: arguments.get("Limit")]}

    def transact_write_items(self, TransactItems: Any) -> None:  # noqa: N803
        """Write all or none, and meet others on the way."""
        requests = [next(iter(action.items())) for action in TransactItems]
        keys = {(target["pk"], target["sk"]) for _, r in requests for target in [r.get("Item") or r["Key"]]}
        with self._lock:
            if keys & self._writing:
                self._cancel("TransactionConflict", keys & self._writing)
            self._writing |= keys
        try:
            time.sleep(random.uniform(*WRITE))  # noqa: S311
            with self._lock:
                self._write(requests)
        finally:
            with self._lock:
                self._writing -= keys

    def _write(self, requests: list[tuple[str, Any]]) -> None:
        for _, request in requests:
            if "ConditionExpression" in request:
                key = request["Item"]["pk"], request["Item"]["sk"]
                wanted = request.get("ExpressionAttributeValues", {}).get(":rev")
                if self.items.get(key, {}).get("rev") != wanted:
                    self._cancel("ConditionalCheckFailed", {key})
        for kind, request in requests:
            if kind == "Put":
                self._place((request["Item"]["pk"], request["Item"]["sk"]), request["Item"])
                continue
            key = request["Key"]["pk"], request["Key"]["sk"]
            if kind == "Delete":
                self._place(key, None)
                continue
            item = dict(self.items.get(key, request["Key"]))
            for place, name in request["ExpressionAttributeNames"].items():
                value = request["ExpressionAttributeValues"][place.replace("#", ":")]
                added = request["UpdateExpression"].startswith("ADD")
                item[name] = item.get(name, 0) + value if added else value
            self._place(key, item)

    def _place(self, key: tuple[str, str], item: Item | None) -> None:
        old = self.items.pop(key, {})
        for name in ("pk", "gsi1pk"):
            if name in old:
                del self._partitions[name, old[name]][key]
            if item and name in item:
                self._partitions.setdefault((name, item[name]), {})[key] = item
        if item:
            self.items[key] = item

    def _cancel(self, code: str, met: set[tuple[str, str]]) -> None:
        sk = min(met)[1].partition("#")[0]
        self.cancelled[f"{code} on {sk}"] += 1
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": [{"Code": code}]}
        raise ClientError(answer, "TransactWriteItems")


def _fits(condition: Any, item: Item) -> bool:
    said = condition.get_expression()
    kind, (attribute, *limits) = said["operator"], said["values"]
    value = item[attribute.name]
    if kind == "begins_with":
        return bool(value.startswith(limits[0]))
    return bool(limits[0] <= value <= limits[1]) if kind == "BETWEEN" else bool(value < limits[0])


def batches(pattern: str) -> list[list[Evaluated]]:
    """Evaluations of ``spread`` resources of many workloads and types, or of one stack's buckets in a ``burst``."""
    choice, numbers, start = random.Random(1), itertools.count(), datetime.now(UTC)  # noqa: S311
    known = list(packaged_basis().checks)[:CHECKS]

    def event() -> Evaluated:
        number, resource = next(numbers), choice.randrange(2000)
        spread = pattern == "spread"
        now = start + timedelta(milliseconds=number)
        at = now.isoformat()
        detail = {
            "version": "1",
            "evaluation_id": str(number),
            "resource": {
                "account": "111122223333",
                "region": "eu-west-1",
                "type": f"AWS::Type::{resource % 20}" if spread else "AWS::S3::Bucket",
                "id": str(resource),
            },
            "source": "change",
            "status": "ok",
            "captured_at": at,
            "evaluated_at": at,
            "workload": f"workload-{resource % 15}" if spread else "shop",
            "verdicts": {
                check: {"compliance": choice.choice(["COMPLIANT"] * 4 + ["NON_COMPLIANT"])} for check in known
            },
        }
        return evaluated(json.dumps({"detail-type": "Resource Evaluated", "detail": detail}), now)

    return [[event() for _ in range(SIZE)] for _ in range(BATCHES)]


def measure(pattern: str, writers: int, shards: int) -> str:
    """Fold and project all batches; a line of the table."""
    table = Table()
    took: list[float] = []
    gave_up: list[str] = []

    def work(batch: list[Evaluated]) -> None:
        begun, store, now = time.perf_counter(), Store(table, shards), datetime.now(UTC)
        folded = fold(store, {str(place): event for place, event in enumerate(batch)}, now)
        gave_up.extend(folded.failed)
        for scope in sorted(folded.scopes, key=narrowest_first):
            try:
                Projector(store, packaged_basis(), now).project(scope)
            except Exception as error:  # noqa: BLE001 - counted
                gave_up.append(repr(error))
        took.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, batches(pattern)))
    seconds = time.perf_counter() - begun
    met = table.cancelled
    return (
        f"| {pattern} | {writers} | {shards} | {met['TransactionConflict on TYPE'] / BATCHES:.2f} "
        f"| {sum(n for what, n in met.items() if 'STATE' in what) / BATCHES:.2f} "
        f"| {sum(n for what, n in met.items() if 'SCORE' in what or 'OUTBOX' in what) / BATCHES:.2f} "
        f"| {len(gave_up)} | {1000 * statistics.median(took):.0f} | {1000 * sorted(took)[int(0.95 * BATCHES)]:.0f} "
        f"| {BATCHES * SIZE / seconds:.0f} |"
    )


def main() -> None:
    """Write the table."""
    columns = ["events", "writers", "shards", "on counters", "on resources", "on scores"]
    columns += ["gave up", "p50 ms", "p95 ms", "events/s"]
    sys.stdout.write(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|\n")
    for pattern in ("spread", "burst"):
        for writers, shards in ((2, 1), (2, 4), (10, 1), (10, 4)):
            sys.stdout.write(measure(pattern, writers, shards) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
