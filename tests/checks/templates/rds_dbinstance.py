"""Templates of rds_dbinstance."""

from tests.checks.templates import Case, other

GROUP = {"Group": other("AWS::RDS::DBSubnetGroup", SubnetIds=["subnet-1", "subnet-2"])}
SOURCE = {"Source": other("AWS::RDS::DBInstance", Engine="mysql", StorageEncrypted=True)}
OF_SOURCE = {"SourceDBInstanceIdentifier": {"Ref": "Source"}}

CASES: list[Case] = [
    ("rds-instance-public-access-check", "NON_COMPLIANT", {}, {}),
    ("rds-instance-public-access-check", "NON_COMPLIANT", {"DBSubnetGroupName": "default"}, {}),
    ("rds-instance-public-access-check", "COMPLIANT", {"DBSubnetGroupName": {"Ref": "Group"}}, GROUP),
    ("rds-instance-public-access-check", "COMPLIANT", {"DBSubnetGroupName": "private"}, {}),
    ("rds-instance-public-access-check", "INSUFFICIENT_DATA", {"DBSubnetGroupName": {"Fn::ImportValue": "group"}}, {}),
    ("rds-instance-public-access-check", "COMPLIANT", {"Engine": "aurora-mysql"}, {}),
    ("rds-instance-public-access-check", "COMPLIANT", {"DBClusterIdentifier": "orders"}, {}),
    ("rds-instance-public-access-check", "INSUFFICIENT_DATA", {"SourceDBInstanceIdentifier": "orders"}, {}),
    ("rds-storage-encrypted", "INSUFFICIENT_DATA", {"DBSnapshotIdentifier": "s"}, {}),
    ("rds-storage-encrypted", "NON_COMPLIANT", {"DBSnapshotIdentifier": ""}, {}),
    ("rds-storage-encrypted", "INSUFFICIENT_DATA", {"SourceDbiResourceId": "db-1"}, {}),
    ("rds-storage-encrypted", "COMPLIANT", OF_SOURCE, SOURCE),
    ("rds-storage-encrypted", "NON_COMPLIANT", OF_SOURCE, {"Source": other("AWS::RDS::DBInstance")}),
    ("rds-storage-encrypted", "NOT_APPLICABLE", {"Engine": "aurora-postgresql"}, {}),
    ("rds-multi-az-support", "NOT_APPLICABLE", {"Engine": "aurora-postgresql"}, {}),
    ("db-instance-backup-enabled", "COMPLIANT", {}, {}),
    ("db-instance-backup-enabled", "NOT_APPLICABLE", OF_SOURCE, SOURCE),
    ("db-instance-backup-enabled", "INSUFFICIENT_DATA", {**OF_SOURCE, "UseLatestRestorableTime": True}, SOURCE),
    ("rds-gp3-storage", "COMPLIANT", {}, {}),
    ("rds-gp3-storage", "NOT_APPLICABLE", {"Engine": "aurora-mysql"}, {}),
    (
        "rds-instance-iam-authentication-enabled",
        "COMPLIANT",
        {"Engine": "mysql", "EnableIAMDatabaseAuthentication": True},
        {},
    ),
    ("rds-performance-insights-enabled", "COMPLIANT", {"EnablePerformanceInsights": "true"}, {}),
    ("rds-logging-enabled", "COMPLIANT", {"EnableCloudwatchLogsExports": ["error"]}, {}),
]
