"""Functions and tables with their alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import Listed, collector
from rules.collectors._alarms import ALARM, by_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

DIMENSIONS = {"AWS::DynamoDB::Table": "TableName", "AWS::Lambda::Function": "FunctionName"}


@collector(*DIMENSIONS, actions=("cloudwatch:DescribeAlarms", "config:SelectResourceConfig"))
def alarms(aws: Aws) -> Iterator[Listed]:
    """Lambda functions and DynamoDB tables with the alarms on their metrics."""
    found = by_dimension(aws)
    for resource_type, dimension in DIMENSIONS.items():
        for item in aws.recorded(resource_type):
            yield Listed(item, {ALARM: found.get((dimension, item["resourceName"]), [])})
