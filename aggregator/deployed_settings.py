"""The settings that a deployment was built with, kept in its table: who reads the store reads what it was judged by."""

from __future__ import annotations

import json
from typing import Any

from boto3.dynamodb.conditions import Key

from pillarwatch.settings import Settings

KEY = {"pk": "STORE", "sk": "SETTINGS"}
MOST_BYTES = 350_000  # of 400 KB that an item holds; thousands of waivers


def store_settings(table: Any, settings: Settings) -> None:
    """Store the settings in force, unless the table has them. Of what no item holds, the digest alone is stored.

    Args:
        table: boto3's resource of the table.
        settings: those in the function's package.
    """
    stored = _item(table)
    if stored is None or stored["digest"] != settings.digest:
        document = json.dumps(settings.document, ensure_ascii=False, separators=(",", ":"))
        fits = len(document.encode()) <= MOST_BYTES
        table.put_item(Item={**KEY, "digest": settings.digest, "settings": document if fits else ""})


def deployed_settings(table: Any) -> Settings | None:
    """The settings of a deployment; None of one that has not stored them, or whose settings no item holds."""
    stored = _item(table)
    return Settings(json.loads(stored["settings"])) if stored and stored["settings"] else None


def _item(table: Any) -> dict[str, Any] | None:
    condition = Key("pk").eq(KEY["pk"]) & Key("sk").eq(KEY["sk"])
    items = table.query(KeyConditionExpression=condition, ConsistentRead=True)["Items"]
    return items[0] if items else None
