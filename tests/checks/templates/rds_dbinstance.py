"""Templates of rds_dbinstance."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("rds-instance-public-access-check", "INSUFFICIENT_DATA", {}, {}),
    ("rds-storage-encrypted", "INSUFFICIENT_DATA", {"DBSnapshotIdentifier": "s"}, {}),
    (
        "rds-instance-iam-authentication-enabled",
        "COMPLIANT",
        {"Engine": "mysql", "EnableIAMDatabaseAuthentication": True},
        {},
    ),
    ("rds-performance-insights-enabled", "COMPLIANT", {"EnablePerformanceInsights": "true"}, {}),
    ("rds-logging-enabled", "COMPLIANT", {"EnableCloudwatchLogsExports": ["error"]}, {}),
]
