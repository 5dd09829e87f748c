"""How the account is operated: telemetry, environments, monitors.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.resourcegroupstaggingapi.GetTagValues.TagValues`` names the call to repeat by hand.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pillarwatch import ACCOUNT
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "cloudtrail:LookupEvents",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListMetrics",
        "devops-guru:GetResourceCollection",
        "internetmonitor:ListMonitors",
        "tag:GetTagValues",
    ),
)
def account_operations(aws: Aws) -> Iterator[Listed]:
    """Metrics of one's own, billing alarms, environments and monitors; refused parts are unknown."""
    alarms = aws.every(
        "cloudwatch:DescribeAlarms", "MetricAlarms[?Namespace=='AWS/Billing']", AlarmTypes=["MetricAlarm"]
    )
    values = aws.every("tag:GetTagValues", "TagValues", Key="Environment")
    monitors = aws.every("internetmonitor:ListMonitors", "Monitors")
    guru = aws.ask(
        "devops-guru:GetResourceCollection",
        absent=("ResourceNotFoundException",),
        ResourceCollectionType="AWS_CLOUD_FORMATION",
    )
    # One is enough: there may be a hundred thousand.
    metrics = aws.every(
        "cloudwatch:ListMetrics", "Metrics[?!starts_with(Namespace, 'AWS/')]", most=1, RecentlyActive="PT3H"
    )
    updates = aws.every(
        "cloudtrail:LookupEvents",
        "Events[].{EventName: EventName, EventTime: EventTime, Username: Username}",
        most=50,
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "UpdateStack"}],
        StartTime=datetime.fromisoformat(aws.began) - timedelta(days=7),
    )
    configuration = {
        "cloudtrail": {"LookupEvents": {"Events": updates}},
        "cloudwatch": {
            "DescribeAlarms": {"MetricAlarms": alarms},
            "ListMetrics": {"Metrics": metrics},
        },
        "devops-guru": {"GetResourceCollection": guru},
        "internetmonitor": {"ListMonitors": {"Monitors": monitors}},
        "resourcegroupstaggingapi": {"GetTagValues": {"TagValues": values}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
