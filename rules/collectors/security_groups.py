"""Security groups with their network interfaces."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

GROUP = "AWS::EC2::SecurityGroup"


@collector(GROUP, actions=("config:SelectResourceConfig", "ec2:DescribeNetworkInterfaces"))
def security_groups(aws: Aws) -> Iterator[Listed]:
    """Security groups with all their network interfaces, including those that AWS Config does not record."""
    found = aws.every("ec2:DescribeNetworkInterfaces", "NetworkInterfaces")
    interfaces: dict[str, list[dict[str, str]]] = defaultdict(list)
    for each in () if isinstance(found, Unknown) else found:
        for group in each.get("Groups", ()):
            interfaces[group["GroupId"]].append({"NetworkInterfaceId": each["NetworkInterfaceId"]})
    for item in aws.recorded(GROUP):
        its_own = found if isinstance(found, Unknown) else interfaces[item["resourceId"]]
        yield completed(item, {"ec2": {"DescribeNetworkInterfaces": {"NetworkInterfaces": its_own}}})
