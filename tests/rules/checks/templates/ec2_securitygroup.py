"""Templates of ec2_securitygroup."""

from typing import Any

from tests.rules.checks.templates import Case, other


def ingress(cidr: str, port: int) -> dict[str, Any]:
    return {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}]}


def rule(**properties: Any) -> dict[str, Any]:
    return other("AWS::EC2::SecurityGroupIngress", **{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **properties})


def by_list(prefix_list: Any) -> dict[str, Any]:
    return {
        "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourcePrefixListId": prefix_list}]
    }


def addresses(*cidrs: str) -> dict[str, Any]:
    return {"List": other("AWS::EC2::PrefixList", Entries=[{"Cidr": cidr} for cidr in cidrs])}


CASES: list[Case] = [
    # Ports beside all protocols mean nothing.
    (
        "restricted-ssh",
        "NON_COMPLIANT",
        {"SecurityGroupIngress": [{"IpProtocol": -1, "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]},
        {},
    ),
    # A rule names its group by id or by name.
    ("restricted-ssh", "NON_COMPLIANT", {"GroupName": "web"}, {"Rule": rule(GroupName="web", CidrIp="0.0.0.0/0")}),
    ("restricted-ssh", "NON_COMPLIANT", {}, {"Rule": rule(GroupName={"Ref": "Main"}, CidrIpv6="::/0")}),
    ("restricted-ssh", "COMPLIANT", {"GroupName": "web"}, {"Rule": rule(GroupName="api", CidrIp="0.0.0.0/0")}),
    # A prefix list is as open as its entries, and unknown where they stand elsewhere.
    ("restricted-ssh", "NON_COMPLIANT", by_list({"Ref": "List"}), addresses("10.0.0.0/8", "0.0.0.0/0")),
    ("restricted-ssh", "NON_COMPLIANT", by_list({"Fn::GetAtt": "List.PrefixListId"}), addresses("::/0")),
    ("restricted-ssh", "COMPLIANT", by_list({"Ref": "List"}), addresses("10.0.0.0/8")),
    ("restricted-ssh", "INSUFFICIENT_DATA", by_list("pl-0123456789abcdef0"), {}),
    (
        "restricted-ssh",
        "NON_COMPLIANT",
        {},
        {"Rule": rule(GroupId={"Ref": "Main"}, SourcePrefixListId={"Ref": "List"}), **addresses("0.0.0.0/0")},
    ),
    ("restricted-ssh", "NON_COMPLIANT", ingress("0.0.0.0/0", 22), {}),
    ("restricted-ssh", "COMPLIANT", ingress("0.0.0.0/0", 443), {}),
    (
        "restricted-ssh",
        "NON_COMPLIANT",
        {},
        {
            "Rule": other(
                "AWS::EC2::SecurityGroupIngress",
                GroupId={"Fn::GetAtt": "Main.GroupId"},
                IpProtocol="-1",
                CidrIpv6="::/0",
            )
        },
    ),
    ("security-group-ingress-least-privilege", "NON_COMPLIANT", ingress("10.0.0.0/16", 5432), {}),
    ("vpc-sg-open-only-to-authorized-ports", "COMPLIANT", ingress("0.0.0.0/0", 443), {}),
    ("vpc-sg-open-only-to-authorized-ports", "NON_COMPLIANT", ingress("0.0.0.0/0", 5432), {}),
]
