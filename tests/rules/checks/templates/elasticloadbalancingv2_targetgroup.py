"""Templates of elasticloadbalancingv2_targetgroup."""

from typing import Any

from tests.rules.checks.templates import Case, other


def attribute(key: str, value: str) -> dict[str, Any]:
    """A property that sets one attribute."""
    return {"TargetGroupAttributes": [{"Key": key, "Value": value}]}


UNEVEN = {"Tags": [{"Key": "RequestCost", "Value": "uneven"}]}
LEAST = attribute("load_balancing.algorithm.type", "least_outstanding_requests")

CASES: list[Case] = [
    (
        "elbv2-target-group-deregistration-delay-set",
        "COMPLIANT",
        attribute("deregistration_delay.timeout_seconds", "60"),
        {},
    ),
    (
        "elbv2-target-group-deregistration-delay-set",
        "NON_COMPLIANT",
        attribute("deregistration_delay.timeout_seconds", "0"),
        {},
    ),
    ("elbv2-target-group-stickiness-disabled", "NON_COMPLIANT", attribute("stickiness.enabled", "true"), {}),
    ("target-group-routing-algorithm-tuned", "COMPLIANT", {**UNEVEN, **LEAST}, {}),
    (
        "alb-unhealthy-host-alarm-configured",
        "COMPLIANT",
        {},
        {
            "Alarm": other(
                "AWS::CloudWatch::Alarm",
                MetricName="UnHealthyHostCount",
                Dimensions=[{"Name": "TargetGroup", "Value": {"Fn::GetAtt": "Main.TargetGroupFullName"}}],
                AlarmActions=["arn:aws:sns:eu-west-1:123456789012:on-call"],
            )
        },
    ),
    (
        "alb-unhealthy-host-alarm-configured",
        "NON_COMPLIANT",
        {},
        {"Alarm": other("AWS::CloudWatch::Alarm", MetricName="UnHealthyHostCount", Dimensions=[])},
    ),
]
