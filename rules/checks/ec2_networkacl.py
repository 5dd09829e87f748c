"""Network ACLs, with the attribute names of the EC2 API in camelCase. A template has the entries as resources."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
    surely,
)
from pillarwatch.template_resource import TemplateResource, lowered

DEFAULT = "configuration.isDefault"
ENTRIES = "configuration.entries"
SUBNETS = "configuration.associations"
TCP_AND_UDP = ("tcp", "6", "udp", "17")  # the protocols of SSH and RDP, by name or by number
ALL_TRAFFIC = "-1"  # its port range is ignored: EC2 API Reference, CreateNetworkAclEntry.Protocol
ADMINISTRATION = (22, 3389)


def entry(**other: Any) -> dict[str, Any]:
    """An example of an entry that allows inbound SSH."""
    ports = {"from": 22, "to": 22}
    return {
        "egress": False,
        "ruleAction": "allow",
        "protocol": "6",
        "cidrBlock": "0.0.0.0/0",
        "portRange": ports,
        **other,
    }


@check(
    "AWS::EC2::NetworkAcl",
    best_practices={"SEC05-BP02": "the network ACL allows SSH or RDP from any address"},
    managed_rule="NACL_NO_UNRESTRICTED_SSH_RDP",
    automation="AWS-RemoveNetworkACLUnrestrictedSSHRDP",
    effort="S",
    severity="medium",
    fix="Restrict the entry's CidrBlock to your administration networks, or remove the entry.",
    compliant=[
        {ENTRIES: [entry(ruleAction="deny")]},
        {ENTRIES: [entry(egress=True)]},
        {ENTRIES: [entry(cidrBlock="10.0.0.0/8")]},
        {ENTRIES: [entry(portRange={"from": 443, "to": 443})]},
        {ENTRIES: [{"egress": False, "ruleAction": "allow", "protocol": "1", "cidrBlock": "0.0.0.0/0"}]},
        {},
    ],
    non_compliant=[
        {ENTRIES: [entry()]},
        {ENTRIES: [entry(portRange={"from": 3000, "to": 4000})]},
        {ENTRIES: [entry(protocol="17", portRange={"from": 3389, "to": 3389})]},
        {ENTRIES: [{"egress": False, "ruleAction": "allow", "protocol": "-1", "ipv6CidrBlock": "::/0"}]},
        {ENTRIES: [entry(protocol="-1", portRange={"from": 443, "to": 443})]},
    ],
)
def nacl_no_unrestricted_ssh_rdp(acl: ConfigurationItem) -> Verdict:
    """Network ACLs do not allow SSH or RDP from the internet.

    An open administration port lets anyone on the internet try to sign in. The check fails if an inbound entry allows
    port 22 or 3389 over TCP, UDP or all protocols from any address. Earlier deny entries and security groups are
    ignored. The AWS managed rule does the same.
    """

    def opens(entry: Attributes) -> bool:
        world = any_of(["cidrBlock", "ipv6CidrBlock"], lambda block: entry.text(block).endswith("/0"))
        carried = contains(TCP_AND_UDP, entry.text("protocol", ALL_TRAFFIC).lower())
        first, last = entry.number("portRange.from", 0), entry.number("portRange.to", 65535)
        port = any_of(ADMINISTRATION, lambda wanted: all_of([first <= wanted, last >= wanted]))
        inbound = [entry.text("ruleAction").lower() == "allow", none_of([entry.flag("egress")])]
        return all_of([*inbound, world, any_of([is_all_traffic(entry), all_of([carried, port])])])

    return compliant_if_none(acl.objects(ENTRIES), opens, "SSH or RDP is open to the internet", named=described)


@check(
    "AWS::EC2::NetworkAcl",
    best_practices={"SEC05-BP02": "subnets share the default network ACL, which allows all traffic"},
    effort="M",
    severity="low",
    live=True,
    fix="Associate each subnet with a custom network ACL that allows only the required traffic.",
    compliant=[{DEFAULT: True}, {DEFAULT: False, SUBNETS: [{"subnetId": "subnet-1"}]}],
    non_compliant=[{DEFAULT: True, SUBNETS: [{"subnetId": "subnet-1"}]}],
    not_applicable=[{DEFAULT: False}, {}],
)
def nacl_custom_for_private_subnets(acl: ConfigurationItem) -> Verdict:
    """Subnets use a custom network ACL.

    The default network ACL allows all traffic by default, so it does not separate network layers. The check treats
    public subnets like private subnets.
    """
    default = acl.flag(DEFAULT)
    if all_of([none_of([default]), none_of([acl.has(SUBNETS)])]):
        return NOT_APPLICABLE
    in_use, count = all_of([default, acl.has(SUBNETS)]), len(acl.objects(SUBNETS))
    return compliant_if(none_of([in_use]), otherwise=f"subnets with the default network ACL: {count} (expected 0)")


def is_all_traffic(each: Attributes) -> bool:
    """Whether an entry applies to all protocols, and so to all ports."""
    return each.text("protocol", ALL_TRAFFIC) == ALL_TRAFFIC


def described(each: Attributes) -> str:
    """The ports of an entry, for annotations."""
    if surely(is_all_traffic(each)):
        return "all traffic"
    return f"{each.number('portRange.from', 0)}-{each.number('portRange.to', 65535)}"


def to_configuration_item(acl: TemplateResource) -> dict[str, Any]:
    """An ACL with its entries and associated subnets; a template cannot define the default ACL."""
    entries = acl.attached("AWS::EC2::NetworkAclEntry", "NetworkAclId")
    subnets = acl.attached("AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId")
    return {
        "configuration": {
            "isDefault": False,
            "entries": [lowered(each.properties) for each in entries],
            "associations": [{"subnetId": each.properties.get("SubnetId")} for each in subnets],
        }
    }
