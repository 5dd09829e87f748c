"""What AWS does not publish of AWS::S3::Bucket."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.BucketPolicy.policyText": Evidence(
        "2026-11-22", "recorded items have it, JSON in a text, null where there is none"
    ),
}
