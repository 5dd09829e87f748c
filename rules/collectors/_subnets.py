"""In which Availability Zones the subnets of a resource lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.collectors import Aws


def all_subnets(aws: Aws) -> Any:
    """The Region's subnets with their zones, by id."""
    found = aws.every("ec2:DescribeSubnets", "Subnets[].{SubnetId: SubnetId, AvailabilityZone: AvailabilityZone}")
    return found if isinstance(found, Unknown) else {each["SubnetId"]: each for each in found or []}


def named(subnets: Any, ids: Sequence[str]) -> Any:
    """Those of some ids; one that is not there, as a shared one is not, has no zone."""
    if not ids:
        return []
    return subnets if isinstance(subnets, Unknown) else [subnets.get(each, {"SubnetId": each}) for each in ids]
