"""Templates of rds_dbcluster."""

from tests.rules.checks.templates import Case, other


def member(cluster: object = None) -> dict[str, object]:
    return other("AWS::RDS::DBInstance", DBClusterIdentifier=cluster or {"Ref": "Main"})


CASES: list[Case] = [
    ("template-holds-no-literal-secret", "NON_COMPLIANT", {"MasterUserPassword": "correct horse"}, {}),
    (
        "template-holds-no-literal-secret",
        "COMPLIANT",
        {"MasterUserPassword": "{{resolve:secretsmanager:main:SecretString:password}}"},
        {},
    ),
    ("template-holds-no-literal-secret", "COMPLIANT", {"MasterUserPassword": {"Fn::ImportValue": "password"}}, {}),
    ("template-holds-no-literal-secret", "COMPLIANT", {}, {}),
    ("rds-cluster-multi-az-enabled", "COMPLIANT", {}, {"One": member(), "Two": member()}),
    ("rds-cluster-multi-az-enabled", "COMPLIANT", {"DBClusterInstanceClass": "db.m6gd.large"}, {}),
    ("rds-cluster-multi-az-enabled", "NON_COMPLIANT", {}, {"One": member(), "Two": member("another")}),
    ("rds-cluster-multi-az-enabled", "INSUFFICIENT_DATA", {}, {}),
    (
        "rds-instance-iam-authentication-enabled",
        "COMPLIANT",
        {"Engine": "aurora-mysql", "EnableIAMDatabaseAuthentication": True},
        {},
    ),
    ("rds-storage-encrypted", "INSUFFICIENT_DATA", {"SnapshotIdentifier": "s"}, {}),
    ("rds-storage-encrypted", "COMPLIANT", {"Engine": "aurora-mysql"}, {}),
    ("rds-storage-encrypted", "NON_COMPLIANT", {"Engine": "aurora-mysql", "StorageEncrypted": False}, {}),
    ("rds-storage-encrypted", "NON_COMPLIANT", {"Engine": "postgres"}, {}),
    ("rds-storage-encrypted", "INSUFFICIENT_DATA", {"Engine": "aurora-mysql", "SnapshotIdentifier": "s"}, {}),
    ("rds-logging-enabled", "COMPLIANT", {"EnableCloudwatchLogsExports": ["audit"]}, {}),
    ("rds-performance-insights-enabled", "NON_COMPLIANT", {"PerformanceInsightsEnabled": False}, {}),
]
