"""What scales, with how it scales: Config does not record Application Auto Scaling."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rules.collectors import Listed, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
NAMESPACES = {"AWS::DynamoDB::Table": "dynamodb", "AWS::ECS::Service": "ecs"}


@collector(*NAMESPACES, actions=("application-autoscaling:DescribeScalableTargets", "config:SelectResourceConfig"))
def scaling(aws: Aws) -> Iterator[Listed]:
    """DynamoDB tables and ECS services with their scalable targets.

    A target's ResourceId is ``table/NAME`` or ``service/CLUSTER/NAME``, as the end of the resource's ARN; an index of a
    table follows it, ``table/NAME/index/INDEX``.
    """
    for resource_type, namespace in NAMESPACES.items():
        targets: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for target in aws.pages(
            "application-autoscaling:DescribeScalableTargets", "ScalableTargets", ServiceNamespace=namespace
        ):
            resource = target["ResourceId"].partition("/index/")[0]
            targets[resource].append({"resourceType": TARGET, "configuration": target})
        for item in aws.recorded(resource_type):
            name = item["arn"].rpartition(":")[2]
            yield Listed(item, {TARGET: targets.get(name, [])})
