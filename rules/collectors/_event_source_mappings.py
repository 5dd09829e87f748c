"""The event source mappings of Lambda functions, which AWS Config does not record."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAPPING = "AWS::Lambda::EventSourceMapping"


def by_function(found: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Event source mappings as related resources, by the ARN of the function without version or alias."""
    mappings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mapping in found:
        function = ":".join(mapping["FunctionArn"].split(":")[:7])
        mappings[function].append({"resourceType": MAPPING, "configuration": mapping})
    return mappings
