"""CloudWatch metrics of many resources over some days, as one number for each resource and metric."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.collectors import Aws

Key = TypeVar("Key")

HOUR, DAY = 3_600, 86_400
# Of one request: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
MOST_QUERIES = 500


# Namespaces of agents on instances and containers, and of Pillarwatch itself: they are not an application's.
NOT_OF_APPLICATIONS = ("CWAgent", "ContainerInsights", "ECS/ContainerInsights", "Glue", "LambdaInsights", "Pillarwatch")


def of_application(namespace: str) -> str:
    """A JMESPath condition: the namespace at a path is one of an application, not of AWS, an agent or Pillarwatch."""
    others = json.dumps(NOT_OF_APPLICATIONS)
    return f"({namespace} && !starts_with({namespace}, 'AWS/') && !contains(`{others}`, {namespace}))"


class Metric(NamedTuple):
    """A metric and its statistic: ``Sum``, ``SampleCount``, ``Average``, ``Minimum``, ``Maximum`` or a percentile.

    Over all days together, or over the hour with the highest value.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    busiest_hour: bool = False


def measured(aws: Aws, wanted: Mapping[Key, Metric], *, days: int = 14) -> dict[Key, float | Unknown | None]:
    """The values of the last days: None where nothing was measured, Unknown if denied or incomplete.

    Needs ``cloudwatch:GetMetricData``. ``Sum`` and ``SampleCount`` add up the days, ``Average`` averages them.
    ``Minimum`` is that of the lowest day; any other statistic is that of the highest day.
    """
    found: dict[Key, float | Unknown | None] = {}
    end = datetime.fromisoformat(aws.began)
    metrics = list(wanted.items())
    for batch in (metrics[first : first + MOST_QUERIES] for first in range(0, len(metrics), MOST_QUERIES)):
        results = aws.every(
            "cloudwatch:GetMetricData",
            "MetricDataResults",
            MetricDataQueries=[_query(f"m{number}", metric) for number, (_, metric) in enumerate(batch)],
            StartTime=end - timedelta(days=days),
            EndTime=end,
        )
        if isinstance(results, Unknown):
            found.update({key: results for key, _ in batch})
            continue
        of_metric: dict[str, list[Any]] = defaultdict(list)
        for result in results:  # the values of one metric can be on several pages
            of_metric[result["Id"]].append(result)
        found.update({key: _as_one(metric, of_metric[f"m{number}"]) for number, (key, metric) in enumerate(batch)})
    return found


def _query(name: str, metric: Metric) -> dict[str, object]:
    dimensions = [{"Name": key, "Value": value} for key, value in metric.dimensions.items()]
    about = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    period = HOUR if metric.busiest_hour else DAY
    return {"Id": name, "MetricStat": {"Metric": about, "Period": period, "Stat": metric.statistic}}


def _as_one(metric: Metric, results: list[Any]) -> float | Unknown | None:
    """The results of all pages as one number. Only the result of the last page has the StatusCode Complete.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
    """
    states = [result.get("StatusCode") for result in results] or ["no result"]
    failed = [state for state in states if state not in ("Complete", "PartialData")]
    if failed or states[-1] != "Complete":
        return Unknown(f"cloudwatch:GetMetricData of {metric.namespace} {metric.name}: {[*failed, states[-1]][0]}")
    values: list[float] = [value for result in results for value in result["Values"]]
    statistic = metric.statistic
    if not values:
        return None
    if metric.busiest_hour:
        return max(values)
    if statistic in ("Sum", "SampleCount"):
        return sum(values)
    if statistic == "Average":
        return sum(values) / len(values)
    return min(values) if statistic == "Minimum" else max(values)
