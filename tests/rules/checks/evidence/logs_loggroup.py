"""What AWS does not publish of AWS::Logs::LogGroup."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.DataProtectionPolicy.Statement": Evidence(
        "2026-11-25",
        "the policy is JSON in CloudFormation's schema, and a text in what CloudWatch Logs' GetDataProtectionPolicy"
        " answers: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
    ),
}
