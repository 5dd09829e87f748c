"""A DynamoDB table in memory with DynamoDB's conditions, transactions, types and limits, for property tests.

It has the part of boto3's resource ``Table`` that the aggregator uses, and raises ``NotOffered`` for every expression
that the aggregator does not write. `test_memory_table.py` compares it with moto.

Sources:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (limits)
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (reasons of cancellation)
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes of items)
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (units)
"""

from __future__ import annotations

import json
import re
import threading
from bisect import bisect_left, bisect_right, insort
from decimal import Decimal, DecimalException
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.conditions import And, ConditionBase, Key
from boto3.dynamodb.types import DYNAMODB_CONTEXT, Binary
from botocore.exceptions import ClientError
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

KB, MB = 1024, 1024 * 1024
LARGEST_ITEM, LARGEST_TRANSACTION, LARGEST_PAGE, LARGEST_BATCH = 400 * KB, 4 * MB, MB, 16 * MB
LONGEST_PARTITION_KEY, LONGEST_SORT_KEY = 2048, 1024  # bytes; of the table and of an index
SHORT = LONGEST_SORT_KEY // 4  # characters: no character has more than four bytes
MOST_ACTIONS, MOST_KEYS, DEEPEST = 100, 100, 32

Attributes = dict[str, Any]
Place = tuple[str, str]  #: partition key and sort key
Ordered = tuple[str, Place]  #: what the items of a partition are ordered by: the sort key, then the table's key

DEFINED = {"ExpressionAttributeNames": "#", "ExpressionAttributeValues": ":"}  #: and how what they define begins

EXPRESSIONS = {"ConditionExpression", "UpdateExpression", *DEFINED}
OFFERED = {  # parameters of each write
    "Put": {"Item", "ConditionExpression", *DEFINED},
    "Update": {"Key", *EXPRESSIONS},
    "Delete": {"Key", "ConditionExpression", *DEFINED},
}

NAME = r"#\w+|[A-Za-z_]\w*"
COMPARISON = re.compile(rf"(?P<name>{NAME})\s*=\s*(?P<value>:\w+)")
EXISTS = re.compile(rf"(?P<function>attribute_exists|attribute_not_exists)\s*\(\s*(?P<name>{NAME})\s*\)")
ADDED = re.compile(r"(?P<name>#\w+)\s+(?P<value>:\w+)(?P<kept>)")
ASSIGNED = re.compile(
    r"(?P<name>#\w+)\s*=\s*(?:(?P<value>:\w+)|if_not_exists\(\s*(?P<kept>#\w+)\s*,\s*(?P<default>:\w+)\s*\))"
)
REMOVED = re.compile(r"(?P<name>#\w+)(?P<value>)(?P<kept>)")
COMMA = re.compile(r",(?![^(]*\))")  # between terms, not between a function's arguments


class NotOffered(NotImplementedError):
    """The aggregator does not use this; add it here and to the comparison with moto."""


class Call(NamedTuple):
    """One operation and the capacity units that DynamoDB bills for it."""

    operation: str
    read_units: float
    write_units: int  #: of the table and its indexes


class _Item:
    """An item as it is stored, which is never changed in place."""

    __slots__ = ("attributes", "entries", "size")

    def __init__(self, attributes: Attributes, size: int) -> None:
        self.attributes = attributes
        self.size = size  #: bytes
        self.entries: dict[str, _Item | None] = {}  #: by index, as far as they were asked for


class _Term(NamedTuple):
    """A term of an expression: ``function`` is "=", "attribute_exists", "attribute_not_exists" or a verb of updates."""

    function: str
    name: str
    value: str = ""
    kept: str = ""  #: the name in if_not_exists


class _Index(NamedTuple):
    name: str
    partition: str
    sort: str
    projected: frozenset[str] | None  #: None: all attributes
    order: dict[str, list[Ordered]]  #: by partition
    entries: dict[Place, _Item]


class _Action(NamedTuple):
    """One write, checked as far as the request alone allows it."""

    place: Place
    item: _Item | None  #: what a Put writes
    condition: tuple[_Term, ...]
    update: tuple[_Term, ...]
    names: Mapping[str, str]
    values: Mapping[str, Any]  #: as stored


class _Invalid(Exception):
    """The stored item does not permit the update."""


def error(code: str, operation: str, message: str = "", reasons: Iterable[str] = ()) -> ClientError:
    """The error that boto3 raises for an answer of DynamoDB.

    Args:
        code: such as ``ThrottlingException``.
        operation: such as ``Query``.
        message: of the error.
        reasons: the code of each action of a cancelled transaction, ``None`` where an action is not the reason.
    """
    answer: Any = {"Error": {"Code": code, "Message": message or code}}
    if reasons:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, operation)


def _invalid(operation: str, message: str) -> ClientError:
    return error("ValidationException", operation, message)


class MemoryTable:
    """A table with the interface of boto3's resource ``Table``.

    Args:
        schema: the parameters of CreateTable. All keys are strings.

    Attributes:
        hook: called as ``hook("before", "Query")`` and ``hook("after", "Query")`` around every operation, outside of
            the operation itself: it can raise, and it can use the table.
        index_lags: while True, indexes answer as of the time at which it was set, until ``catch_up``.
        reads_lag: while True, reads without ConsistentRead do so.
        calls: every operation and what it is billed.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.name: str = schema["TableName"]
        if any(each["AttributeType"] != "S" for each in schema["AttributeDefinitions"]):
            raise NotOffered("keys that are not strings")
        self._partition, self._sort = (each["AttributeName"] for each in schema["KeySchema"])
        self._names = {self._partition, self._sort}
        self._indexes = {each["IndexName"]: self._index_of(each) for each in schema.get("GlobalSecondaryIndexes", [])}
        self._lock = threading.RLock()
        self.hook: Callable[[str, str], None] = lambda _when, _operation: None
        self.calls: list[Call] = []
        self._index_lags = self._reads_lag = False
        self.clear()

    def clear(self) -> None:
        """Delete everything, and forget faults and calls; the hook stays."""
        self._items: dict[Place, _Item] = {}
        self._order: dict[str, list[Ordered]] = {}  # by partition
        self._before: dict[Place, _Item | None] = {}  # what lagging reads answer
        self._waiting: list[tuple[Place, _Item | None, _Item | None]] = []  # what lagging indexes lack
        self._conflicts: list[int] = []
        self._tokens: dict[str, str] = {}
        for index in self._indexes.values():
            index.order.clear()
            index.entries.clear()
        self.calls.clear()

    def saved(self) -> tuple[Any, ...]:
        """What it holds, for ``restore``. Items are never changed in place, so they are not copied."""
        indexes = [
            ({name: list(order) for name, order in index.order.items()}, dict(index.entries))
            for index in self._indexes.values()
        ]
        return dict(self._items), {name: list(order) for name, order in self._order.items()}, indexes

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Hold what was saved, and forget faults and calls."""
        self.clear()
        items, orders, indexes = saved
        self._items.update(items)
        self._order.update({name: list(order) for name, order in orders.items()})
        for index, (order, entries) in zip(self._indexes.values(), indexes, strict=True):
            index.order.update({name: list(ordered) for name, ordered in order.items()})
            index.entries.update(entries)

    @property
    def meta(self) -> MemoryTable:
        """With ``client``: boto3's way to the operations of more than one item."""
        return self

    @property
    def client(self) -> MemoryTable:
        """What has ``transact_write_items`` and ``batch_get_item``."""
        return self

    # Faults

    @property
    def index_lags(self) -> bool:
        """Whether indexes answer as of an earlier time."""
        return self._index_lags

    @index_lags.setter
    def index_lags(self, lags: bool) -> None:
        self._index_lags = lags
        if not lags:
            self._index_waiting()

    @property
    def reads_lag(self) -> bool:
        """Whether reads without ConsistentRead answer as of an earlier time."""
        return self._reads_lag

    @reads_lag.setter
    def reads_lag(self, lags: bool) -> None:
        self._reads_lag = lags
        self._before.clear()

    def catch_up(self) -> None:
        """Indexes and reads that lag answer as of now."""
        self._index_waiting()
        self._before.clear()

    def conflict_next(self, action: int = 0) -> None:
        """Cancel the next transaction with TransactionConflict, by its action of that place (or its last).

        A write of one item fails with TransactionConflictException instead.
        """
        self._conflicts.append(action)

    # Operations

    def get_item(self, *, Key: Attributes, ConsistentRead: bool = False) -> dict[str, Any]:  # noqa: N803 - AWS's names
        """GetItem."""
        self.hook("before", "GetItem")
        with self._lock:
            item = self._stored(self._place("GetItem", Key), ConsistentRead)
            self._bill("GetItem", read=_read_units(item.size if item else 0, ConsistentRead))
        self.hook("after", "GetItem")
        return {"Item": item.attributes} if item else {}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """BatchGetItem, of this table alone."""
        operation = "BatchGetItem"
        self.hook("before", operation)
        ((name, request),) = RequestItems.items()
        _only(request, {"Keys", "ConsistentRead"})
        self._check_table(operation, name)
        consistent = request.get("ConsistentRead", False)
        with self._lock:
            places = [self._place(operation, key) for key in request["Keys"]]
            if not 1 <= len(places) <= MOST_KEYS:
                raise _invalid(operation, f"Too many items requested for the BatchGetItem call: {len(places)}")
            if len({*places}) < len(places):
                raise _invalid(operation, "Provided list of item keys contains duplicates")
            found, size, left, units = [], 0, [], 0.0
            for place, key in zip(places, request["Keys"], strict=True):
                item = self._stored(place, consistent)
                if item and size + item.size > LARGEST_BATCH:
                    left.append(dict(key))
                    continue
                units += _read_units(item.size if item else 0, consistent)
                if item:
                    size += item.size
                    found.append(item.attributes)
            self._bill(operation, read=units)
        self.hook("after", operation)
        unprocessed = {name: {**request, "Keys": left}} if left else {}
        return {"Responses": {name: found}, "UnprocessedKeys": unprocessed}

    def query(
        self,
        *,
        KeyConditionExpression: ConditionBase,  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        ExclusiveStartKey: Attributes | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """Query, with a key condition made of boto3's ``Key``."""
        operation = "Query"
        self.hook("before", operation)
        with self._lock:
            index = self._index(operation, IndexName, ConsistentRead)
            names = (index.partition, index.sort) if index else (self._partition, self._sort)
            partition, low, within = _key_condition(KeyConditionExpression, *names)
            start = self._start(operation, index, partition, ExclusiveStartKey) if ExclusiveStartKey else None
            order = self._order_of(index, partition, ConsistentRead)
            places = _within(order, low, within, start, ScanIndexForward)
            items = (index.entries.get(place) if index else self._stored(place, ConsistentRead) for place in places)
            answer = self._page(operation, filter(None, items), Limit, ConsistentRead, index)
        self.hook("after", operation)
        return answer

    def scan(
        self,
        *,
        ConsistentRead: bool = False,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ExclusiveStartKey: Attributes | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """Scan of the table."""
        operation = "Scan"
        self.hook("before", operation)
        with self._lock:
            start = self._place(operation, ExclusiveStartKey) if ExclusiveStartKey else None
            places = sorted({*self._items, *self._before} if not ConsistentRead else self._items)
            items = (self._stored(place, ConsistentRead) for place in places if start is None or place > start)
            answer = self._page(operation, filter(None, items), Limit, ConsistentRead, None)
        self.hook("after", operation)
        return answer

    def put_item(self, *, Item: Attributes, **condition: Any) -> dict[str, Any]:  # noqa: N803
        """PutItem."""
        return self._write_one("PutItem", "Put", {"Item": Item, **condition})

    def update_item(self, *, Key: Attributes, **expressions: Any) -> dict[str, Any]:  # noqa: N803
        """UpdateItem."""
        return self._write_one("UpdateItem", "Update", {"Key": Key, **expressions})

    def delete_item(self, *, Key: Attributes, **condition: Any) -> dict[str, Any]:  # noqa: N803
        """DeleteItem."""
        return self._write_one("DeleteItem", "Delete", {"Key": Key, **condition})

    def transact_write_items(
        self,
        *,
        TransactItems: list[dict[str, Any]],  # noqa: N803
        ClientRequestToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """TransactWriteItems, of this table alone. A token is remembered until ``clear`` (DynamoDB: 10 minutes)."""
        operation = "TransactWriteItems"
        self.hook("before", operation)
        if not 1 <= len(TransactItems) <= MOST_ACTIONS:
            raise _invalid(operation, "Member must have length less than or equal to 100")
        actions = []
        for action in TransactItems:
            ((kind, request),) = action.items()
            self._check_table(operation, request["TableName"])
            actions.append(self._action(operation, kind, {k: v for k, v in request.items() if k != "TableName"}))
        if len({action.place for action in actions}) < len(actions):
            raise _invalid(operation, "Transaction request cannot include multiple operations on one item")
        with self._lock:
            if not self._repeated(operation, ClientRequestToken, TransactItems):
                self._transact(operation, actions)
                if ClientRequestToken:
                    self._tokens[ClientRequestToken] = _fingerprint(TransactItems)
        self.hook("after", operation)
        return {}

    # Writing

    def _transact(self, operation: str, actions: list[_Action]) -> None:
        reasons: list[str] = []
        written, size, units = [], 0, 0
        for action in actions:
            old = self._items.get(action.place)
            reason, new = "None", None
            if not _holds(action, old):
                reason = "ConditionalCheckFailed"
            else:
                try:
                    new = self._new(action, old)
                except _Invalid:
                    reason = "ValidationError"
            reasons.append(reason)
            written.append((action.place, old, new))
            larger = max(old.size if old else 0, new.size if new else 0)
            size += larger
            units += 2 * _write_units(larger)
        if size > LARGEST_TRANSACTION:
            raise _invalid(operation, "Aggregate size of the items in the transaction cannot exceed 4 MB")
        if self._conflicts:
            reasons[min(self._conflicts.pop(0), len(reasons) - 1)] = "TransactionConflict"
        if {*reasons} != {"None"}:
            self._bill(operation, write=units)
            message = f"Transaction cancelled, please refer cancellation reasons for specific reasons {reasons}"
            raise error("TransactionCanceledException", operation, message, reasons)
        self._bill(operation, write=units + sum(self._replace(*change) for change in written))

    def _write_one(self, operation: str, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        self.hook("before", operation)
        action = self._action(operation, kind, request)
        with self._lock:
            if self._conflicts:
                self._conflicts.pop(0)
                raise error("TransactionConflictException", operation)
            old = self._items.get(action.place)
            if not _holds(action, old):
                self._bill(operation, write=_write_units(old.size if old else 0))
                raise error("ConditionalCheckFailedException", operation, "The conditional request failed")
            try:
                new = self._new(action, old)
            except _Invalid as invalid:
                raise _invalid(operation, str(invalid)) from invalid
            units = _write_units(max(old.size if old else 0, new.size if new else 0))
            self._bill(operation, write=units + self._replace(action.place, old, new))
        self.hook("after", operation)
        return {}

    def _action(self, operation: str, kind: str, request: dict[str, Any]) -> _Action:
        """Check what DynamoDB checks before it looks at the stored item."""
        if kind not in OFFERED:
            raise NotOffered(kind)
        _only(request, OFFERED[kind])
        item = None
        if kind == "Put":
            item = _item(request["Item"])
            place = self._place(operation, {name: request["Item"].get(name) for name in (self._partition, self._sort)})
            if item.size > LARGEST_ITEM:
                raise _invalid(operation, "Item size has exceeded the maximum allowed size")
            if wrong := self._wrong_index_key(item.attributes):
                raise _invalid(operation, wrong)
        else:
            place = self._place(operation, request["Key"])
        if not EXPRESSIONS & request.keys():
            return _Action(place, item, (), (), {}, {})
        condition = _condition(request["ConditionExpression"]) if "ConditionExpression" in request else ()
        update = _update(request["UpdateExpression"]) if kind == "Update" else ()
        names = request.get("ExpressionAttributeNames", {})
        given = request.get("ExpressionAttributeValues", {})
        values = {name: _value(value)[0] for name, value in given.items()}
        defined = (tuple(request[parameter]) if parameter in request else None for parameter in DEFINED)
        if problem := _wrong_expressions((*condition, *update), *defined):
            raise _invalid(operation, problem)
        action = _Action(place, item, condition, update, names, values)
        written = [names[term.name] for term in update]
        if len({*written}) < len(written):
            raise _invalid(operation, "Invalid UpdateExpression: Two document paths overlap with each other")
        if {self._partition, self._sort} & {*written}:
            raise _invalid(operation, "Cannot update attribute. This attribute is part of the key")
        if any(term.function == "ADD" and not isinstance(values[term.value], Decimal) for term in update):
            raise _invalid(operation, "Incorrect operand type for operator or function; operator: ADD")
        return action

    def _new(self, action: _Action, old: _Item | None) -> _Item | None:
        """The item after a write; None after a Delete.

        Raises:
            _Invalid: the update cannot be applied to the old item, or the new one is none that DynamoDB takes.
        """
        if not action.update:
            return action.item
        old = old or _item({self._partition: action.place[0], self._sort: action.place[1]})
        before, after, size = old.attributes, dict(old.attributes), old.size
        for term in action.update:
            name = action.names[term.name]
            if term.function == "REMOVE":
                if name in after:
                    size -= _bytes(name) + _value(after.pop(name))[1]
                continue
            value = action.values[term.value]
            if term.function == "ADD":
                if not isinstance(before.get(name, value), Decimal):
                    raise _Invalid("An operand in the update expression has an incorrect data type")
                try:
                    after[name] = DYNAMODB_CONTEXT.add(before[name], value) if name in before else value
                except DecimalException as overflow:
                    raise _Invalid("Number overflow") from overflow
            else:
                after[name] = before.get(action.names[term.kept], value) if term.kept else value
            size += _value(after[name])[1] + (-_value(before[name])[1] if name in before else _bytes(name))
        item = _Item(after, size)
        if item.size > LARGEST_ITEM:
            raise _Invalid("Item size to update has exceeded the maximum allowed size")
        if wrong := self._wrong_index_key(after):
            raise _Invalid(wrong)
        return item

    def _replace(self, place: Place, old: _Item | None, new: _Item | None) -> int:
        """Store an item, or delete it where there is no new one; the write units of the indexes."""
        partition, sort = place
        if self._reads_lag:
            self._before.setdefault(place, old)
        if new is None:
            if old is not None:
                del self._items[place]
                order = self._order[partition]
                del order[bisect_left(order, (sort, place))]
        else:
            if old is None:
                insort(self._order.setdefault(partition, []), (sort, place))
            self._items[place] = new
        if self._index_lags:
            self._waiting.append((place, old, new))
        else:
            self._write_indexes(place, old, new)
        return sum([self._index_units(index, old, new) for index in self._indexes.values()])

    # Indexes

    @staticmethod
    def _index_of(definition: Mapping[str, Any]) -> _Index:
        partition, sort = (each["AttributeName"] for each in definition["KeySchema"])
        projection = definition["Projection"]
        projected = None
        if projection["ProjectionType"] != "ALL":
            projected = frozenset(projection.get("NonKeyAttributes", []))
        return _Index(definition["IndexName"], partition, sort, projected, {}, {})

    def _index(self, operation: str, name: str | None, consistent: bool) -> _Index | None:
        if name is None:
            return None
        if name not in self._indexes:
            raise _invalid(operation, f"The table does not have the specified index: {name}")
        if consistent:
            raise _invalid(operation, "Consistent reads are not supported on global secondary indexes")
        return self._indexes[name]

    def _entry(self, index: _Index, item: _Item | None) -> _Item | None:
        """An item as it is in an index."""
        if item is None or index.partition not in item.attributes or index.sort not in item.attributes:
            return None
        if index.projected is None:
            return item
        if index.name not in item.entries:
            names = (self._partition, self._sort, index.partition, index.sort, *index.projected)
            item.entries[index.name] = _item({name: item.attributes[name] for name in names if name in item.attributes})
        return item.entries[index.name]

    def _index_units(self, index: _Index, old: _Item | None, new: _Item | None) -> int:
        """One write for an entry that is new, deleted or changed; two where its key changes."""
        before, after = self._entry(index, old), self._entry(index, new)
        if before and after and before.attributes == after.attributes:
            return 0
        if before and after and _key_in(index, before) == _key_in(index, after):
            return _write_units(max(before.size, after.size))
        return sum(_write_units(entry.size) for entry in (before, after) if entry)

    def _write_indexes(self, place: Place, old: _Item | None, new: _Item | None) -> None:
        for index in self._indexes.values():
            before, after = self._entry(index, old), self._entry(index, new)
            if before:
                partition, sort = _key_in(index, before)
                order = index.order[partition]
                del order[bisect_left(order, (sort, place))]
                del index.entries[place]
            if after:
                partition, sort = _key_in(index, after)
                insort(index.order.setdefault(partition, []), (sort, place))
                index.entries[place] = after

    def _index_waiting(self) -> None:
        with self._lock:
            for change in self._waiting:
                self._write_indexes(*change)
            self._waiting.clear()

    def _wrong_index_key(self, item: Attributes) -> str:
        """Why an item's index keys are none; empty if they are, or if it has none."""
        for index in self._indexes.values():
            if index.partition not in item and index.sort not in item:
                continue
            for name, longest in ((index.partition, LONGEST_PARTITION_KEY), (index.sort, LONGEST_SORT_KEY)):
                value = item.get(name, "-")
                if not isinstance(value, str):
                    return f"Type mismatch for Index Key {name} Expected: S IndexName: {index.name}"
                if not 0 < _bytes(value) <= longest:
                    return f"A key attribute has 1 to {longest} bytes. IndexName: {index.name}, IndexKey: {name}"
        return ""

    # Reading

    def _stored(self, place: Place, consistent: bool) -> _Item | None:
        if not consistent and place in self._before:
            return self._before[place]
        return self._items.get(place)

    def _order_of(self, index: _Index | None, partition: str, consistent: bool) -> list[Ordered]:
        """The items of a partition in order."""
        if index:
            return index.order.get(partition, [])
        order = self._order.get(partition, [])
        if self._before and not consistent:
            return sorted({*order, *((place[1], place) for place in self._before if place[0] == partition)})
        return order

    def _start(self, operation: str, index: _Index | None, partition: str, start: Attributes) -> Ordered:
        """What the item of an ExclusiveStartKey is ordered by."""
        place = self._place(operation, {name: start.get(name) for name in (self._partition, self._sort)})
        names = {self._partition, self._sort} | ({index.partition, index.sort} if index else set())
        if start.keys() != names or start[index.partition if index else self._partition] != partition:
            raise _invalid(operation, "The provided starting key is invalid")
        return (start[index.sort] if index else place[1]), place

    def _page(
        self, operation: str, items: Iterable[_Item], limit: int | None, consistent: bool, index: _Index | None
    ) -> dict[str, Any]:
        """At most ``limit`` items, and not more after the one that completes 1 MB."""
        if limit is not None and limit < 1:
            raise _invalid(operation, "Limit must be greater than or equal to 1")
        found, size, last = [], 0, None
        for item in items:
            found.append(item)
            size += item.size
            if len(found) == limit or size > LARGEST_PAGE:
                last = item
                break
        self._bill(operation, read=_read_units(size, consistent))
        answer = {"Items": [item.attributes for item in found], "Count": len(found), "ScannedCount": len(found)}
        if last:
            names = (self._partition, self._sort) + ((index.partition, index.sort) if index else ())
            answer["LastEvaluatedKey"] = {name: last.attributes[name] for name in names}
        return answer

    def _place(self, operation: str, key: Mapping[str, Any]) -> Place:
        if key.keys() != self._names:
            raise _invalid(operation, "The provided key element does not match the schema")
        partition, sort = key[self._partition], key[self._sort]
        if type(partition) is type(sort) is str and 0 < len(partition) < SHORT > len(sort) > 0:  # most are
            return partition, sort
        for name, longest in ((self._partition, LONGEST_PARTITION_KEY), (self._sort, LONGEST_SORT_KEY)):
            if not isinstance(key[name], str):
                raise _invalid(operation, f"The provided key element does not match the schema: {name}")
            if not 0 < _bytes(key[name]) <= longest:
                raise _invalid(operation, f"A key attribute has 1 to {longest} bytes. Key: {name}")
        return partition, sort

    def _check_table(self, operation: str, name: str) -> None:
        if name != self.name:
            raise error("ResourceNotFoundException", operation, "Requested resource not found")

    def _bill(self, operation: str, *, read: float = 0, write: int = 0) -> None:
        self.calls.append(Call(operation, read, write))

    def _repeated(self, operation: str, token: str | None, actions: list[dict[str, Any]]) -> bool:
        if token is None or token not in self._tokens:
            return False
        if self._tokens[token] != _fingerprint(actions):
            raise error("IdempotentParameterMismatchException", operation)
        return True


# Expressions


@lru_cache(maxsize=1024)
def _condition(expression: str) -> tuple[_Term, ...]:
    """``name = :value``, ``attribute_exists(name)`` and ``attribute_not_exists(name)``, joined by AND."""
    terms = []
    for text in re.split(r"\s+AND\s+", expression.strip()):
        if match := COMPARISON.fullmatch(text):
            terms.append(_Term("=", match["name"], match["value"]))
        elif match := EXISTS.fullmatch(text):
            terms.append(_Term(match["function"], match["name"]))
        else:
            raise NotOffered(f"condition {text!r}")
    return tuple(terms)


@lru_cache(maxsize=1024)
def _update(expression: str) -> tuple[_Term, ...]:
    """``ADD #name :value, …``, ``SET #name = :value, #name = if_not_exists(#name, :value), …``, ``REMOVE #name, …``."""
    terms = []
    for clause in re.split(r"\s+(?=ADD |SET |REMOVE )", expression.strip()):
        verb, _, rest = clause.partition(" ")
        form = {"ADD": ADDED, "SET": ASSIGNED, "REMOVE": REMOVED}.get(verb)
        for text in COMMA.split(rest):
            match = form and form.fullmatch(text.strip())
            if not match:
                raise NotOffered(f"update {expression!r}")
            parts = match.groupdict("")
            terms.append(_Term(verb, parts["name"], parts["value"] or parts.get("default", ""), parts["kept"]))
    return tuple(terms)


@lru_cache(maxsize=1024)
def _wrong_expressions(
    terms: tuple[_Term, ...], names: tuple[str, ...] | None, values: tuple[str, ...] | None
) -> str | None:
    """What DynamoDB refuses in expressions, whatever the stored item is. Names and values are those defined."""
    used = {text for term in terms for text in (term.name, term.value, term.kept) if text}
    for (parameter, sign), defined in zip(DEFINED.items(), (names, values), strict=True):
        wanted, given = {text for text in used if text.startswith(sign)}, set(defined or ())
        if defined is not None and not given:
            return f"{parameter} must not be empty"
        if wanted - given:
            return f"An expression uses what {parameter} does not define: {wanted - given}"
        if given - wanted:
            return f"Value provided in {parameter} unused in expressions: {given - wanted}"
    reserved = [name for name in used if name[0] not in "#:" and name.upper() in _reserved()]
    return f"Attribute name is a reserved keyword; reserved keyword: {reserved[0]}" if reserved else None


def _holds(action: _Action, old: _Item | None) -> bool:
    attributes = old.attributes if old else {}
    for term in action.condition:
        name = action.names.get(term.name, term.name)
        if term.function == "=":
            holds = name in attributes and _same(attributes[name], action.values[term.value])
        else:
            holds = (name in attributes) == (term.function == "attribute_exists")
        if not holds:
            return False
    return True


def _same(one: Any, other: Any) -> bool:
    """Equality with DynamoDB's types: True is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _key_condition(condition: ConditionBase, partition: str, sort: str) -> tuple[str, str, Callable[[str], bool]]:
    """The partition that a key condition names, the lowest sort key it can match, and its test of a sort key."""
    both = condition.get_expression()["values"] if isinstance(condition, And) else (condition,)
    tests: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for each in both:
        found = each.get_expression()
        name, *values = found["values"]
        if not isinstance(name, Key) or isinstance(each, And):
            raise NotOffered(f"key condition {found['operator']}")
        tests[name.name] = (found["operator"], tuple(values))
    operator, values = tests.pop(partition, ("", ()))
    if operator != "=" or len(both) != 1 + len(tests) or tests.keys() - {sort}:
        raise _invalid("Query", "Query condition missed key schema element, or has more than the key")
    given = [*values, *(value for _, more in tests.values() for value in more)]
    if not all(isinstance(value, str) for value in given):
        raise _invalid("Query", "Condition parameter type does not match schema type")
    if "" in given:
        raise _invalid("Query", "The AttributeValue for a key attribute cannot contain an empty string value")
    if not tests:
        return values[0], "", lambda _: True
    operator, more = tests[sort]
    if operator == "BETWEEN" and more[0] > more[1]:
        raise _invalid("Query", "The BETWEEN operator requires upper bound to be greater than or equal to lower bound")
    low = "" if operator in {"<", "<="} else more[0]
    return values[0], low, lambda key: SORT_KEY_TESTS[operator](key, *more)


def _within(
    order: list[Ordered], low: str, within: Callable[[str], bool], start: Ordered | None, forward: bool
) -> Iterator[Place]:
    """The keys that a condition matches: always neighbours, from ``low`` on; behind ``start`` in the direction."""
    if not forward:
        found = [(sort, place) for sort, place in order if within(sort) and (start is None or (sort, place) < start)]
        yield from (place for _, place in reversed(found))
        return
    first = bisect_left(order, (low, ("", "")))
    for sort, place in islice(order, max(first, bisect_right(order, start) if start else 0), None):
        if within(sort):
            yield place
        elif sort > low:
            return


SORT_KEY_TESTS: dict[str, Callable[..., bool]] = {
    "=": lambda key, value: key == value,
    "<": lambda key, value: key < value,
    "<=": lambda key, value: key <= value,
    ">": lambda key, value: key > value,
    ">=": lambda key, value: key >= value,
    "BETWEEN": lambda key, low, high: low <= key <= high,
    "begins_with": lambda key, prefix: key.startswith(prefix),
}


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    return frozenset(ReservedKeywords.get_reserved_keywords())


def _only(request: Mapping[str, Any], offered: set[str]) -> None:
    if more := request.keys() - offered:
        raise NotOffered(f"parameters {sorted(more)}")


def _fingerprint(actions: Any) -> str:
    return json.dumps(actions, sort_keys=True, default=str)


# Values


def _item(attributes: Mapping[str, Any]) -> _Item:
    members, size = _members(attributes, 0)
    return _Item(members, size)


def _members(named: Mapping[str, Any], depth: int) -> tuple[dict[str, Any], int]:
    """Named values as they are stored, and the bytes of all names and values."""
    members, size, texts = dict(named), 0, [*named]
    for name, value in named.items():
        if type(value) is str:  # most are
            texts.append(value)
        else:
            members[name], more = _value(value, depth)
            size += more
    return members, size + _bytes("".join(texts))


def _value(value: Any, depth: int = 0) -> tuple[Any, int]:
    """A value as it is stored, and its bytes; refused as boto3 and DynamoDB refuse it."""
    kind = type(value)
    if kind is str:
        return value, len(value) if value.isascii() else len(value.encode())
    if kind is Decimal or kind is int:
        return _number(value)
    if kind is bool or value is None:
        return value, 1
    if kind is dict or kind is list or kind is tuple:
        if depth == DEEPEST:
            raise _invalid("PutItem", "Nesting Levels have exceeded supported limits")
        if kind is dict:
            members, size = _members(value, depth + 1)
            return members, 3 + len(members) + size
        inner = [_value(member, depth + 1) for member in value]
        return [member for member, _ in inner], 3 + len(inner) + sum(size for _, size in inner)
    if kind is bytes or kind is Binary:
        return Binary(bytes(value)), len(bytes(value))
    if kind is float:
        raise TypeError("Float types are not supported. Use Decimal types instead.")
    raise NotOffered(f"values of {kind}")


@lru_cache(maxsize=65536)
def _number(value: int | Decimal) -> tuple[Decimal, int]:
    """A number of at most 38 digits; boto3 raises decimal.Inexact for more. One byte for two digits, and one more."""
    number = DYNAMODB_CONTEXT.create_decimal(value)
    if not number.is_finite():
        raise TypeError("Infinity and NaN not supported")
    sign, digits, _ = number.as_tuple()
    significant = len("".join(map(str, digits)).strip("0"))
    return number, (significant + 1) // 2 + 1 + sign


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _key_in(index: _Index, entry: _Item) -> tuple[str, str]:
    return entry.attributes[index.partition], entry.attributes[index.sort]


def _read_units(size: int, consistent: bool) -> float:
    return max(1, -(-size // (4 * KB))) * (1 if consistent else 0.5)


def _write_units(size: int) -> int:
    return max(1, -(-size // KB))
