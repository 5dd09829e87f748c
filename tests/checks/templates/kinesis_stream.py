"""Templates of kinesis_stream."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("kinesis-stream-enhanced-monitoring-enabled", "COMPLIANT", {"DesiredShardLevelMetrics": ["ALL"]}, {}),
    ("kinesis-stream-enhanced-monitoring-enabled", "NON_COMPLIANT", {}, {}),
]
