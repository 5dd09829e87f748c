"""Alarms, dashboards, saved queries, service level objectives and event rules in the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.cloudwatch.ListDashboards.DashboardEntries``.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from rules.collectors import collector
from rules.collectors._metrics import of_application

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
    """Alarms, dashboards, queries, objectives and rules; sections that AWS refuses are unknown."""

    def listed(action: str, key: str, **parameters: Any) -> dict[str, Any]:
        return {key: aws.every(action, key, **parameters)}

    began = datetime.fromisoformat(aws.began)
    window = {"StartTime": began - timedelta(days=1), "EndTime": began}
    in_math = f"Metrics[?{of_application('MetricStat.Metric.Namespace')}]"
    alarms = {
        "CompositeAlarms": aws.every("cloudwatch:DescribeAlarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]),
        "MetricAlarms": aws.every(
            "cloudwatch:DescribeAlarms",
            f"MetricAlarms[?{of_application('Namespace')} || {in_math}]",
            AlarmTypes=["MetricAlarm"],
        ),
        "LogAlarms": aws.every("cloudwatch:DescribeAlarms", "LogAlarms", AlarmTypes=["LogAlarm"]),
    }
    ours = os.environ.get("EVENT_BUS_NAME", "")  # also the name of Pillarwatch's dashboard
    dashboards = aws.every("cloudwatch:ListDashboards", f"DashboardEntries[?DashboardName != '{ours}']")
    configuration = {
        "application-signals": {
            "ListServiceLevelObjectives": listed("application-signals:ListServiceLevelObjectives", "SloSummaries"),
            "ListServices": listed("application-signals:ListServices", "ServiceSummaries", **window),
        },
        "cloudwatch": {
            "DescribeAlarms": alarms,
            "ListDashboards": {"DashboardEntries": dashboards},
        },
        "events": {"ListRules": listed("events:ListRules", "Rules")},
        "logs": {
            "DescribeMetricFilters": listed("logs:DescribeMetricFilters", "metricFilters"),
            "DescribeQueryDefinitions": listed("logs:DescribeQueryDefinitions", "queryDefinitions"),
        },
        "xray": {"GetGroups": listed("xray:GetGroups", "Groups")},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
