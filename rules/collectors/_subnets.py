"""The Availability Zones of the subnets of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.collectors import Aws


def all_subnets(aws: Aws) -> Any:
    """The subnets of the Region with their Availability Zones, by id."""
    found = aws.every("ec2:DescribeSubnets", "Subnets[].{SubnetId: SubnetId, AvailabilityZone: AvailabilityZone}")
    return found if isinstance(found, Unknown) else {each["SubnetId"]: each for each in found or []}


def named(subnets: Any, ids: Sequence[str]) -> Any:
    """The subnets with these ids. A subnet that is not found has no Availability Zone."""
    if not ids:
        return []
    return subnets if isinstance(subnets, Unknown) else [subnets.get(each, {"SubnetId": each}) for each in ids]
