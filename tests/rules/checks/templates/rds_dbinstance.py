"""Templates of rds_dbinstance."""

from tests.rules.checks.templates import Case, other

GROUP = {"Group": other("AWS::RDS::DBSubnetGroup", SubnetIds=["subnet-1", "subnet-2"])}
SOURCE = {"Source": other("AWS::RDS::DBInstance", Engine="mysql", StorageEncrypted=True)}
OF_SOURCE = {"SourceDBInstanceIdentifier": {"Ref": "Source"}}

CLUSTER = other("AWS::RDS::DBCluster", Engine="aurora-mysql", MonitoringInterval=30, PerformanceInsightsEnabled=True)
SILENT = {"Cluster": other("AWS::RDS::DBCluster", Engine="aurora-mysql")}
MEMBER = {"Engine": "aurora-mysql", "DBClusterIdentifier": {"Ref": "Cluster"}}
ELSEWHERE = {"SourceDBInstanceIdentifier": "arn:aws:rds:eu-west-1:111122223333:db:orders"}
MINOR = "rds-automatic-minor-version-upgrade-enabled"

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
    (MINOR, "NON_COMPLIANT", OF_SOURCE, {"Source": other("AWS::RDS::DBInstance", AutoMinorVersionUpgrade=False)}),
    (MINOR, "COMPLIANT", OF_SOURCE, SOURCE),
    (MINOR, "COMPLIANT", {**ELSEWHERE, "AutoMinorVersionUpgrade": True}, {}),
    (MINOR, "INSUFFICIENT_DATA", ELSEWHERE, {}),
    (MINOR, "NON_COMPLIANT", {**ELSEWHERE, "AutoMinorVersionUpgrade": False}, {}),
    (MINOR, "NOT_APPLICABLE", {"Engine": "custom-oracle-ee", "AutoMinorVersionUpgrade": False}, {}),
    (MINOR, "INSUFFICIENT_DATA", {"DBSnapshotIdentifier": "s"}, {}),
    (MINOR, "NON_COMPLIANT", MEMBER, {"Cluster": other("AWS::RDS::DBCluster", AutoMinorVersionUpgrade=False)}),
    ("rds-enhanced-monitoring-enabled", "COMPLIANT", MEMBER, {"Cluster": CLUSTER}),
    ("rds-enhanced-monitoring-enabled", "NON_COMPLIANT", MEMBER, SILENT),
    ("rds-enhanced-monitoring-enabled", "COMPLIANT", {**MEMBER, "MonitoringInterval": 60}, SILENT),
    ("rds-enhanced-monitoring-enabled", "INSUFFICIENT_DATA", {**MEMBER, "DBClusterIdentifier": "orders"}, {}),
    ("rds-enhanced-monitoring-enabled", "NON_COMPLIANT", {**ELSEWHERE, "MonitoringInterval": 0}, {}),
    ("rds-performance-insights-enabled", "COMPLIANT", MEMBER, {"Cluster": CLUSTER}),
    ("rds-performance-insights-enabled", "NON_COMPLIANT", {**ELSEWHERE, "EnablePerformanceInsights": False}, {}),
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
    # RestoreDBInstanceToPointInTime keeps the source's retention, here the default of one day:
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
    ("db-instance-backup-enabled", "COMPLIANT", {**OF_SOURCE, "UseLatestRestorableTime": True}, SOURCE),
    ("db-instance-backup-enabled", "INSUFFICIENT_DATA", {**ELSEWHERE, "UseLatestRestorableTime": True}, {}),
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
