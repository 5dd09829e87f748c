"""What AWS does not publish of AWS::ElasticLoadBalancing::LoadBalancer."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.LoadBalancerAttributes": Evidence(
        "2026-11-25",
        "recorded items have it, an object in which accessLog, connectionDraining and crossZoneLoadBalancing have"
        " `enabled`; additionalAttributes, a list that is empty in all of them, has the API's `key` and `value`;"
        f" AWS's own rules judge it on change: {RULES}/elb-logging-enabled.html, {RULES}/clb-desync-mode-check.html",
    ),
}
