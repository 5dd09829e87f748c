"""What AWS does not publish of AWS::ElasticLoadBalancingV2::TargetGroup."""

from tests.rules.checks.evidence import RULES, Evidence

DESCRIBED = Evidence(
    "2026-11-24",
    "AWS's own rules judge the type on change and name configuration.protocol and configuration.healthCheckProtocol,"
    f" the describe API's names in camelCase: {RULES}/elbv2-targetgroup-protocol-encrypted.html,"
    f" {RULES}/elbv2-targetgroup-healthcheck-protocol-encrypted.html",
)

UNPUBLISHED = {
    f"configuration.{name}": DESCRIBED
    for name in (
        "healthCheckEnabled",
        "healthCheckIntervalSeconds",
        "healthCheckPath",
        "healthCheckProtocol",
        "protocol",
        "protocolVersion",
        "targetType",
        "unhealthyThresholdCount",
    )
}
