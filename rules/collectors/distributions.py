"""Distributions with what their caches are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import Gone, collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

DISTRIBUTION = "AWS::CloudFront::Distribution"


@collector(
    DISTRIBUTION,
    actions=("cloudfront:GetMonitoringSubscription", "cloudwatch:GetMetricData", "config:SelectResourceConfig"),
)
def distributions(aws: Aws) -> Iterator[Listed]:
    """CloudFront distributions with the hit rate of a week, which is measured only with the additional metrics."""
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
                    gone=("NoSuchDistribution",),
                    DistributionId=item["resourceId"],
                )
            except Gone:
                continue
            answers = {
                "cloudfront": {"GetMonitoringSubscription": subscription},
                "Metrics": {"CacheHitRate": {"Average": rates[item["resourceId"]]}},
            }
            yield completed(item, answers)
