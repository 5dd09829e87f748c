"""NAT gateways with their traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

GATEWAY = "AWS::EC2::NatGateway"


@collector(GATEWAY, actions=("cloudwatch:GetMetricData", "config:SelectResourceConfig"))
def nat_gateways(aws: Aws) -> Iterator[Listed]:
    """NAT gateways with the number of bytes of two weeks."""
    for page in aws.recorded_pages(GATEWAY):
        sent = measured(
            aws,
            {
                gateway: Metric("AWS/NATGateway", "BytesOutToDestination", {"NatGatewayId": gateway}, "Sum")
                for gateway in (item["resourceId"] for item in page)
            },
        )
        for item in page:
            yield completed(item, {"Metrics": {"BytesOutToDestination": {"Sum": sent[item["resourceId"]]}}})
