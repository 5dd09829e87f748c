"""What AWS does not publish of AWS::IAM::Group."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.groupPolicyList.policyDocument": Evidence("2026-11-24", "recorded items have it, URL-encoded"),
}
