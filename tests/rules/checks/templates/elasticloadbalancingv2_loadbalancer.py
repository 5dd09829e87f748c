"""Templates of elasticloadbalancingv2_loadbalancer."""

from typing import Any

from tests.rules.checks.templates import Case, other


def attribute(key: str, value: str) -> dict[str, Any]:
    """A property that sets one attribute."""
    return {"LoadBalancerAttributes": [{"Key": key, "Value": value}]}


NETWORK = {"Type": "network"}
CROSS_ZONE = "load_balancing.cross_zone.enabled"

CASES: list[Case] = [
    (
        "elb-logging-enabled",
        "COMPLIANT",
        {"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]},
        {},
    ),
    ("elbv2-multiple-az", "COMPLIANT", {"Subnets": ["subnet-1", "subnet-2"]}, {}),
    ("elbv2-multiple-az", "NON_COMPLIANT", {"Subnets": ["subnet-1"]}, {}),
    ("elb-deletion-protection-enabled", "COMPLIANT", attribute("deletion_protection.enabled", "true"), {}),
    ("elb-deletion-protection-enabled", "NON_COMPLIANT", attribute("deletion_protection.enabled", "false"), {}),
    (
        "alb-http-drop-invalid-header-enabled",
        "COMPLIANT",
        attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
        {},
    ),
    ("alb-desync-mode-check", "NON_COMPLIANT", attribute("routing.http.desync_mitigation_mode", "monitor"), {}),
    ("alb-waf-enabled", "NON_COMPLIANT", {}, {}),
    (
        "alb-waf-enabled",
        "COMPLIANT",
        {},
        {"Link": other("AWS::WAFv2::WebACLAssociation", ResourceArn={"Ref": "Main"}, WebACLArn="arn")},
    ),
    ("nlb-cross-zone-load-balancing-enabled", "COMPLIANT", {**NETWORK, **attribute(CROSS_ZONE, "true")}, {}),
    ("nlb-cross-zone-load-balancing-enabled", "NON_COMPLIANT", NETWORK, {}),
]
