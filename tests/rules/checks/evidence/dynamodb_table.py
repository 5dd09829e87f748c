"""What AWS does not publish of AWS::DynamoDB::Table."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "configuration.deletionProtectionEnabled": Evidence(
        "2026-11-24",
        "the item is what DescribeTable answers, which has it;"
        f" AWS's own rule judges it: {RULES}/dynamodb-table-deletion-protection-enabled.html",
    ),
    "supplementaryConfiguration.TimeToLiveDescription": Evidence(
        "2026-11-22", "our collector `tables` adds it from DynamoDB's DescribeTimeToLive"
    ),
}
