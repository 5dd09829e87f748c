"""What AWS does not publish of AWS::IAM::Role."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.assumeRolePolicyDocument": Evidence("2026-11-24", "recorded items have it, URL-encoded"),
    "configuration.rolePolicyList.policyDocument": Evidence("2026-11-22", "recorded items have it, URL-encoded"),
}
