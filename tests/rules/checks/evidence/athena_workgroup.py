"""What AWS does not publish of AWS::Athena::WorkGroup."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.WorkGroupConfiguration.ManagedQueryResultsConfiguration": Evidence(
        "2026-11-25", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
}
