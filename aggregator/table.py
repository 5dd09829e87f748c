"""Requests to a DynamoDB table: transactions, their actions, queries and batches. It knows nothing of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from aggregator.table_items import decoded, stored_item, to_stored

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_KEYS = 100  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
CONFLICTS = {
    "ConditionalCheckFailed",
    "ConditionalCheckFailedException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}


class Conflict(Exception):
    """Somebody else wrote what this write was computed from: read again."""


class Refused(Exception):
    """DynamoDB will never take this write: an item or an expression is too large."""


class Table:
    """A table with the index ``gsi1``.

    Args:
        table: boto3's resource of the table.
    """

    def __init__(self, table: Any) -> None:
        self._table = table
        self._client = table.meta.client

    def transact(self, actions: list[dict[str, Any]]) -> None:
        """Do all or none.

        Raises:
            Conflict: somebody else was faster; or DynamoDB asks for patience.
            Refused: DynamoDB takes it never.
        """
        try:
            self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            codes.add(error.response["Error"]["Code"])
            if codes & CONFLICTS:
                raise Conflict(str(error)) from error
            if codes & {"ValidationException", "ValidationError"}:
                raise Refused(str(error)) from error
            raise

    def put(self, item: dict[str, Any]) -> dict[str, Any]:
        """The action that puts an item."""
        return {"Put": {"TableName": self._table.name, "Item": stored_item(item)}}

    def put_revision(self, item: dict[str, Any], revision: int) -> dict[str, Any]:
        """The action that puts an item if the stored one has that revision; 0 for none."""
        action = self.put(item)
        action["Put"] |= (
            {"ConditionExpression": "rev = :rev", "ExpressionAttributeValues": {":rev": revision}}
            if revision
            else {"ConditionExpression": "attribute_not_exists(pk)"}
        )
        return action

    def delete(self, key: dict[str, str]) -> dict[str, Any]:
        """The action that deletes an item."""
        return {"Delete": {"TableName": self._table.name, "Key": {"pk": key["pk"], "sk": key["sk"]}}}

    def add(self, key: dict[str, str], added: dict[str, int]) -> dict[str, Any]:
        """The action that adds to numbers of an item."""
        return self.update(key, added, "ADD " + ", ".join(f"#{i} :{i}" for i in range(len(added))))

    def set_(self, key: dict[str, str], values: dict[str, Any], keep: set[str]) -> dict[str, Any]:
        """The action that sets attributes of an item; those to keep only where it has none."""
        terms = (f"if_not_exists(#{i}, :{i})" if name in keep else f":{i}" for i, name in enumerate(values))
        return self.update(key, values, "SET " + ", ".join(f"#{i} = {term}" for i, term in enumerate(terms)))

    def update(self, key: dict[str, str], values: dict[str, Any], expression: str) -> dict[str, Any]:
        """The action of an update expression: ``#0`` and ``:0`` stand for the first attribute and its value."""
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": key,
                "UpdateExpression": expression,
                "ExpressionAttributeNames": {f"#{i}": name for i, name in enumerate(values)},
                "ExpressionAttributeValues": {f":{i}": to_stored(value) for i, value in enumerate(values.values())},
            }
        }

    def query(self, condition: Any, *, limit: int | None = None, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The items that a key condition selects, with Python's values."""
        for items in self.pages(condition, limit=limit, **arguments):
            yield from map(decoded, items)

    def pages(self, condition: Any, *, limit: int | None = None, **arguments: Any) -> Iterator[list[dict[str, Any]]]:
        """The same as pages of items as boto3 answers them."""
        left = limit
        while left is None or left > 0:
            if left is not None:
                arguments["Limit"] = left
            page = self._table.query(KeyConditionExpression=condition, **arguments)
            yield page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            left = None if left is None else left - len(page["Items"])

    def index(self, pk: str, condition: Any = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The items of a partition of the index, which may lag."""
        key = Key("gsi1pk").eq(pk)
        return self.query(key & condition if condition else key, limit=limit, IndexName="gsi1")

    def all_of(self, keys: list[dict[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        """The items of some keys as boto3 answers them, as far as they exist, by partition and sort key."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        name = self._table.name
        while keys:
            request = {name: {"Keys": keys[:MOST_KEYS], "ConsistentRead": True}}
            answer = self._client.batch_get_item(RequestItems=request)
            found |= {(item["pk"], item["sk"]): item for item in answer["Responses"].get(name, [])}
            keys = answer.get("UnprocessedKeys", {}).get(name, {}).get("Keys", []) + keys[MOST_KEYS:]
        return found
