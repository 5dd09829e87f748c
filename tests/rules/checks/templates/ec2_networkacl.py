"""Templates of ec2_networkacl."""

from typing import Any

from tests.rules.checks.templates import Case, other


def entry(**properties: Any) -> dict[str, Any]:
    ports = {"From": 22, "To": 22}
    return other(
        "AWS::EC2::NetworkAclEntry",
        NetworkAclId={"Ref": "Main"},
        **{"RuleAction": "allow", "Protocol": 6, "PortRange": ports, **properties},
    )


CASES: list[Case] = [
    ("nacl-no-unrestricted-ssh-rdp", "NON_COMPLIANT", {}, {"Entry": entry(CidrBlock="0.0.0.0/0")}),
    ("nacl-no-unrestricted-ssh-rdp", "COMPLIANT", {}, {"Entry": entry(CidrBlock="0.0.0.0/0", Egress=True)}),
    ("nacl-no-unrestricted-ssh-rdp", "COMPLIANT", {}, {"Entry": entry(CidrBlock="10.0.0.0/8")}),
]
