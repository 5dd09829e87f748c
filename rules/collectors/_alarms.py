"""CloudWatch alarms by the dimensions of their metrics, for collectors that relate them to resources."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.template_resource import lowered

if TYPE_CHECKING:
    from rules.collectors import Aws

ALARM = "AWS::CloudWatch::Alarm"


def alarms(aws: Aws) -> list[dict[str, Any]]:
    """All metric alarms in the shape of AWS Config's items, with the metrics of metric math."""
    return [
        {"resourceType": ALARM, "resourceId": alarm["AlarmName"], "configuration": lowered(alarm)}
        for alarm in aws.pages("cloudwatch:DescribeAlarms", "MetricAlarms")
    ]


def alarms_of_all_types(aws: Aws) -> list[dict[str, Any]]:
    """Metric, composite and log alarms in the same shape. CloudWatch returns only metric alarms if no type is named.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    types = ["MetricAlarm", "CompositeAlarm", "LogAlarm"]
    lists = "[MetricAlarms, CompositeAlarms, LogAlarms][]"
    return [
        {"resourceType": ALARM, "resourceId": alarm["AlarmName"], "configuration": lowered(alarm)}
        for alarm in aws.pages("cloudwatch:DescribeAlarms", lists, AlarmTypes=types)
    ]


def by_dimension(aws: Aws) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The alarms by (name, value) of each dimension of their metric or of a metric in metric math."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for alarm in alarms(aws):
        configuration = alarm["configuration"]
        inner = [metric.get("metricStat", {}).get("metric", {}) for metric in configuration.get("metrics", [])]
        for metric in (configuration, *inner):
            for dimension in metric.get("dimensions", []):
                found[dimension["name"], dimension["value"]].append(alarm)
    return found
