"""What AWS does not publish of AWS::AppSync::GraphQLApi."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.EnhancedMetricsConfig": Evidence(
        "2026-11-22", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
}
