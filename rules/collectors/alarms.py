"""Lambda functions, DynamoDB tables and target groups with the alarms on their metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import Listed, collector
from rules.collectors._alarms import ALARM, by_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
DIMENSIONS = {"AWS::DynamoDB::Table": "TableName", "AWS::Lambda::Function": "FunctionName", GROUP: "TargetGroup"}


@collector(*DIMENSIONS, actions=("cloudwatch:DescribeAlarms", "config:SelectResourceConfig"))
def alarms(aws: Aws) -> Iterator[Listed]:
    """Lambda functions, DynamoDB tables and target groups with the alarms on their metrics."""
    found = by_dimension(aws)
    for resource_type, dimension in DIMENSIONS.items():
        for item in aws.recorded(resource_type):
            # The dimension of a target group is the end of its ARN: targetgroup/NAME/ID.
            value = item["arn"].rpartition(":")[2] if resource_type == GROUP else item["resourceName"]
            yield Listed(item, {ALARM: found.get((dimension, value), [])})
