"""CloudFront distributions with their cache hit rate and log deliveries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import Deleted, collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

DISTRIBUTION = "AWS::CloudFront::Distribution"


@collector(
    DISTRIBUTION,
    actions=(
        "cloudfront:GetMonitoringSubscription",
        "cloudwatch:GetMetricData",
        "config:SelectResourceConfig",
        "logs:DescribeDeliveries",
        "logs:DescribeDeliverySources",
    ),
)
def distributions(aws: Aws) -> Iterator[Listed]:
    """CloudFront distributions with their log deliveries, and the cache hit rate of a week (an additional metric)."""
    deliveries = deliveries_by_resource(aws)
    for page in aws.recorded_pages(DISTRIBUTION):
        rates = measured(
            aws,
            {
                item["resourceId"]: Metric(
                    "AWS/CloudFront",
                    "CacheHitRate",
                    {"DistributionId": item["resourceId"], "Region": "Global"},
                    "Average",
                )
                for item in page
            },
            days=7,
        )
        for item in page:
            try:
                subscription = aws.ask(
                    "cloudfront:GetMonitoringSubscription",
                    absent=("NoSuchMonitoringSubscription",),
                    deleted=("NoSuchDistribution",),
                    DistributionId=item["resourceId"],
                )
            except Deleted:
                continue
            answers = {
                "cloudfront": {"GetMonitoringSubscription": subscription},
                "logs": {
                    "DescribeDeliveries": {
                        "deliveries": deliveries if isinstance(deliveries, Unknown) else deliveries.get(item["arn"], [])
                    }
                },
                "Metrics": {"CacheHitRate": {"Average": rates[item["resourceId"]]}},
            }
            yield completed(item, answers)


def deliveries_by_resource(aws: Aws) -> Any:
    """The deliveries of vended logs by the ARN of the resource in their delivery source."""
    sources = aws.every("logs:DescribeDeliverySources", "deliverySources")
    deliveries = aws.every("logs:DescribeDeliveries", "deliveries")
    for answer in (sources, deliveries):
        if isinstance(answer, Unknown):
            return answer
    by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for delivery in deliveries:
        by_source[delivery["deliverySourceName"]].append({"id": delivery["id"]})
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for source in sources:
        for arn in source["resourceArns"]:
            found[arn] += by_source[source["name"]]
    return found
