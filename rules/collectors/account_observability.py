"""What watches the account's workloads: alarms, dashboards, queries, objectives, rules that react.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.cloudwatch.ListDashboards.DashboardEntries`` names the call to repeat by hand.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "application-signals:ListServiceLevelObjectives",
        "application-signals:ListServices",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListDashboards",
        "events:ListRules",
        "logs:DescribeMetricFilters",
        "logs:DescribeQueryDefinitions",
        "xray:GetGroups",
    ),
)
def account_observability(aws: Aws) -> Iterator[Listed]:
    """What exists in the account of each; a section that is refused is unknown, and the others go on."""

    def listed(action: str, key: str, **parameters: Any) -> dict[str, Any]:
        return {key: aws.every(action, key, **parameters)}

    began = datetime.fromisoformat(aws.began)
    window = {"StartTime": began - timedelta(days=1), "EndTime": began}
    alarms = {
        "CompositeAlarms": aws.every("cloudwatch:DescribeAlarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]),
        "MetricAlarms": aws.every(
            "cloudwatch:DescribeAlarms",
            "MetricAlarms[?Namespace && !starts_with(Namespace, 'AWS/')]",
            AlarmTypes=["MetricAlarm"],
        ),
    }
    configuration = {
        "application-signals": {
            "ListServiceLevelObjectives": listed("application-signals:ListServiceLevelObjectives", "SloSummaries"),
            "ListServices": listed("application-signals:ListServices", "ServiceSummaries", **window),
        },
        "cloudwatch": {
            "DescribeAlarms": alarms,
            "ListDashboards": listed("cloudwatch:ListDashboards", "DashboardEntries"),
        },
        "events": {"ListRules": listed("events:ListRules", "Rules")},
        "logs": {
            "DescribeMetricFilters": listed("logs:DescribeMetricFilters", "metricFilters"),
            "DescribeQueryDefinitions": listed("logs:DescribeQueryDefinitions", "queryDefinitions"),
        },
        "xray": {"GetGroups": listed("xray:GetGroups", "Groups")},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
