"""Load balancers and buckets with the CloudFront distributions that use them as an origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules.collectors import Aws, Listed

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
BUCKET = "AWS::S3::Bucket"


@collector(BALANCER, BUCKET, actions=("cloudfront:ListDistributions", "config:SelectResourceConfig"))
def origins(aws: Aws) -> Iterator[Listed]:
    """Load balancers and buckets with the CloudFront distributions that have them as an origin."""
    distributions = aws.every(
        "cloudfront:ListDistributions",
        "DistributionList.Items[].{Id: Id, Origins: {Items: Origins.Items[].{DomainName: DomainName}}}",
    )
    for item in aws.recorded(BALANCER):
        name = ((item.get("configuration") or {}).get("dNSName") or "-").lower()
        yield completed(item, _with_origin(distributions, lambda origin: origin in (name, f"dualstack.{name}")))  # noqa: B023
    for item in aws.recorded(BUCKET):
        prefix = f"{item['resourceName']}.s3"
        yield completed(item, _with_origin(distributions, lambda origin: origin.startswith(prefix)))  # noqa: B023


def _with_origin(distributions: Any, is_it: Callable[[str], bool]) -> dict[str, Any]:
    found = distributions
    if not isinstance(found, Unknown):
        found = [
            each
            for each in distributions
            if any(is_it(origin["DomainName"].lower()) for origin in each["Origins"]["Items"])
        ]
    return {"cloudfront": {"ListDistributions": {"DistributionList": {"Items": found}}}}
