"""What AWS does not publish of AWS::ElasticLoadBalancingV2::Listener."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.MutualAuthentication": Evidence(
        "2026-11-24", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
}
