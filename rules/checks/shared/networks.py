"""The Availability Zones of subnets, and the sizes of CIDR blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import Attributes, ConfigurationItem, Verdict, any_of, compliant_if
from pillarwatch.template_resource import ZONES_OF_REGION, TemplateResource, elements
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBNET = "AWS::EC2::Subnet"
PLACED = "supplementaryConfiguration.ec2.DescribeSubnets.Subnets"


def placed(*zones: str) -> dict[str, Any]:
    """An example of a resource with one subnet in each of these Availability Zones."""
    return {PLACED: [{"SubnetId": f"subnet-{at}", "AvailabilityZone": zone} for at, zone in enumerate(zones, 1)]}


def several_zones(item: ConfigurationItem, subnets: Sequence[str], least: int) -> Verdict:
    """COMPLIANT where the subnets of an item are in ``least`` different Availability Zones or more.

    Raises:
        Unresolved: the Availability Zones of too many subnets are unknown.
    """
    if len(subnets) < least:
        return compliant_if(False, otherwise=f"number of subnets: {len(subnets)} (expected {least} or more)")
    zones = _distinct([_zone(each) for each in item.objects(PLACED)])
    if isinstance(zones, Unknown) or (len(zones) < least and not item.has(PLACED)):
        zones = Unknown("the Availability Zones of the subnets are unknown")
    found = f"{len(subnets)} subnets are in {len(zones)} Availability Zone"
    return compliant_if(len(zones) >= least, otherwise=f"{found} (expected {least} or more)")


def _zone(subnet: Attributes) -> Any:
    return subnet.text("AvailabilityZone") or Unknown("AWS chooses the Availability Zone of a subnet")


def _distinct(zones: Sequence[Any]) -> Any:
    """The different zones; Unknown where a zone is unknown and the known ones are not two or more."""
    known = sorted({zone for zone in zones if isinstance(zone, str)})
    unknown = [zone for zone in zones if isinstance(zone, Unknown)]
    return unknown[0] if unknown and len(known) <= 1 else known


def placed_subnets(resource: TemplateResource, by: str) -> Any:
    """The subnets that a template's resource names in a property, in the shape of DescribeSubnets."""
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
    """The different zones of the subnets that a template's resource names; the subnets as they are where 1 or none."""
    subnets = placed_subnets(resource, by)
    if isinstance(subnets, Unknown) or len(subnets) <= 1:
        return subnets
    return _distinct([subnet["AvailabilityZone"] for subnet in subnets])


def named_zones(zones: Any) -> Any:
    """The different zones of a template's list. ``Fn::GetAZs`` counts as three, the fewest that a Region has."""
    if isinstance(zones, Unknown) and zones.reference == ZONES_OF_REGION:
        return [zones] * 3
    named = zones if isinstance(zones, Unknown) else elements(zones)
    return named if isinstance(named, Unknown) or len(named) <= 1 else _distinct([_by_place(zone) for zone in named])


def _zone_in(subnet: dict[str, Any]) -> Any:
    """The zone of a subnet: its name, its id, or its index in the Region's list of zones."""
    zone = subnet.get("AvailabilityZone", subnet.get("AvailabilityZoneId"))
    return _by_place(zone) or Unknown("the Availability Zone of a subnet is unknown")


def _by_place(zone: Any) -> Any:
    """A zone; for ``Fn::Select`` on the Region's zones, the spelling with the index, which differs for each zone."""
    if isinstance(zone, Unknown) and zone.reference == ZONES_OF_REGION:
        return getattr(zone, "spelling", zone)
    return zone


def addresses_in(cidr: str) -> int:
    """The number of addresses in an IPv4 CIDR block.

    Raises:
        Unresolved: the block is unknown or not a CIDR block.
    """
    bits = [bit for bit in range(33) if cidr.endswith(f"/{bit}")]
    return int(2 ** (32 - max(bits, default=Unknown(f"{cidr} is not a CIDR block"))))
