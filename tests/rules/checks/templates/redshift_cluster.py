"""Templates of redshift_cluster."""

from tests.rules.checks.templates import Case

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
    (
        "redshift-cluster-configuration-check",
        "COMPLIANT",
        {"Encrypted": True, "LoggingProperties": {"BucketName": "audit"}},
        {},
    ),
    ("redshift-cluster-configuration-check", "COMPLIANT", {"LoggingProperties": {"BucketName": "audit"}}, {}),
    ("redshift-cluster-configuration-check", "NON_COMPLIANT", {"SnapshotIdentifier": "s"}, {}),
    (
        "redshift-cluster-configuration-check",
        "INSUFFICIENT_DATA",
        {"SnapshotIdentifier": "s", "LoggingProperties": {"BucketName": "audit"}},
        {},
    ),
    ("redshift-backup-enabled", "COMPLIANT", {}, {}),
    ("redshift-backup-enabled", "INSUFFICIENT_DATA", {"SnapshotIdentifier": "s"}, {}),
]
