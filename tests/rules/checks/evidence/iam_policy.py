"""What AWS does not publish of AWS::IAM::Policy."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.policyVersionList.document": Evidence("2026-11-22", "recorded items have it, URL-encoded"),
}
