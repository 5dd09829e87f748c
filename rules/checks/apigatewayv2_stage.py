"""HTTP and WebSocket API stages."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, compliant_if_all
from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.latencies import api_latency_p95_target
from rules.checks.shared.throttling import api_gw_stage_throttling_configured

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
    fix="Set AccessLogSettings.DestinationArn to a log group, and Format to a JSON line with $context.requestId.",
    compliant=[{f"{ACCESS_LOG}.destinationArn": "arn", f"{ACCESS_LOG}.format": '{"id": "$context.requestId"}'}],
    non_compliant=[{f"{ACCESS_LOG}.destinationArn": "arn"}, {}],
)
def api_gwv2_access_logs_enabled(stage: ConfigurationItem) -> Verdict:
    """HTTP and WebSocket API stages have access logs enabled.

    Without access logs, calls to the API cannot be investigated. API Gateway writes access logs only if both
    AccessLogSettings.DestinationArn and AccessLogSettings.Format are set.
    """
    required = {"destinationArn": "AccessLogSettings.DestinationArn", "format": "AccessLogSettings.Format"}
    return compliant_if_all(required, lambda name: stage.has(f"{ACCESS_LOG}.{name}"), "not set", named=required.get)


@check(
    "AWS::ApiGatewayV2::Stage",
    best_practices={
        "OPS04-BP02": "the stage does not publish metrics for each route",
        "PERF05-BP02": "the latency of a single route is not measured",
    },
    managed_rule="API_GWV2_STAGE_DEFAULT_ROUTE_DETAILED_METRICS_ENABLED",
    effort="S",
    severity="low",
    fix="Set DefaultRouteSettings.DetailedMetricsEnabled to true. CloudWatch charges for the additional metrics.",
    compliant=[{METRICS: True}],
    non_compliant=[{METRICS: False}, {}],
)
def api_gwv2_stage_default_route_detailed_metrics_enabled(stage: ConfigurationItem) -> Verdict:
    """HTTP and WebSocket API stages publish metrics for each route.

    Without metrics for each route, the metrics of the stage do not show which route fails or is slow.
    """
    return compliant_if(stage.flag(METRICS), otherwise="DetailedMetricsEnabled is false (expected true)")


def to_configuration_item(stage: TemplateResource) -> dict[str, Any]:
    """The configuration item of a stage, as GetStage returns it."""
    return {
        "configuration": lowered(
            {name: value for name, value in stage.properties.items() if name != "Tags"},
            keep=("StageVariables", "RouteSettings"),
        )
    }
