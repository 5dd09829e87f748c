"""The tags of a resource, as AWS Config's item and its queries have them."""

from __future__ import annotations

from typing import Any

from pillarwatch.unknown import Unknown


def tags_of(tags: Any) -> tuple[Any, Any]:
    """The tags by key, and why one of them cannot be read; None where each can."""
    if isinstance(tags, list):
        pairs = ((tag.get("key"), tag.get("value")) for tag in tags if isinstance(tag, dict))
        return {key: "" if value is None else value for key, value in pairs if isinstance(key, str)}, _unread(tags)
    return tags if isinstance(tags, dict | Unknown) else {}, _unread(tags)


def _unread(tags: Any) -> Any:
    """Why one of the tags of a query's list, or all, cannot be read; None where each can."""
    if tags is None or isinstance(tags, dict):
        return None
    for tag in tags if isinstance(tags, list) else [tags]:
        key = tag.get("key") if isinstance(tag, dict) else tag
        if isinstance(key, Unknown):
            return key
        if not isinstance(tag, dict) or not isinstance(key, str):
            return Unknown("a tag could not be read")
    return None
