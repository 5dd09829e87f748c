"""Subnets, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.networks import addresses_in

CIDR = "configuration.cidrBlock"
FREE = "configuration.availableIpAddressCount"
PUBLIC = "configuration.mapPublicIpOnLaunch"


@check(
    "AWS::EC2::Subnet",
    best_practices={"SEC05-BP01": "resources launched in the subnet get a public IP address"},
    managed_rule="SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
    automation="AWSConfigRemediation-DisableSubnetAutoAssignPublicIP",
    effort="S",
    severity="medium",
    fix="Set MapPublicIpOnLaunch to false. Instances then need a NAT gateway for internet access.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def subnet_auto_assign_public_ip_disabled(subnet: ConfigurationItem) -> Verdict:
    """Subnets do not assign public IP addresses automatically.

    Instances launched in the subnet can be reached from the internet if their security groups allow it.
    """
    return compliant_if(none_of([subnet.flag(PUBLIC)]), otherwise="MapPublicIpOnLaunch is true (expected false)")


@check(
    "AWS::EC2::Subnet",
    best_practices={"REL02-BP03": "the subnet has too few free IP addresses to scale out"},
    effort="M",
    live=True,
    fix="Add a CIDR block to the VPC, and create larger subnets in it.",
    compliant=[{CIDR: "10.0.0.0/24", FREE: 52}],
    non_compliant=[{CIDR: "10.0.0.0/24", FREE: 51}, {CIDR: "10.0.0.0/24"}],
    not_applicable=[{}],
)
def subnet_free_ip_headroom(subnet: ConfigurationItem, *, least_percent: int = 20) -> Verdict:
    """Subnets have 20 percent of their IP addresses free.

    Without free addresses, tasks, functions and load balancers cannot scale out in the subnet. Evaluate this check on a
    schedule too, because the number of free addresses changes without a configuration item.
    """
    cidr = subnet.text(CIDR)
    if cidr == "":
        return NOT_APPLICABLE
    free, all_addresses = subnet.number(FREE), addresses_in(cidr)
    enough = free * 100 >= all_addresses * least_percent
    return compliant_if(enough, f"{free} of {all_addresses} addresses are free (expected at least {least_percent} %)")


def to_configuration_item(subnet: TemplateResource) -> dict[str, Any]:
    """A subnet as DescribeSubnets returns it."""
    return {"configuration": lowered(subnet.properties)}
