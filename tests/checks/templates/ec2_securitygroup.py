"""Templates of ec2_securitygroup."""

from typing import Any

from tests.checks.templates import Case, other


def ingress(cidr: str, port: int) -> dict[str, Any]:
    return {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}]}


CASES: list[Case] = [
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
