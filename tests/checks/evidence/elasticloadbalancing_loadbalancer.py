"""What AWS does not publish of AWS::ElasticLoadBalancing::LoadBalancer."""

from tests.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.LoadBalancerAttributes": Evidence(
        "2026-11-24",
        "recorded items have it, an object in which accessLog has `enabled`;"
        f" AWS's own rule judges it on change: {RULES}/elb-logging-enabled.html",
    ),
}
