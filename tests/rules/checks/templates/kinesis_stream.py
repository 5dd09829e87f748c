"""Templates of kinesis_stream."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    ("kinesis-stream-adaptive-capacity", "COMPLIANT", {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, {}),
    ("kinesis-stream-adaptive-capacity", "NON_COMPLIANT", {"ShardCount": 2}, {}),
    (
        "kinesis-stream-adaptive-capacity",
        "INSUFFICIENT_DATA",
        {"StreamModeDetails": {"Fn::ImportValue": "mode"}},
        {},
    ),
    ("kinesis-stream-enhanced-monitoring-enabled", "COMPLIANT", {"DesiredShardLevelMetrics": ["ALL"]}, {}),
    ("kinesis-stream-enhanced-monitoring-enabled", "NON_COMPLIANT", {}, {}),
]
