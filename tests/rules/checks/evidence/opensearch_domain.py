"""What AWS does not publish of AWS::OpenSearch::Domain."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.AccessPolicies": Evidence("2026-11-30", "a recorded item has it, with CloudFormation's name"),
}
