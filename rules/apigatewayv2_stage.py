"""Stages of HTTP and WebSocket APIs."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, compliant_if_all
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.latencies import api_latency_p95_target
from rules.shared.throttling import api_gw_stage_throttling_configured

ACCESS_LOG = "configuration.accessLogSettings"
METRICS = "configuration.defaultRouteSettings.detailedMetricsEnabled"


@check(
    "AWS::ApiGatewayV2::Stage",
    best_practices={
        "SEC04-BP01": "callers of the API are not logged",
        "OPS04-BP02": "requests to the API are not logged",
    },
    managed_rule="API_GWV2_ACCESS_LOGS_ENABLED",
    effort="S",
    severity="medium",
    fix="Name a log group and a JSON format with $context.requestId for the stage's access logs.",
    compliant=[{f"{ACCESS_LOG}.destinationArn": "arn", f"{ACCESS_LOG}.format": '{"id": "$context.requestId"}'}],
    non_compliant=[{f"{ACCESS_LOG}.destinationArn": "arn"}, {}],
)
def api_gwv2_access_logs_enabled(stage: ConfigurationItem) -> Verdict:
    """HTTP and WebSocket API stages have access logs enabled.

    It takes a destination and a format: without a format nothing is written.
    """
    needed = ("destinationArn", "format")
    return compliant_if_all(needed, lambda name: stage.has(f"{ACCESS_LOG}.{name}"), "AccessLogSettings lacks")


@check(
    "AWS::ApiGatewayV2::Stage",
    best_practices={
        "OPS04-BP02": "route-level metrics are off",
        "PERF05-BP02": "the latency of a single route is not measured",
    },
    managed_rule="API_GWV2_STAGE_DEFAULT_ROUTE_DETAILED_METRICS_ENABLED",
    effort="S",
    severity="low",
    fix="Set DetailedMetricsEnabled to true in the default route settings.",
    compliant=[{METRICS: True}],
    non_compliant=[{METRICS: False}, {}],
)
def api_gwv2_stage_default_route_detailed_metrics_enabled(stage: ConfigurationItem) -> Verdict:
    """HTTP and WebSocket API stages publish metrics for each route.

    Count, latency and errors per route show which route fails or is slow.
    """
    return compliant_if(stage.flag(METRICS), otherwise="detailed metrics are off")


def lift(stage: TemplateResource) -> dict[str, Any]:
    """A stage as GetStage tells of it."""
    return {
        "configuration": lowered(
            {name: value for name, value in stage.properties.items() if name != "Tags"},
            keep=("StageVariables", "RouteSettings"),
        )
    }
