"""Subnets, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.networks import addresses_in

CIDR = "configuration.cidrBlock"
FREE = "configuration.availableIpAddressCount"
PUBLIC = "configuration.mapPublicIpOnLaunch"


@check(
    "AWS::EC2::Subnet",
    best_practices={"SEC05-BP01": "resources launched in the subnet get a public address"},
    managed_rule="SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
    automation="AWSConfigRemediation-DisableSubnetAutoAssignPublicIP",
    effort="S",
    severity="medium",
    fix="Turn off public addresses on launch, and give them to load balancers and gateways only.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def subnet_auto_assign_public_ip_disabled(subnet: ConfigurationItem) -> Verdict:
    """Subnets do not assign public IP addresses automatically.

    A load balancer gets its address in any case.
    """
    return compliant_if(none_of([subnet.flag(PUBLIC)]), otherwise="public addresses are assigned on launch")


@check(
    "AWS::EC2::Subnet",
    best_practices={"REL02-BP03": "there are no addresses left to scale into"},
    effort="M",
    live=True,
    fix="Add a second CIDR block to the VPC, and larger subnets.",
    compliant=[{CIDR: "10.0.0.0/24", FREE: 52}],
    non_compliant=[{CIDR: "10.0.0.0/24", FREE: 51}, {CIDR: "10.0.0.0/24"}],
    not_applicable=[{}],
)
def subnet_free_ip_headroom(subnet: ConfigurationItem, *, least_percent: int = 20) -> Verdict:
    """Subnets have a fifth of their addresses free.

    Functions, tasks and gateways take theirs when load rises. The count moves without an item each time: judge on
    schedule too.
    """
    cidr = subnet.text(CIDR)
    if cidr == "":
        return NOT_APPLICABLE
    free, all_addresses = subnet.number(FREE), addresses_in(cidr)
    enough = free * 100 >= all_addresses * least_percent
    return compliant_if(enough, otherwise=f"{free} of {all_addresses} addresses are free")


def lift(subnet: TemplateResource) -> dict[str, Any]:
    """A subnet."""
    return {"configuration": lowered(subnet.properties)}
