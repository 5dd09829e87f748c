"""Custom metrics, environments, monitors, idle resources and the types of compute in the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.resourcegroupstaggingapi.GetTagValues.TagValues``.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.settings import packaged_settings
from pillarwatch.unknown import Unknown
from rules.collectors import collector
from rules.collectors._metrics import of_application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

ALONE = ("AWSOrganizationsNotInUseException",)


COMPUTE = ("AWS::AppRunner::Service", "AWS::EC2::Instance", "AWS::ECS::Service", "AWS::Lambda::Function")


@collector(
    ACCOUNT,
    actions=(
        "cloudtrail:LookupEvents",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListMetrics",
        "compute-optimizer:GetIdleRecommendations",
        "config:GetDiscoveredResourceCounts",
        "internetmonitor:ListMonitors",
        "organizations:DescribeOrganization",
        "tag:GetTagValues",
    ),
)
def account_operations(aws: Aws) -> Iterator[Listed]:
    """Custom metrics, billing alarms, environments, monitors, idle resources; sections that AWS refuses are unknown."""
    alarms = aws.every(
        "cloudwatch:DescribeAlarms", "MetricAlarms[?Namespace=='AWS/Billing']", AlarmTypes=["MetricAlarm"]
    )
    values = aws.every("tag:GetTagValues", "TagValues", Key=packaged_settings().environments.tag)
    monitors = aws.every("internetmonitor:ListMonitors", "Monitors")
    idle = aws.every("compute-optimizer:GetIdleRecommendations", "idleRecommendations")
    counts = aws.every("config:GetDiscoveredResourceCounts", "resourceCounts", resourceTypes=list(COMPUTE))
    # One metric is enough: an account can have 100,000.
    metrics = aws.every(
        "cloudwatch:ListMetrics", f"Metrics[?{of_application('Namespace')}]", most=1, RecentlyActive="PT3H"
    )
    updates = aws.every(
        "cloudtrail:LookupEvents",
        "Events",
        most=500,
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "UpdateStack"}],
        StartTime=datetime.fromisoformat(aws.began) - timedelta(days=7),
    )
    configuration = {
        "cloudtrail": {"LookupEvents": {"Events": _by_others(updates)}},
        "cloudwatch": {
            "DescribeAlarms": {"MetricAlarms": alarms},
            "ListMetrics": {"Metrics": metrics},
        },
        "compute-optimizer": {"GetIdleRecommendations": {"idleRecommendations": idle}},
        "config": {"GetDiscoveredResourceCounts": {"resourceCounts": counts}},
        "internetmonitor": {"ListMonitors": {"Monitors": monitors}},
        "organizations": {"DescribeOrganization": aws.ask("organizations:DescribeOrganization", absent=ALONE)},
        "resourcegroupstaggingapi": {"GetTagValues": {"TagValues": values}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _by_others(updates: Any) -> Any:
    """The successful updates without those of nested stacks, which CloudFormation calls itself."""
    if isinstance(updates, Unknown):
        return updates
    records = [(event, json.loads(event.get("CloudTrailEvent") or "{}")) for event in updates]
    return [
        {name: event.get(name) for name in ("EventName", "EventTime", "Username")}
        for event, record in records
        if record.get("sourceIPAddress") != "cloudformation.amazonaws.com" and not record.get("errorCode")
    ]
