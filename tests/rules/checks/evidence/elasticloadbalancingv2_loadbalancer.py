"""What AWS does not publish of AWS::ElasticLoadBalancingV2::LoadBalancer."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.LoadBalancerAttributes": Evidence(
        "2026-11-22",
        "recorded items have it, objects of `key` and `value`;"
        f" AWS's own rule judges it on change: {RULES}/elb-logging-enabled.html",
    ),
}
