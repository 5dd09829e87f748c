"""What moto's DynamoDB lacks: atomic transactions that happen once, limits, and reads that lag.

Limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ERROR_TYPE_PREFIX,
    ConditionalCheckFailed,
    DynamodbException,
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler

MOST_ACTIONS, MOST_BYTES, LARGEST_ITEM, TOKEN_LIFE = 100, 4 * 1024 * 1024, 400 * 1024, 600
TYPE_MISMATCH = "One or more parameter values were invalid: Type mismatch for Index Key "
LONGEST_KEYS = {"HASH": 2048, "RANGE": 1024}  # bytes, in the table and in indexes
MOST_DIGITS, DEEPEST = 38, 32
COMMA = re.compile(r",(?![^(]*\))")  # between terms, not between a function's arguments
READS = ("get_item", "batch_get_item", "query", "scan")
WRITES = ("put_item", "update_item", "delete_item", "batch_write_item")
PLAIN = {
    "ADD": re.compile(r"(?P<name>#\w+)\s+(?P<value>:\w+)(?P<default>)"),
    "SET": re.compile(
        r"(?P<name>#\w+)\s*=\s*(?:(?P<value>:\w+)|if_not_exists\(\s*(?P=name)\s*,\s*(?P<default>:\w+)\s*\))"
    ),
}


class Lag:
    """Reads without ConsistentRead, and of indexes, that answer as of an earlier time."""

    def __init__(self) -> None:
        self._reads: dict[Table, Any] = {}
        self._indexes: dict[Table, Any] = {}

    def begin(self, *, reads: bool = False, indexes: bool = False) -> None:
        """Let reads without ConsistentRead, or those of indexes, answer as of now until ``end``."""
        for regions in dynamodb_backends.values():
            for backend in regions.values():
                for table in backend.tables.values():
                    if reads:
                        self._reads[table] = deepcopy(table.items)
                    if indexes:
                        self._indexes[table] = deepcopy(table.items)

    def end(self) -> None:
        """Let all reads answer as of their time again."""
        self._reads.clear()
        self._indexes.clear()

    def reading(self, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """An operation that reads, of items as they were."""

        def lagging(handler: Any) -> Any:
            body = handler.body
            requests = body["RequestItems"] if "RequestItems" in body else {body["TableName"]: body}
            swapped = {}
            for name, request in requests.items():
                table = handler.dynamodb_backend.tables.get(name)
                earlier = self._indexes if "IndexName" in request else self._reads
                if table in earlier and not request.get("ConsistentRead"):
                    swapped[table], table.items = table.items, earlier[table]
            try:
                return read(handler)
            finally:
                for table, items in swapped.items():
                    table.items = items

        return lagging


@contextmanager
def completed() -> Iterator[Lag]:
    """Replace what moto does wrong; the choke point's lock makes every call atomic."""
    lag = Lag()
    operations: dict[str, Any] = {name: getattr(DynamoHandler, name) for name in WRITES}
    operations |= {name: lag.reading(getattr(DynamoHandler, name)) for name in READS}
    operations["transact_write_items"] = _once_per_token(DynamoHandler.transact_write_items)
    operations = {name: _within_limits(operation) for name, operation in operations.items()}
    with (
        patch.multiple(DynamoHandler, **operations),
        patch.object(DynamoDBBackend, "transact_write_items", _transact),
        patch.object(DynamoDBBackend, "update_item", _with_index_keys(DynamoDBBackend.update_item)),
        patch.object(Table, "query", _of_one_partition(Table.query)),
        # moto looks through the whole update expression again at each of its parts; the whole is enough
        patch.object(ActionCountValidator, "traverse", ActionCountValidator.verify_action_counts),
        patch.object(OverlappingPathsValidator, "traverse", OverlappingPathsValidator.check_for_overlapping_paths),
        patch.object(DepthFirstTraverser, "nodes_to_be_processed", _node_types),
    ):
        yield lag


def _node_types(traverser: DepthFirstTraverser) -> tuple[type, ...]:
    if "node_types" not in vars(traverser):
        traverser.node_types = tuple(traverser._processing_map())  # noqa: SLF001  # what moto computes at every node
    return traverser.node_types  # type: ignore[no-any-return]


def _within_limits(operation: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An operation that refuses keys, items and numbers that DynamoDB does not take."""

    def checked(handler: Any) -> Any:
        backend, body = handler.dynamodb_backend, handler.body
        for name, request in _requests(body):
            table = backend.tables.get(name)
            if table is None:
                continue  # moto answers that there is none
            for key in request.get("Keys", [request["Key"]] if "Key" in request else []):
                if key.keys() != set(table.table_key_attrs):
                    raise MockValidationException("The provided key element does not match the schema")
                _check_keys(table, key)
            if "Item" in request:
                _check_item(table, request["Item"])
            for value in request.get("ExpressionAttributeValues", {}).values():
                _check_value(value)
        return operation(handler)

    return checked


def _requests(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts of a request with the names of their tables."""
    if "TransactItems" in body:
        for action in body["TransactItems"]:
            for request in action.values():
                yield request["TableName"], request
    elif "RequestItems" in body:
        for name, of_table in body["RequestItems"].items():
            requests = [one for each in of_table for one in each.values()] if isinstance(of_table, list) else [of_table]
            yield from ((name, request) for request in requests)
    else:
        yield body["TableName"], body


def _check_item(table: Table, item: dict[str, Any]) -> None:
    """An item's keys, those of its indexes, numbers, depth and size."""
    for name in table.table_key_attrs:
        if name not in item:
            raise MockValidationException(f"One of the required keys was not given a value: {name}")
    _check_keys(table, item)
    size = sum(len(name.encode()) + _check_value(value) for name, value in item.items())
    if size > LARGEST_ITEM:
        raise MockValidationException("Item size has exceeded the maximum allowed size")


def _check_keys(table: Table, item: dict[str, Any]) -> None:
    """The type and length of those attributes of an item that are keys, of the table or of an index."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
    for schema in (table.schema, *(index.schema for index in table.all_indexes())):
        for key in schema:
            name = key["AttributeName"]
            if name not in item:
                continue
            ((kind, value),) = item[name].items()
            if kind != types[name]:
                raise MockValidationException(f"{TYPE_MISMATCH}{name} Expected: {types[name]} Actual: {kind}")
            if kind != "N" and not 0 < len(value.encode()) <= LONGEST_KEYS[key["KeyType"]]:
                length = f"1 to {LONGEST_KEYS[key['KeyType']]} bytes"
                raise MockValidationException(f"One or more parameter values were invalid: {name} has {length}")


def _check_value(value: dict[str, Any], depth: int = 0) -> int:
    """The bytes of a value whose numbers and depth DynamoDB takes."""
    ((kind, content),) = value.items()
    if kind in {"L", "M"}:
        if depth == DEEPEST:
            raise MockValidationException("Nesting Levels have exceeded supported limits")
        names = content if kind == "M" else ()
        members = content.values() if kind == "M" else content
        return 3 + sum(len(name.encode()) for name in names) + sum(1 + _check_value(one, depth + 1) for one in members)
    if kind in {"N", "NS"}:
        return sum(_number_size(text) for text in (content if kind == "NS" else [content]))
    if kind in {"NULL", "BOOL"}:
        return 1
    return sum(len(text.encode() if kind[0] == "S" else text) for text in (content if kind[1:] else [content]))


def _number_size(text: str) -> int:
    sign, digits, _ = Decimal(text).as_tuple()
    significant = len("".join(map(str, digits)).strip("0"))
    if significant > MOST_DIGITS:
        raise MockValidationException("Attempting to store more than 38 significant digits in a Number")
    return (significant + 1) // 2 + 1 + sign


def _with_index_keys(update: Callable[..., Item]) -> Callable[..., Item]:
    """An update that leaves the item as it was if an operand or an index key of the new item is refused."""

    def checked(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Item:
        before = deepcopy(backend.get_item(table_name, key))
        table = backend.get_table(table_name)
        try:
            item = update(backend, table_name, key, *rest, **named)
            _check_keys(table, {name: value.to_json() for name, value in item.attrs.items()})
        except Exception:
            _restore(table, key, before)
            raise
        return item

    return checked


def _once_per_token(transact: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A ClientRequestToken that has been used answers again without writing again, for ten minutes."""
    answered: dict[str, tuple[float, str, Any]] = {}

    def replay(handler: Any) -> Any:
        token = handler.body.get("ClientRequestToken")
        content = json.dumps(handler.body["TransactItems"], sort_keys=True, default=repr)
        when, known, answer = answered.get(token, (0.0, "", None))
        if token is None or time.monotonic() - when > TOKEN_LIFE or not known:
            answer = transact(handler)
            answered[token] = (time.monotonic(), content, answer)
        elif known != content:
            message = "UpdateExpression or other parameters differ from the first request with this ClientRequestToken"
            raise DynamodbException(ERROR_TYPE_PREFIX + "IdempotentParameterMismatchException", message)
        return answer

    return replay


def _transact(backend: DynamoDBBackend, actions: list[dict[str, Any]]) -> None:
    """All conditions first, on the state before; then all writes, taken back together if one fails."""
    if len(actions) > MOST_ACTIONS:
        raise TooManyTransactionsException
    touched: dict[tuple[str, str], Item | None] = {}
    reasons: list[tuple[str | None, str | None, Any]] = []
    size = 0
    for action in actions:
        if len(action) != 1:
            raise TransactWriteSingleOpException
        ((kind, request),) = action.items()
        table = backend.get_table(request["TableName"])
        key = {name: (request["Item"] if kind == "Put" else request["Key"])[name] for name in table.table_key_attrs}
        identity = (table.name, json.dumps(key, sort_keys=True))
        if identity in touched:
            raise MultipleTransactionsException
        current = touched[identity] = deepcopy(backend.get_item(request["TableName"], key))
        written = _item(table, request["Item"]) if kind == "Put" else current
        size += written.size() if written else 0
        reasons.append(_reason(request, current))
    if size > MOST_BYTES:
        raise MockValidationException("Aggregate size of the items in the transaction cannot exceed 4 MB")
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    _write(backend, actions, touched)


def _write(
    backend: DynamoDBBackend, actions: list[dict[str, Any]], touched: dict[tuple[str, str], Item | None]
) -> None:
    streams = {name: list(table.stream_shard.items) for name, table in backend.tables.items() if table.stream_shard}
    try:
        for place, action in enumerate(actions):
            try:
                _apply(backend, action)
            except MockValidationException as error:
                if "Update" not in action:
                    raise
                # the update does not suit the stored item:
                # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
                reasons: list[tuple[str | None, str | None, Any]] = [(None, None, None)] * len(actions)
                reasons[place] = ("ValidationError", str(error.message), None)
                raise TransactionCanceledException(reasons) from error
    except Exception:
        for (name, key), before in touched.items():
            _restore(backend.tables[name], json.loads(key), before)
        for name, items in streams.items():
            backend.tables[name].stream_shard.items = items
        raise


def _reason(request: dict[str, Any], current: Item | None) -> tuple[str | None, str | None, Any]:
    """Why an action's condition cancels the transaction; nothing where it holds."""
    names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    if get_filter_expression(request.get("ConditionExpression"), names, values).expr(current):
        return None, None, None
    wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    old = current.to_json()["Attributes"] if wanted and current else None
    return "ConditionalCheckFailed", str(ConditionalCheckFailed().message), old


def _apply(backend: DynamoDBBackend, action: dict[str, Any]) -> None:
    ((kind, request),) = action.items()
    name = request["TableName"]
    expressions = {
        "condition_expression": request.get("ConditionExpression"),
        "expression_attribute_names": request.get("ExpressionAttributeNames"),
        "expression_attribute_values": request.get("ExpressionAttributeValues"),
    }
    if kind == "Put":
        backend.put_item(name, request["Item"], **expressions)
    elif kind == "Delete":
        backend.delete_item(name, request["Key"], **expressions)
    elif kind == "Update" and not _plain_update(backend, request):
        backend.update_item(name, request["Key"], update_expression=request["UpdateExpression"], **expressions)


def _plain_update(backend: DynamoDBBackend, request: dict[str, Any]) -> bool:
    """Do an update that only adds numbers to, or only sets, attributes named by placeholders.

    False leaves anything else to moto, which copies and walks the whole expression several times: a transaction of a
    hundred updates would take seconds.
    """
    table, item = backend.get_table(request["TableName"]), backend.get_item(request["TableName"], request["Key"])
    verb, _, terms = request["UpdateExpression"].strip().partition(" ")
    found = [PLAIN[verb].fullmatch(term.strip()) for term in COMMA.split(terms)] if verb in PLAIN else [None]
    if None in found or table.stream_shard is not None:
        return False
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    before, after = item.attrs if item else {}, {}
    keys = {each["AttributeName"] for each in table.attr}
    for term in filter(None, found):
        name, given = names[term["name"]], DynamoType(values[term["value"] or term["default"]])
        old = before.get(name)
        odd = name in after or name in table.table_key_attrs
        if name in keys:
            _check_keys(table, {name: given.to_json()})
        if odd or (verb == "ADD" and not (given.is_number() and (old is None or old.is_number()))):
            return False
        if old is not None and (verb == "ADD" or term["default"]):
            after[name] = old + given if verb == "ADD" else old
        else:
            after[name] = given
    item = item or backend.put_item(table.name, request["Key"])
    dict.update(item.attrs, after)  # past moto's check of the size at every attribute
    if item.size() > LARGEST_ITEM:
        raise MockValidationException("Item size to update has exceeded the maximum allowed size")
    return True


def _item(table: Table, attributes: dict[str, Any]) -> Item:
    return Item(DynamoType(attributes[table.hash_key_attr]), None, attributes)


def _restore(table: Table, key: dict[str, Any], before: Item | None) -> None:
    partition = DynamoType(key[table.hash_key_attr])
    if table.range_key_attr is None:
        holder, place = table.items, partition
    else:
        holder, place = table.items[partition], DynamoType(key[table.range_key_attr])
    if before is None:
        holder.pop(place, None)
    else:
        holder[place] = before


def _of_one_partition(query: Callable[..., Any]) -> Callable[..., Any]:
    """Moto sorts the whole table before it looks at the key; show it only what the key can match."""

    def quick(table: Table, hash_key: DynamoType | None, *rest: Any, **named: Any) -> Any:
        index_name = rest[6]  # after the comparison, its values, limit, start key, direction and projection
        everything = table.items
        if index_name:
            wanted = named.get("hash_key_conditions") or []
            table.items = _matching(table, everything, wanted)
        else:
            table.items = {hash_key: everything[hash_key]} if hash_key in everything else {}
        try:
            return query(table, hash_key, *rest, **named)
        finally:
            table.items = everything

    return quick


def _matching(table: Table, everything: dict[Any, Any], wanted: list[tuple[str, DynamoType]]) -> dict[Any, Any]:
    def matches(item: Item) -> bool:
        return all(name in item.attrs and item.attrs[name] == value for name, value in wanted)

    if table.range_key_attr is None:
        return {key: item for key, item in everything.items() if matches(item)}
    return {key: {place: item for place, item in items.items() if matches(item)} for key, items in everything.items()}
