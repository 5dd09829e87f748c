"""Target groups with their attributes, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
DELETED = ("TargetGroupNotFound",)


@collector(GROUP, actions=("config:SelectResourceConfig", "elasticloadbalancing:DescribeTargetGroupAttributes"))
def load_balancers(aws: Aws) -> Iterator[Listed]:
    """Target groups with their attributes."""
    for item in aws.recorded(GROUP):
        attributes = aws.ask(
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "Attributes",
            absent=DELETED,
            TargetGroupArn=item["arn"],
        )
        if attributes is not None:  # otherwise deleted since it was recorded
            yield completed(item, {"elbv2": {"DescribeTargetGroupAttributes": {"Attributes": attributes}}})
