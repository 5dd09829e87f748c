"""Network ACLs, with the attribute names of the EC2 API in camelCase, with the template's entries."""

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
from pillarwatch.lift import TemplateResource, lowered

DEFAULT = "configuration.isDefault"
ENTRIES = "configuration.entries"
SUBNETS = "configuration.associations"
CARRIERS = ("tcp", "6", "udp", "17")  # the protocols that SSH and RDP use, by name or by number
ALL_TRAFFIC = "-1"  # and whatever ports stand beside it: EC2's API Reference, CreateNetworkAclEntry.Protocol
ADMINISTRATION = (22, 3389)


def entry(**other: Any) -> dict[str, Any]:
    """An example of an entry that lets SSH in."""
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
    best_practices={"SEC05-BP02": "the subnet lets anybody try to administer what is in it"},
    managed_rule="NACL_NO_UNRESTRICTED_SSH_RDP",
    automation="AWS-RemoveNetworkACLUnrestrictedSSHRDP",
    effort="S",
    severity="medium",
    fix="Restrict the entry to the networks that administer, or remove it.",
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
    """Network ACLs keep SSH and RDP closed to the internet.

    As AWS's own rule reads it, an entry that allows all traffic counts, by TCP or by UDP, whatever an entry before it
    or a security group behind it says.
    """

    def opens(each: Attributes) -> bool:
        world = any_of(["cidrBlock", "ipv6CidrBlock"], lambda block: each.text(block).endswith("/0"))
        carried = contains(CARRIERS, each.text("protocol", ALL_TRAFFIC).lower())
        first, last = each.number("portRange.from", 0), each.number("portRange.to", 65535)
        port = any_of(ADMINISTRATION, lambda wanted: all_of([first <= wanted, last >= wanted]))
        incoming = [each.text("ruleAction").lower() == "allow", none_of([each.flag("egress")])]
        return all_of([*incoming, world, any_of([is_all_traffic(each), all_of([carried, port])])])

    return compliant_if_none(acl.objects(ENTRIES), opens, "open to everybody", named=described)


@check(
    "AWS::EC2::NetworkAcl",
    best_practices={"SEC05-BP02": "subnets of every layer share one filter that lets all through"},
    effort="M",
    severity="low",
    live=True,
    fix="Give each layer a network ACL of its own, with what it needs.",
    compliant=[{DEFAULT: True}, {DEFAULT: False, SUBNETS: [{"subnetId": "subnet-1"}]}],
    non_compliant=[{DEFAULT: True, SUBNETS: [{"subnetId": "subnet-1"}]}],
    not_applicable=[{DEFAULT: False}, {}],
)
def nacl_custom_for_private_subnets(acl: ConfigurationItem) -> Verdict:
    """Subnets are not left to the VPC's default network ACL.

    The default one lets everything in and out. Which subnets are private only the route tables tell, so all count.
    """
    default = acl.flag(DEFAULT)
    if all_of([none_of([default]), none_of([acl.has(SUBNETS)])]):
        return NOT_APPLICABLE
    left = all_of([default, acl.has(SUBNETS)])
    return compliant_if(none_of([left]), otherwise=f"{len(acl.objects(SUBNETS))} subnets have the default ACL")


def is_all_traffic(each: Attributes) -> bool:
    """Whether an entry is about every protocol, and so about every port."""
    return each.text("protocol", ALL_TRAFFIC) == ALL_TRAFFIC


def described(each: Attributes) -> str:
    """An entry as an annotation names it."""
    if surely(is_all_traffic(each)):
        return "all traffic"
    return f"{each.number('portRange.from', 0)}-{each.number('portRange.to', 65535)}"


def lift(acl: TemplateResource) -> dict[str, Any]:
    """An ACL with its entries and the subnets that it is associated with; the default one is in no template."""
    entries = acl.attached("AWS::EC2::NetworkAclEntry", "NetworkAclId")
    subnets = acl.attached("AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId")
    return {
        "configuration": {
            "isDefault": False,
            "entries": [lowered(each.properties) for each in entries],
            "associations": [{"subnetId": each.properties.get("SubnetId")} for each in subnets],
        }
    }
