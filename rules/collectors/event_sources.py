"""Lambda functions with their event source mappings, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import Listed, collector
from rules.collectors._event_source_mappings import MAPPING, by_function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

FUNCTION = "AWS::Lambda::Function"


@collector(FUNCTION, actions=("config:SelectResourceConfig", "lambda:ListEventSourceMappings"))
def event_sources(aws: Aws) -> Iterator[Listed]:
    """Lambda functions with their event source mappings, including those of versions and aliases."""
    mappings = by_function(aws.pages("lambda:ListEventSourceMappings", "EventSourceMappings"))
    for item in aws.recorded(FUNCTION):
        yield Listed(item, {MAPPING: mappings.get(item["arn"], [])})
