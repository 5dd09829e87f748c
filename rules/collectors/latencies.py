"""API stages, load balancers and RUM app monitors with their p95 latency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
HTTP_STAGE = "AWS::ApiGatewayV2::Stage"
REST_API = "AWS::ApiGateway::RestApi"
REST_STAGE = "AWS::ApiGateway::Stage"
MONITOR = "AWS::RUM::AppMonitor"


@collector(
    REST_STAGE,
    HTTP_STAGE,
    BALANCER,
    MONITOR,
    actions=("cloudwatch:GetMetricData", "config:SelectResourceConfig"),
)
def latencies(aws: Aws) -> Iterator[Listed]:
    """API stages, load balancers and RUM app monitors with the p95 of the slowest day of a week."""
    apis = {item["resourceId"]: item["resourceName"] for item in aws.all_recorded(REST_API)}

    def metric(item: dict[str, Any]) -> Metric:
        last = item["arn"].rpartition("/")[2]
        if item["resourceType"] == REST_STAGE:
            api = _between(item["arn"], "/restapis/", "/stages/")
            api = apis.get(api, api)  # the dimension contains the name of the API
            return Metric("AWS/ApiGateway", "Latency", {"ApiName": api, "Stage": last}, "p95")
        if item["resourceType"] == HTTP_STAGE:
            api = _between(item["arn"], "/apis/", "/stages/")
            return Metric("AWS/ApiGateway", "Latency", {"ApiId": api, "Stage": last}, "p95")
        if item["resourceType"] == BALANCER:
            name = item["arn"].rpartition(":loadbalancer/")[2]
            return Metric("AWS/ApplicationELB", "TargetResponseTime", {"LoadBalancer": name}, "p95")
        name = item["resourceName"]
        return Metric("AWS/RUM", "PerformanceNavigationDuration", {"application_name": name}, "p95")

    for resource_type in (REST_STAGE, HTTP_STAGE, BALANCER, MONITOR):
        for page in aws.recorded_pages(resource_type):
            worst = measured(aws, {item["resourceId"]: metric(item) for item in page}, days=7)
            for item in page:
                yield completed(item, {"Metrics": {metric(item).name: {"p95": worst[item["resourceId"]]}}})


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0] or text
