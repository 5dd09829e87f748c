"""Security groups. Older items have only `ipRanges` (texts); newer items also have `ipv4Ranges` (objects)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pillarwatch import (
    COMPLIANT,
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
from pillarwatch.template_resource import TemplateResource, elements
from pillarwatch.unknown import Unknown

EGRESS = "configuration.ipPermissionsEgress"
INGRESS = "configuration.ipPermissions"
NAME = "configuration.groupName"
PREFIX_LIST, RULE, RULES = "AWS::EC2::PrefixList", "AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress"
INTERFACES = "supplementaryConfiguration.ec2.DescribeNetworkInterfaces.NetworkInterfaces"
SSH_PORT = 22
TCP, UDP = ("tcp", "6"), ("udp", "17")
ALL_TRAFFIC = "-1"  # its ports are ignored: EC2 API Reference, IpPermission.IpProtocol

HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
OPEN = {"ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}


def sources(permission: Attributes) -> list[str]:
    """The address ranges that a permission allows; the entries of prefix lists are unknown."""
    return permission.once(_sources)


def _sources(permission: Attributes) -> list[str]:
    paths = ("ipv4Ranges.cidrIp", "ipv6Ranges.cidrIpv6", "ipRanges")
    ranges = [source for path in paths for source in permission.texts(path)]
    lists: list[Any] = [
        Unknown(f"which addresses {prefix_list} holds")
        for prefix_list in permission.texts("prefixListIds.prefixListId")
    ]
    return [*ranges, *lists]


def open_to_all(permission: Attributes) -> bool:
    """Whether a permission allows any address, in any notation."""
    return permission.once(_is_open)


def _is_open(permission: Attributes) -> bool:
    return any_of(sources(permission), lambda source: source.endswith("/0"))


@cache
def prefixes_below(bits: int) -> tuple[str, ...]:
    """The ends of all address ranges with a prefix shorter than so many bits, except those that allow any address."""
    return tuple(f"/{each}" for each in range(1, bits))


def is_all_traffic(permission: Attributes) -> bool:
    """Whether a permission applies to all protocols, and so to all ports."""
    return permission.text("ipProtocol", ALL_TRAFFIC) == ALL_TRAFFIC


def span(permission: Attributes) -> tuple[float, float]:
    """The first and the last port of a permission; all ports if it names none."""
    return permission.number("fromPort", 0), permission.number("toPort", 65_535)


def carries(permission: Attributes, protocol: Sequence[str]) -> bool:
    """Whether a permission applies to a protocol or to all traffic."""
    return contains([*protocol, ALL_TRAFFIC], permission.text("ipProtocol", ALL_TRAFFIC).lower())


def admits_port(permission: Attributes, protocol: Sequence[str], port: int) -> bool:
    """Whether a permission applies to a port of a protocol."""
    first, last = span(permission)
    within = all_of([carries(permission, protocol), first <= port, last >= port])
    return any_of([is_all_traffic(permission), within])


def ports(permission: Attributes) -> str:
    """The ports of a permission, for annotations."""
    if surely(is_all_traffic(permission)):
        return "all traffic"
    first, last = span(permission)
    return f"{permission.text('ipProtocol', ALL_TRAFFIC)} {first}-{last}"


@check(
    "AWS::EC2::SecurityGroup",
    best_practices={"SEC05-BP02": "the security group allows unauthorized ports from any address"},
    managed_rule="VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
    effort="S",
    exposed=True,
    fix="Replace 0.0.0.0/0 and ::/0 with the security group or the addresses that need the port.",
    compliant=[
        {INGRESS: [{**HTTPS, **OPEN}, {**SSH, "ipRanges": ["10.0.0.0/8"]}]},
        {INGRESS: [{**HTTPS, "fromPort": 80, "toPort": 80, **OPEN}]},
        {INGRESS: [{"ipProtocol": "icmp", "fromPort": 8, "toPort": -1, **OPEN}]},
        {},
    ],
    non_compliant=[
        {INGRESS: [{**SSH, "ipRanges": ["0.0.0.0/0"]}]},
        {INGRESS: [{**HTTPS, "fromPort": 80, "toPort": 443, **OPEN}]},
        {INGRESS: [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 444, **OPEN}]},
        {INGRESS: [{"ipProtocol": "-1", "ipv6Ranges": [{"cidrIpv6": "::/0"}]}]},
        {INGRESS: [{**HTTPS, "ipProtocol": "udp", **OPEN}]},
        {INGRESS: [{**HTTPS, "ipProtocol": "-1", **OPEN}]},
        {INGRESS: [{**SSH, "ipProtocol": "6", **OPEN}]},
    ],
)
def vpc_sg_open_only_to_authorized_ports(
    group: ConfigurationItem,
    *,
    authorized_tcp_ports: Sequence[int] = (80, 443),
    authorized_udp_ports: Sequence[int] = (),
) -> Verdict:
    """Security groups open only authorized ports to the internet.

    An unauthorized port that is open to the internet exposes its service to attacks. A port range is unauthorized, and
    so is all traffic. TCP ports 80 and 443 are authorized by default, as in AWS Security Hub.
    """

    def opens(permission: Attributes) -> bool:
        open_to_the_internet = open_to_all(permission)
        if surely(none_of([open_to_the_internet])):
            return False
        tcp, udp = beyond(permission, TCP, authorized_tcp_ports), beyond(permission, UDP, authorized_udp_ports)
        return all_of([open_to_the_internet, any_of([tcp, udp])])

    def beyond(permission: Attributes, protocol: Sequence[str], authorized: Sequence[int]) -> bool:
        first, last = span(permission)
        unauthorized = any_of([is_all_traffic(permission), first != last, none_of([contains(authorized, first)])])
        return all_of([carries(permission, protocol), unauthorized])

    return compliant_if_none(
        group.objects(INGRESS), opens, "open to the internet (expected authorized ports)", named=ports
    )


@check(
    "AWS::EC2::SecurityGroup",
    best_practices={
        "SEC05-BP02": "any address can connect to SSH",
        "SEC06-BP03": "administrators connect over SSH instead of Session Manager",
    },
    managed_rule="INCOMING_SSH_DISABLED",
    automation="AWS-DisableIncomingSSHOnPort22",
    effort="S",
    exposed=True,
    same_cause_as="vpc-sg-open-only-to-authorized-ports",
    fix="Remove the rule, and connect through Session Manager.",
    compliant=[
        {INGRESS: [{**HTTPS, **OPEN}, {**SSH, "ipRanges": ["10.0.0.0/8"]}]},
        {INGRESS: [{"ipProtocol": "udp", "fromPort": 0, "toPort": 65535, **OPEN}]},
        {INGRESS: [{**SSH, "ipProtocol": "icmp", **OPEN}]},
        {},
    ],
    non_compliant=[
        {INGRESS: [{**SSH, **OPEN}]},
        {INGRESS: [{"ipProtocol": "-1", "ipRanges": ["0.0.0.0/0"]}]},
        {INGRESS: [{**HTTPS, "ipProtocol": "-1", **OPEN}]},
        {INGRESS: [{**SSH, "ipProtocol": "6", **OPEN}]},
        {INGRESS: [{**SSH, "ipv6Ranges": [{"cidrIpv6": "0:0:0:0:0:0:0:0/0"}]}]},
        {INGRESS: [{"ipProtocol": "tcp", "fromPort": 0, "toPort": 65535, "ipv6Ranges": [{"cidrIpv6": "::/0"}]}]},
    ],
)
def restricted_ssh(group: ConfigurationItem) -> Verdict:
    """Security groups do not allow SSH from the internet.

    Anyone on the internet can try to sign in over SSH. The check also fails for rules with all traffic, and for rules
    with a port range that includes 22.
    """

    def opens_ssh(permission: Attributes) -> bool:
        return all_of([open_to_all(permission), admits_port(permission, TCP, SSH_PORT)])

    return compliant_if_none(group.objects(INGRESS), opens_ssh, "SSH is open to the internet", named=ports)


@check(
    "AWS::EC2::SecurityGroup",
    best_practices={"SEC05-BP02": "a rule allows the addresses of a whole network"},
    effort="S",
    severity="medium",
    fix="Use the security group of the callers as the source instead of an address range.",
    compliant=[
        {INGRESS: [{**SSH, "userIdGroupPairs": [{"groupId": "sg-1"}]}]},
        {INGRESS: [{**SSH, "ipv4Ranges": [{"cidrIp": "10.0.1.0/24"}]}]},
        {},
    ],
    non_compliant=[
        {INGRESS: [{**SSH, "ipv4Ranges": [{"cidrIp": "10.0.0.0/16"}]}]},
        {INGRESS: [{**HTTPS, **OPEN}, {**SSH, "ipv4Ranges": [{"cidrIp": "10.0.0.0/16"}]}]},
    ],
    not_applicable=[{INGRESS: [{**HTTPS, **OPEN}]}],
)
def security_group_ingress_least_privilege(group: ConfigurationItem, *, min_prefix_bits: int = 17) -> Verdict:
    """Security groups allow narrow address ranges or security groups as sources.

    Every host of a wide address range can connect. A prefix shorter than 17 bits, such as /16, is wide. The check
    vpc-sg-open-only-to-authorized-ports evaluates groups that are open to any address.
    """
    wide = prefixes_below(min_prefix_bits)
    permissions = group.objects(INGRESS)
    ranges = [source for permission in permissions for source in sources(permission)]
    verdict = compliant_if_none(ranges, lambda source: source.endswith(wide), f"source wider than /{min_prefix_bits}")
    return NOT_APPLICABLE if verdict == COMPLIANT and any_of(permissions, open_to_all) else verdict


@check(
    "AWS::EC2::SecurityGroup",
    best_practices={
        "COST04-BP01": "unused security groups are not tracked and removed",
        "SUS02-BP03": "an unused security group is kept and maintained",
    },
    managed_rule="EC2_SECURITY_GROUP_ATTACHED_TO_ENI",
    automation="AWSConfigRemediation-DeleteUnusedSecurityGroup",
    effort="S",
    severity="low",
    collector="security-groups",
    live=True,
    fix="Remove rules that name the security group, and delete it.",
    compliant=[{INTERFACES: [{"NetworkInterfaceId": "eni-1"}]}],
    non_compliant=[{INTERFACES: []}, {}],
    not_applicable=[{NAME: "default", INTERFACES: []}],
)
def ec2_security_group_attached_to_eni(group: ConfigurationItem) -> Verdict:
    """Security groups are attached to a network interface.

    Unused security groups make rules harder to review. A group that is only named in rules of other groups is unused.
    The AWS managed rule has the same result. Default security groups are not evaluated, because they cannot be deleted.
    """
    if group.text(NAME) == "default":
        return NOT_APPLICABLE
    return compliant_if(group.has(INTERFACES), otherwise="no network interface is attached (expected one)")


@check(
    "AWS::EC2::SecurityGroup",
    best_practices={"SEC05-BP02": "resources in the default security group can connect to each other"},
    managed_rule="VPC_DEFAULT_SECURITY_GROUP_CLOSED",
    automation="AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules",
    effort="S",
    severity="medium",
    live=True,
    fix="Assign another security group to resources of the default group, then remove the default group's rules.",
    compliant=[{NAME: "default"}, {NAME: "default", INGRESS: [], EGRESS: []}],
    non_compliant=[{NAME: "default", INGRESS: [SSH]}, {NAME: "default", EGRESS: [{"ipProtocol": "-1"}]}],
    not_applicable=[{NAME: "web", INGRESS: [SSH]}, {}],
)
def vpc_default_security_group_closed(group: ConfigurationItem) -> Verdict:
    """Default security groups of VPCs have no rules.

    A resource without a security group gets the default group, which allows traffic between its members by default.
    """
    if group.text(NAME) != "default":
        return NOT_APPLICABLE
    rules = {"inbound": INGRESS, "outbound": EGRESS}
    return compliant_if_none(rules, lambda kind: group.has(rules[kind]), "rules exist (expected none)")


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """A group with its ingress rules, including those of other resources that name the group by id or by name."""
    named = "SecurityGroupIngress.SourcePrefixListId"
    rules = [_permission(rule, group.names(PREFIX_LIST, named)) for rule in elements(group.properties.get(RULES))]
    added = [rule for by in ("GroupId", "GroupName") for rule in group.attached(RULE, by)]
    rules += [_permission(rule.properties, rule.names(PREFIX_LIST, "SourcePrefixListId")) for rule in added]
    return {
        "configuration": {
            "groupName": group.properties.get("GroupName", group.logical_id),
            "description": group.properties.get("GroupDescription"),
            "ipPermissions": rules,
        }
    }


def _permission(rule: Any, prefix_lists: Sequence[TemplateResource]) -> dict[str, Any]:
    """A rule as DescribeSecurityGroups returns it, with the entries of a prefix list of the template."""
    prefix_list = rule.get("SourcePrefixListId")
    own = [
        each for each in prefix_lists if isinstance(prefix_list, Unknown) and prefix_list.reference == each.logical_id
    ]
    entries = [entry for each in own for entry in elements(each.properties.get("Entries"))]
    held = [entry.get("Cidr") for entry in entries]
    return {
        "ipProtocol": rule.get("IpProtocol"),
        "fromPort": rule.get("FromPort"),
        "toPort": rule.get("ToPort"),
        "ipv4Ranges": [{"cidrIp": cidr} for cidr in (rule.get("CidrIp"), *held)],
        "ipv6Ranges": [{"cidrIpv6": rule.get("CidrIpv6")}],
        "prefixListIds": [] if own or prefix_list is None else [{"prefixListId": prefix_list}],
        "userIdGroupPairs": [{"groupId": rule.get("SourceSecurityGroupId")}],
    }
