"""DynamoDB tables and ECS services with their Application Auto Scaling, which AWS Config does not record."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rules.collectors import Listed, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
NAMESPACES = {"AWS::DynamoDB::Table": "dynamodb", "AWS::ECS::Service": "ecs"}


@collector(
    *NAMESPACES,
    actions=(
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
        "config:SelectResourceConfig",
    ),
)
def scaling(aws: Aws) -> Iterator[Listed]:
    """DynamoDB tables and ECS services with their scalable targets, scheduled actions and scaling policies.

    The ResourceId of a target is the end of the ARN, ``table/NAME`` or ``service/CLUSTER/NAME``. That of an index is
    ``table/NAME/index/INDEX``.
    """
    for resource_type, namespace in NAMESPACES.items():
        planned = _by_resource(aws, "ScheduledActions", namespace)
        policies = _by_resource(aws, "ScalingPolicies", namespace)
        targets = _by_resource(aws, "ScalableTargets", namespace)
        for item in aws.recorded(resource_type):
            name = item["arn"].rpartition(":")[2]
            actions = {"ScheduledActions": planned[name]}
            yield Listed(
                item,
                {
                    POLICY: [{"resourceType": POLICY, "configuration": policy} for policy in policies[name]],
                    TARGET: [{"resourceType": TARGET, "configuration": {**each, **actions}} for each in targets[name]],
                },
            )


def _by_resource(aws: Aws, kind: str, namespace: str) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for each in aws.pages(f"application-autoscaling:Describe{kind}", kind, ServiceNamespace=namespace):
        found[each["ResourceId"].partition("/index/")[0]].append(each)
    return found
