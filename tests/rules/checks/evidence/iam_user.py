"""What AWS does not publish of AWS::IAM::User."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.userPolicyList.policyDocument": Evidence("2026-11-24", "recorded items have it, URL-encoded"),
}
