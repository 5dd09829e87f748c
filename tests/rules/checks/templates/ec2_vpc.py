"""VPCs: their flow logs."""

from typing import Any

from tests.rules.checks.templates import Case, other


def flow_log(resource: Any, kind: str = "VPC") -> dict[str, Any]:
    return {"Log": other("AWS::EC2::FlowLog", ResourceId=resource, ResourceType=kind, TrafficType="ALL")}


CASES: list[Case] = [
    ("vpc-flow-logs-enabled", "COMPLIANT", {"CidrBlock": "10.0.0.0/16"}, flow_log({"Ref": "Main"})),
    ("vpc-flow-logs-enabled", "COMPLIANT", {}, flow_log({"Fn::GetAtt": ["Main", "VpcId"]})),
    ("vpc-flow-logs-enabled", "NON_COMPLIANT", {}, flow_log("subnet-1", "Subnet")),
    ("vpc-flow-logs-enabled", "NON_COMPLIANT", {}, {}),
]
