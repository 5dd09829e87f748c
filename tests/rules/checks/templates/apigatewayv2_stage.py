"""Templates of apigatewayv2_stage."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    (
        "api-gwv2-access-logs-enabled",
        "COMPLIANT",
        {"AccessLogSettings": {"DestinationArn": "a", "Format": "b"}},
        {},
    ),
    (
        "api-gwv2-stage-default-route-detailed-metrics-enabled",
        "COMPLIANT",
        {"DefaultRouteSettings": {"DetailedMetricsEnabled": True}},
        {},
    ),
]
