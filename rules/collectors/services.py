"""ECS services with their alarms, utilization and recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.collectors import collector, completed
from rules.collectors._alarms import ALARM, by_dimension
from rules.collectors._metrics import Metric, measured
from rules.collectors._subnets import all_subnets, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

SERVICE = "AWS::ECS::Service"


@collector(
    SERVICE,
    actions=(
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "compute-optimizer:GetECSServiceRecommendations",
        "config:SelectResourceConfig",
        "ec2:DescribeSubnets",
    ),
)
def services(aws: Aws) -> Iterator[Listed]:
    """ECS services with the alarms on their metrics, their peak utilization and Compute Optimizer recommendations."""
    alarms = by_dimension(aws)
    subnets = all_subnets(aws)
    for page in aws.recorded_pages(SERVICE):
        busiest = measured(
            aws, {item["arn"]: Metric("AWS/ECS", "CPUUtilization", _dimensions(item), "Maximum") for item in page}
        )
        for item in page:
            recommendations = aws.every(
                "compute-optimizer:GetECSServiceRecommendations",
                "ecsServiceRecommendations",
                absent=("ResourceNotFoundException",),
                serviceArns=[item["arn"]],
            )
            answers = {
                "Metrics": {"CPUUtilization": {"Maximum": busiest[item["arn"]]}},
                "ec2": {"DescribeSubnets": {"Subnets": named(subnets, _subnets(item))}},
                "compute-optimizer": {"GetECSServiceRecommendations": {"ecsServiceRecommendations": recommendations}},
            }
            wanted = _dimensions(item)
            of_cluster = alarms.get(("ClusterName", wanted["ClusterName"]), [])
            its_own = [alarm for alarm in alarms.get(("ServiceName", wanted["ServiceName"]), []) if alarm in of_cluster]
            yield completed(item, answers, {ALARM: its_own})


def _subnets(item: dict[str, Any]) -> list[str]:
    network = (item.get("configuration") or {}).get("NetworkConfiguration") or {}
    return (network.get("AwsvpcConfiguration") or {}).get("Subnets") or []


def _dimensions(item: dict[str, Any]) -> dict[str, str]:
    """The dimensions of the service's metrics. The cluster is an ARN or a name; without one it is ``default``."""
    cluster = (item.get("configuration") or {}).get("Cluster") or "default"
    return {"ClusterName": cluster.rpartition("/")[2], "ServiceName": item["resourceName"]}
