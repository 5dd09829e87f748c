"""The version of the store's layout, kept in the table: code of another version does not read or write it.

A change of keys or of stored attributes that older code misreads increases VERSION, together with what migrates the
table. A table without a version has layout 1, the only one before versions were stored.
"""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from pillarwatch.errors import UserError

VERSION = 1
KEY = {"pk": "STORE", "sk": "SCHEMA"}


class OtherSchema(UserError):
    """The table has the layout of another release. ``str()`` names the way out."""


class NewerSchema(OtherSchema):
    """The table has the layout of a newer release."""


def check(table: Any) -> None:
    """Check that the table has the layout of this release.

    Args:
        table: boto3's resource of the table.

    Raises:
        OtherSchema: it has another one.
    """
    _check(table, _stored(table))


def check_and_store(table: Any) -> None:
    """Check the layout as ``check`` does, and store the version in a table that has none.

    Raises:
        OtherSchema: the table has another layout.
    """
    if (version := _stored(table)) is None:
        try:
            table.put_item(Item={**KEY, "version": VERSION}, ConditionExpression="attribute_not_exists(pk)")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            version = _stored(table)  # another invocation was first
    _check(table, version)


def _stored(table: Any) -> int | None:
    condition = Key("pk").eq(KEY["pk"]) & Key("sk").eq(KEY["sk"])
    items = table.query(KeyConditionExpression=condition, ConsistentRead=True)["Items"]
    return int(items[0]["version"]) if items else None


def _check(table: Any, version: int | None) -> None:
    if version is None or version == VERSION:
        return
    found = f"table {table.name} has schema version {version}, this release has {VERSION}"
    if version > VERSION:
        raise NewerSchema(f"{found}: run `pip install --upgrade pillarwatch`")
    raise OtherSchema(f"{found}: run `pillarwatch deploy`")
