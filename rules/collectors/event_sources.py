"""Functions with the queues and streams that they read: Config does not record event source mappings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rules.collectors import Listed, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"


@collector(FUNCTION, actions=("config:SelectResourceConfig", "lambda:ListEventSourceMappings"))
def event_sources(aws: Aws) -> Iterator[Listed]:
    """Lambda functions with their event source mappings, those of versions and aliases included."""
    mappings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mapping in aws.pages("lambda:ListEventSourceMappings", "EventSourceMappings"):
        function = ":".join(mapping["FunctionArn"].split(":")[:7])
        mappings[function].append({"resourceType": MAPPING, "configuration": mapping})
    for item in aws.recorded(FUNCTION):
        yield Listed(item, {MAPPING: mappings.get(item["arn"], [])})
