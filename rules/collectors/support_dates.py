"""Clusters and functions with the end of support of their version, as AWS Health announces it.

The API of AWS Health requires a support plan that includes it. If AWS refuses the call, nothing is added, and the
checks use ``checks/shared/support_calendar.py`` only. The fields of the version catalog:
https://docs.aws.amazon.com/health/latest/ug/version-catalog.html
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rules.collectors import Aws, Listed

CLUSTER = "AWS::EKS::Cluster"
FUNCTION = "AWS::Lambda::Function"


@collector(
    CLUSTER,
    FUNCTION,
    actions=("config:SelectResourceConfig", "eks:DescribeClusterVersions", "health:DescribeServiceLifecycle"),
)
def support_dates(aws: Aws) -> Iterator[Listed]:
    """EKS clusters and Lambda functions with the end of support of their version or runtime."""
    versions = aws.every("eks:DescribeClusterVersions", "clusterVersions", includeAll=True)
    for item in aws.recorded(CLUSTER):
        announced = [
            {"endOfStandardSupportDate": _day(each["endOfStandardSupportDate"])}
            for each in _answered(versions)
            if each["clusterVersion"] == item["configuration"].get("Version") and "endOfStandardSupportDate" in each
        ]
        yield completed(item, {"eks": {"DescribeClusterVersions": {"clusterVersions": announced}}})
    runtimes = aws.every("health:DescribeServiceLifecycle", "serviceLifecycles", filter={"service": "LAMBDA"})
    for item in aws.recorded(FUNCTION):
        lifecycles = [
            {"lifecycleEvents": [{"date": _day(event["date"])} for event in _ends(each, aws.region)]}
            for each in _answered(runtimes)
            if each["version"] == item["configuration"].get("runtime")
        ]
        yield completed(item, {"health": {"DescribeServiceLifecycle": {"serviceLifecycles": lifecycles}}})


def _ends(lifecycle: dict[str, Any], region: str) -> list[dict[str, Any]]:
    """The days when support ends in a Region. Other events (a release, blocked changes) are omitted."""
    return [
        event
        for event in lifecycle.get("lifecycleEvents", ())
        if event["lifecycleEventType"] == "END_OF_SUPPORT" and {"all", region} & set(event.get("regions", ()))
    ]


def _answered(answer: Any) -> list[dict[str, Any]]:
    return [] if isinstance(answer, Unknown) else answer


def _day(moment: datetime) -> str:
    """The day in UTC. botocore may return the time in another time zone."""
    return moment.astimezone(UTC).date().isoformat()
