"""Route 53 hosted zones with their records, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

ZONE = "AWS::Route53::HostedZone"
ADDRESSES = (
    "ResourceRecordSets[?Type=='A' || Type=='AAAA' || Type=='CNAME'].{Name: Name, SetIdentifier: SetIdentifier,"
    " HealthCheckId: HealthCheckId, AliasTarget: AliasTarget.{DNSName: DNSName,"
    " EvaluateTargetHealth: EvaluateTargetHealth}}"
)


@collector(ZONE, actions=("config:SelectResourceConfig", "route53:ListResourceRecordSets"))
def hosted_zones(aws: Aws) -> Iterator[Listed]:
    """Hosted zones with their address records (A, AAAA, CNAME); one that is deleted in the meantime is not listed."""
    for item in aws.recorded(ZONE):
        found = aws.every(
            "route53:ListResourceRecordSets",
            ADDRESSES,
            absent=("NoSuchHostedZone",),
            HostedZoneId=item["resourceId"],
        )
        if found is not None:
            yield completed(item, {"route53": {"ListResourceRecordSets": {"ResourceRecordSets": found}}})
