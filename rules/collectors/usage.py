"""Load balancers, databases, functions and tables with their usage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
DATABASE = "AWS::RDS::DBInstance"
FUNCTION = "AWS::Lambda::Function"
TABLE = "AWS::DynamoDB::Table"
DAYS = {BALANCER: 14, DATABASE: 14, FUNCTION: 90, TABLE: 90}
NAMESPACES = {"app": "AWS/ApplicationELB", "gwy": "AWS/GatewayELB", "net": "AWS/NetworkELB"}


@collector(BALANCER, DATABASE, FUNCTION, TABLE, actions=("cloudwatch:GetMetricData", "config:SelectResourceConfig"))
def usage(aws: Aws) -> Iterator[Listed]:
    """Load balancers and databases with the usage of two weeks, functions and tables with the usage of 90 days."""
    for resource_type, days in DAYS.items():
        for page in aws.recorded_pages(resource_type):
            metrics = {item["resourceId"]: metrics_of(item) for item in page}
            wanted = {(key, metric.name): metric for key, of_one in metrics.items() for metric in of_one}
            found = measured(aws, wanted, days=days)
            for item in page:
                key = item["resourceId"]
                answers = {metric.name: {metric.statistic: found[key, metric.name]} for metric in metrics[key]}
                yield completed(item, {"Metrics": answers})


def metrics_of(item: dict[str, Any]) -> list[Metric]:
    """The metrics that show whether a resource is used."""
    name = item.get("resourceName", "")
    if item["resourceType"] == BALANCER:
        balancer = item["arn"].rpartition(":loadbalancer/")[2]  # app/NAME/ID
        namespace = NAMESPACES.get(balancer.partition("/")[0], NAMESPACES["app"])
        return [Metric(namespace, "ProcessedBytes", {"LoadBalancer": balancer}, "Sum")]
    if item["resourceType"] == DATABASE:
        return [Metric("AWS/RDS", "DatabaseConnections", {"DBInstanceIdentifier": name}, "Maximum")]
    if item["resourceType"] == FUNCTION:
        return [Metric("AWS/Lambda", "Invocations", {"FunctionName": name}, "Sum")]
    units = ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
    return [Metric("AWS/DynamoDB", each, {"TableName": name}, "Sum") for each in units]
