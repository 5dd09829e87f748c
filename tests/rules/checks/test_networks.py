"""Networks as the collectors describe them."""

from __future__ import annotations

from typing import Any

from tests.rules.collectors.test_collectors import DENIED, Fake, verdicts


def network(fake: Fake, **refused: str) -> Fake:
    """A VPC with two subnets whose main route table leads to one NAT gateway."""
    vpc = {"VpcId": "vpc-1"}
    answers: dict[str, dict[str, Any]] = {
        "describe_flow_logs": {"FlowLogs": [{"ResourceId": "vpc-1", "FlowLogStatus": "ACTIVE"}]},
        "describe_nat_gateways": {"NatGateways": [{**vpc, "NatGatewayId": "nat-1", "SubnetId": "subnet-1"}]},
        "describe_route_tables": {
            "RouteTables": [
                {
                    **vpc,
                    "RouteTableId": "rtb-1",
                    "Associations": [{"Main": True}],
                    "Routes": [{"GatewayId": "local"}, {"NatGatewayId": "nat-1"}],
                }
            ]
        },
        "describe_subnets": {
            "Subnets": [{**vpc, "SubnetId": f"subnet-{n}", "AvailabilityZoneId": f"euw1-az{n}"} for n in (1, 2)]
        },
        "describe_vpc_endpoints": {"VpcEndpoints": []},
    }
    for operation, answer in answers.items():
        if operation in refused:
            fake.refuses("ec2", operation, refused[operation])
        else:
            fake.answers("ec2", operation, answer)
    return fake.records("AWS::EC2::VPC", {"resourceId": "vpc-1", "configuration": {}}, {"resourceId": "vpc-2"})


def test_each_vpc_has_what_is_its_own() -> None:
    first, second = (verdicts(each, "vpcs") for each in network(Fake("vpcs")).listed())
    assert first["vpc-flow-logs-enabled"] == "COMPLIANT"
    assert first["nat-gateway-per-az"] == "NON_COMPLIANT"
    assert first["vpc-gateway-endpoint-s3-dynamodb"] == "NON_COMPLIANT"
    assert second["vpc-flow-logs-enabled"] == "NON_COMPLIANT"
    assert second["nat-gateway-per-az"] == "NOT_APPLICABLE"


def test_where_one_answer_is_missing_only_its_checks_are_open() -> None:
    first, _ = (verdicts(each, "vpcs") for each in network(Fake("vpcs"), describe_nat_gateways=DENIED).listed())
    assert first["nat-gateway-per-az"] == "INSUFFICIENT_DATA"
    assert first["vpc-flow-logs-enabled"] == "COMPLIANT"


def test_security_groups_are_found_on_interfaces_over_all_pages() -> None:
    fake = Fake("security-groups")
    for number, more in ((1, {"NextToken": "1"}), (2, {})):
        interface = {"NetworkInterfaceId": f"eni-{number}", "Groups": [{"GroupId": f"sg-{number}"}]}
        fake.answers("ec2", "describe_network_interfaces", {"NetworkInterfaces": [interface], **more})
    items = [{"resourceId": f"sg-{number}", "configuration": {"groupName": "web"}} for number in (1, 2, 3)]
    said = [verdicts(each, "security-groups") for each in fake.records("AWS::EC2::SecurityGroup", *items).listed()]
    check = "ec2-security-group-attached-to-eni"
    assert [each[check] for each in said] == ["COMPLIANT", "COMPLIANT", "NON_COMPLIANT"]
