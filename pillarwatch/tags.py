"""The tags of a resource, as AWS Config's item and its queries have them."""

from __future__ import annotations

from typing import Any

from pillarwatch.unknown import Unknown


def unread_tag(tags: Any) -> Any:
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
