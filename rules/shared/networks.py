"""Blocks of addresses, and the Availability Zones of subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import Attributes, ConfigurationItem, Verdict, any_of, compliant_if
from pillarwatch.lift import ZONES_OF_REGION, TemplateResource, elements
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBNET = "AWS::EC2::Subnet"
PLACED = "supplementaryConfiguration.ec2.DescribeSubnets.Subnets"


def placed(*zones: str) -> dict[str, Any]:
    """An example: the zones of a resource's subnets, in order."""
    return {PLACED: [{"SubnetId": f"subnet-{at}", "AvailabilityZone": zone} for at, zone in enumerate(zones, 1)]}


def several_zones(item: ConfigurationItem, subnets: Sequence[str], least: int) -> Verdict:
    """COMPLIANT where an item's subnets lie in at least so many Availability Zones; several subnets may lie in one.

    Raises:
        Unresolved: the zones of too many subnets are not known.
    """
    if len(subnets) < least:
        return compliant_if(False, otherwise=f"{len(subnets)} subnet")
    zones = _distinct([_zone(each) for each in item.objects(PLACED)])
    if isinstance(zones, Unknown) or (len(zones) < least and not item.has(PLACED)):
        zones = Unknown("the Availability Zones of its subnets are not known")
    return compliant_if(
        len(zones) >= least, otherwise=f"{len(subnets)} subnets, in {len(zones)} Availability Zone (expected {least})"
    )


def _zone(subnet: Attributes) -> Any:
    return subnet.text("AvailabilityZone") or Unknown("AWS chooses the Availability Zone of a subnet")


def _distinct(zones: Sequence[Any]) -> Any:
    """The different zones; unknown where some are, and the others are not several."""
    known = sorted({zone for zone in zones if isinstance(zone, str)})
    unknown = [zone for zone in zones if isinstance(zone, Unknown)]
    return unknown[0] if unknown and len(known) <= 1 else known


def placed_subnets(resource: TemplateResource, by: str) -> Any:
    """What a template says of the subnets that a resource names in a property, as DescribeSubnets has it."""
    own = {subnet.logical_id: subnet.properties for subnet in resource.names(SUBNET, by)}
    subnets: Any = resource.properties
    for key in by.split("."):
        subnets = subnets.get(key) if isinstance(subnets, dict) else subnets
    if isinstance(subnets, Unknown):
        return subnets
    return [
        {"SubnetId": subnet, "AvailabilityZone": _zone_in(own.get(getattr(subnet, "reference", ""), {}))}
        for subnet in elements(subnets)
    ]


def zones_of(resource: TemplateResource, by: str) -> Any:
    """The different zones of the subnets that a template's resource names; where it names one, that stands for it."""
    subnets = placed_subnets(resource, by)
    if isinstance(subnets, Unknown) or len(subnets) <= 1:
        return subnets
    return _distinct([subnet["AvailabilityZone"] for subnet in subnets])


def named_zones(zones: Any) -> Any:
    """The different zones of a template's list. ``Fn::GetAZs`` stands for three, the fewest that a Region has."""
    if isinstance(zones, Unknown) and zones.reference == ZONES_OF_REGION:
        return [zones] * 3
    named = zones if isinstance(zones, Unknown) else elements(zones)
    return named if isinstance(named, Unknown) or len(named) <= 1 else _distinct([_by_place(zone) for zone in named])


def _zone_in(subnet: dict[str, Any]) -> Any:
    """A subnet's zone, by its name or its id; one of a Region's zones by its place among them, which is enough."""
    zone = subnet.get("AvailabilityZone", subnet.get("AvailabilityZoneId"))
    return _by_place(zone) or Unknown("the Availability Zone of a subnet is not known")


def _by_place(zone: Any) -> Any:
    """A zone; one of a Region's zones, as ``Fn::Select`` takes it, by its place among them."""
    if isinstance(zone, Unknown) and zone.reference == ZONES_OF_REGION:
        return getattr(zone, "spelling", zone)
    return zone


def addresses_in(cidr: str) -> int:
    """How many addresses a block has.

    Raises:
        Unresolved: it is not known, or no block.
    """
    bits = [bit for bit in range(33) if any_of([cidr.endswith(f"/{bit}")])]
    return int(2 ** (32 - max(bits, default=Unknown(f"{cidr} is no block of addresses"))))
