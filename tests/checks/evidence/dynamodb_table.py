"""What AWS does not publish of AWS::DynamoDB::Table."""

from tests.checks.evidence import Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.TimeToLiveDescription": Evidence(
        "2026-11-22", "our collector `tables` adds it from DynamoDB's DescribeTimeToLive"
    ),
}
