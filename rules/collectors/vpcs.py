"""VPCs with their subnets and other parts, which AWS Config records as separate resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

VPC = "AWS::EC2::VPC"


@collector(
    VPC,
    actions=(
        "config:SelectResourceConfig",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeNatGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
    ),
)
def vpcs(aws: Aws) -> Iterator[Listed]:
    """VPCs with their subnets, route tables, endpoints, NAT gateways and flow logs."""
    answers = {
        operation: (key, aws.every(f"ec2:{operation}", key))
        for operation, key in (
            ("DescribeFlowLogs", "FlowLogs"),
            ("DescribeNatGateways", "NatGateways"),
            ("DescribeRouteTables", "RouteTables"),
            ("DescribeSubnets", "Subnets"),
            ("DescribeVpcEndpoints", "VpcEndpoints"),
        )
    }
    for item in aws.recorded(VPC):
        parts = {operation: {key: _of(item["resourceId"], found)} for operation, (key, found) in answers.items()}
        yield completed(item, {"ec2": parts})


def _of(vpc: str, found: Any) -> Any:
    """The resources that name the VPC. A flow log names the VPC as its ResourceId."""
    if isinstance(found, Unknown):
        return found
    return [each for each in found if each.get("VpcId", each.get("ResourceId")) == vpc]
