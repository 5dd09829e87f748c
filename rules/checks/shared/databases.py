"""Checks of RDS DB instances, DB clusters and their snapshots.

RDS spells one attribute in two ways: see ``IAM``. A DB instance of a cluster takes its storage, backups, Availability
Zones and protection from the cluster, so these checks judge the cluster only.
"""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
    surely,
)
from rules.checks.shared.support_calendar import RDS, in_standard_support

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
MEMBER = {"configuration.dBClusterIdentifier": "orders"}  # an example of a DB instance of a cluster
OF_CLUSTER = {"resourceType": CLUSTER}

IAM = {
    INSTANCE: "configuration.iAMDatabaseAuthenticationEnabled",
    CLUSTER: "configuration.iamdatabaseAuthenticationEnabled",
}
WITH_IAM = ("aurora", "mariadb", "mysql", "neptune", "postgres")  # engines that support IAM authentication
BACKUPS = "configuration.backupRetentionPeriod"
REPLICA = "configuration.readReplicaSourceDBInstanceIdentifier"
COPY = "configuration.copyTagsToSnapshot"
INSIGHTS = "configuration.performanceInsightsEnabled"
LOGS = "configuration.enabledCloudwatchLogsExports"
PROTECTION = "configuration.deletionProtection"
STORAGE = "configuration.storageEncrypted"
ENGINE = "configuration.engine"
VERSION = "configuration.engineVersion"
CUSTOM = {ENGINE: "custom-oracle-ee"}  # an example of RDS Custom
DOCUMENTS = ("docdb", "neptune")  # engines of other services, which the API of RDS lists among its clusters
ENGINES = {
    f"AWS::{name}::{kind}": name.lower() for name in ("DocDB", "Neptune") for kind in ("DBCluster", "DBInstance")
}


def is_member(database: ConfigurationItem) -> bool:
    """Whether it is a DB instance of a cluster."""
    if database.resource_type == CLUSTER:
        return False
    return database.has("configuration.dBClusterIdentifier")


def is_replica(database: ConfigurationItem) -> bool:
    """Whether it is a read replica of a DB instance."""
    if database.resource_type == CLUSTER:
        return False
    return database.has(REPLICA)


def is_custom(database: ConfigurationItem) -> bool:
    """Whether it is a DB instance of RDS Custom, to which many settings do not apply."""
    return database.text(ENGINE).startswith("custom-")


def excepted(database: ConfigurationItem, stated: str, exception: bool) -> bool:
    """Whether an exception for some engines applies.

    An unknown engine (a read replica of a source outside the template) is no exception where the property is stated.
    """
    return surely(exception) if database.has(stated) else exception


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"SEC08-BP02": "the storage and the snapshots of the database are unencrypted"},
    managed_rule="RDS_STORAGE_ENCRYPTED",
    effort="L",
    severity="medium",
    fix="Create an encrypted copy of a snapshot, and restore the database from it. The restored database is a new one.",
    compliant=[{STORAGE: True}, {**OF_CLUSTER, STORAGE: True}],
    non_compliant=[{STORAGE: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def rds_storage_encrypted(database: ConfigurationItem) -> Verdict:
    """RDS databases have storage encryption enabled.

    Without encryption, anybody with access to the storage or a snapshot can read the data. Encryption cannot be enabled
    on an existing database.
    """
    if all_of([is_member(database), none_of([database.has(STORAGE)])]):
        return NOT_APPLICABLE
    return compliant_if(database.flag(STORAGE), otherwise="StorageEncrypted is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"REL09-BP03": "automated backups are off or kept for too few days"},
    managed_rule="DB_INSTANCE_BACKUP_ENABLED",
    automation="AWSConfigRemediation-EnableRDSInstanceBackup",
    effort="S",
    fix="Set BackupRetentionPeriod to 7 or more. Enabling backups on a DB instance causes an outage.",
    compliant=[{BACKUPS: 1}, {}, {**OF_CLUSTER, BACKUPS: 7}],
    non_compliant=[
        {BACKUPS: 0},
        {**OF_CLUSTER, BACKUPS: 6},
        OF_CLUSTER,
        {BACKUPS: 6, "parameters.backup_retention_minimum": 7},
        {REPLICA: "orders", BACKUPS: 0, "parameters.check_read_replicas": True},
    ],
    not_applicable=[MEMBER, {REPLICA: "orders", BACKUPS: 0}],
)
def db_instance_backup_enabled(
    database: ConfigurationItem,
    *,
    backup_retention_minimum: int = 1,
    minimum_backup_retention_period: int = 7,
    check_read_replicas: bool = False,
) -> Verdict:
    """RDS databases have automated backups (of 7 days or more for DB clusters).

    Without an automated backup, lost or corrupted data cannot be restored to a point in time. A DB instance needs a
    retention of at least 1 day, which is AWS's default. A DB cluster needs at least 7 days. The AWS managed rules use
    the same limits. The two parameters change them: `backup_retention_minimum` for DB instances,
    `minimum_backup_retention_period` for DB clusters. Read replicas are not judged unless `check_read_replicas` is set.
    """
    if is_member(database):
        return NOT_APPLICABLE
    is_instance, days = database.resource_type == INSTANCE, database.number(BACKUPS, 1)
    least = backup_retention_minimum if is_instance else minimum_backup_retention_period
    kept = days >= least
    if all_of([is_replica(database), none_of([check_read_replicas, kept])]):
        return NOT_APPLICABLE
    return compliant_if(kept, otherwise=f"BackupRetentionPeriod is {days} days (expected {least} or more)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "REL09-BP02": "one API call can delete the database and its automated backups",
        "OPS06-BP01": "one API call can delete the database",
    },
    managed_rule="RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
    automation="AWSConfigRemediation-EnableRDSInstanceDeletionProtection",
    effort="S",
    severity="medium",
    fix="Set DeletionProtection to true.",
    compliant=[{PROTECTION: True}, {**OF_CLUSTER, PROTECTION: True}],
    non_compliant=[{PROTECTION: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def rds_instance_deletion_protection_enabled(database: ConfigurationItem) -> Verdict:
    """RDS databases have deletion protection enabled.

    Without deletion protection, one mistaken request deletes the database and its automated backups.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(PROTECTION), otherwise="DeletionProtection is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC02-BP02": "applications sign in to the database with a long-term password",
        "SEC08-BP04": "IAM policies do not control access to the database",
    },
    managed_rule="RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
    effort="M",
    severity="low",
    fix="Set EnableIAMDatabaseAuthentication to true, and let the application request a token for each connection.",
    compliant=[
        {ENGINE: "postgres", IAM[INSTANCE]: True},
        {**OF_CLUSTER, ENGINE: "aurora-mysql", IAM[CLUSTER]: True},
    ],
    non_compliant=[{ENGINE: "mysql"}, {**OF_CLUSTER, ENGINE: "aurora-postgresql"}],
    not_applicable=[{ENGINE: "oracle-ee"}, {**OF_CLUSTER, ENGINE: "docdb"}, MEMBER, {}],
)
def rds_instance_iam_authentication_enabled(database: ConfigurationItem) -> Verdict:
    """RDS databases have IAM database authentication enabled.

    Without IAM authentication, applications sign in with a password, which stays valid until it is changed. An IAM
    token is valid for 15 minutes. Applies to MySQL, MariaDB, PostgreSQL, Aurora and Neptune.
    """
    engine = database.text(ENGINE)
    if any_of([is_member(database), none_of(WITH_IAM, engine.startswith)]):
        return NOT_APPLICABLE
    return compliant_if(
        database.flag(IAM[database.resource_type]), "EnableIAMDatabaseAuthentication is false (expected true)"
    )


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "PERF03-BP03": "the load of each SQL statement is not recorded",
        "PERF03-BP04": "no data shows which queries to optimize",
        "PERF05-BP02": "the load of the database is not measured",
        "SUS03-BP03": "the SQL statements with the highest load are not identified",
    },
    automation="AWSConfigRemediation-EnablePerformanceInsightsOnRDSInstance",
    effort="S",
    severity="medium",
    fix="Set EnablePerformanceInsights to true. A retention of 7 days is free of charge.",
    compliant=[{INSIGHTS: True}, {**OF_CLUSTER, INSIGHTS: True}],
    non_compliant=[{INSIGHTS: False}, {}],
    not_applicable=[
        {**OF_CLUSTER, ENGINE: "docdb"},
        {**OF_CLUSTER, ENGINE: "aurora-mysql", INSIGHTS: False},
        OF_CLUSTER,
        CUSTOM,
    ],
)
def rds_performance_insights_enabled(database: ConfigurationItem) -> Verdict:
    """RDS databases have Performance Insights enabled.

    Without Performance Insights, the SQL statements that cause the load of a database are unknown. Aurora clusters, and
    other clusters without the property, are judged by their instances. RDS Custom, DocumentDB and Neptune are not
    judged.
    """
    enabled, engine = database.flag(INSIGHTS), database.text(ENGINE)
    set_by_instances = any_of([none_of([database.has(INSIGHTS)]), engine.startswith("aurora")])
    judged_by_instances = all_of([database.resource_type == CLUSTER, set_by_instances])
    exception = any_of([judged_by_instances, contains(DOCUMENTS, engine), is_custom(database)])
    if all_of([none_of([enabled]), excepted(database, INSIGHTS, exception)]):
        return NOT_APPLICABLE
    return compliant_if(enabled, otherwise="EnablePerformanceInsights is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC04-BP01": "the logs of the database engine are not kept in CloudWatch Logs",
        "PERF03-BP03": "slow query logs are not available in CloudWatch Logs",
    },
    managed_rule="RDS_LOGGING_ENABLED",
    effort="S",
    severity="medium",
    fix="Set EnableCloudwatchLogsExports to the log types of the engine. CloudWatch Logs bills the ingested data.",
    compliant=[{LOGS: ["postgresql"]}, {**OF_CLUSTER, LOGS: ["audit"]}],
    non_compliant=[{LOGS: []}, {}, OF_CLUSTER],
    not_applicable=[MEMBER, CUSTOM],
)
def rds_logging_enabled(database: ConfigurationItem) -> Verdict:
    """RDS databases export logs to CloudWatch Logs.

    Logs that are not exported are deleted from the database after some days, and cannot be searched together. The AWS
    managed rule requires all log types of the engine. This check requires one log type. RDS Custom is not judged.
    """
    exported = database.has(LOGS)
    if any_of([is_member(database), all_of([none_of([exported]), is_custom(database)])]):
        return NOT_APPLICABLE
    return compliant_if(exported, otherwise="EnableCloudwatchLogsExports is empty (expected one log type or more)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"COST03-BP02": "the cost of snapshots cannot be allocated to a workload"},
    automation="AWSConfigRemediation-EnableCopyTagsToSnapshotOnRDSDBInstance",
    effort="S",
    severity="low",
    fix="Set CopyTagsToSnapshot to true.",
    compliant=[{COPY: True}, {**OF_CLUSTER, COPY: True}],
    non_compliant=[{COPY: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def copy_tags_to_snapshot_enabled(database: ConfigurationItem) -> Verdict:
    """RDS databases copy their tags to snapshots.

    Without tags, the cost of a snapshot cannot be allocated to a project. A manual snapshot is billed even after its
    database is deleted.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(COPY), otherwise="CopyTagsToSnapshot is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "the engine version receives no patches without paid extended support",
        "OPS05-BP05": "the major version was not upgraded before its support ended",
        "COST06-BP01": "extended support is billed for each vCPU and hour",
    },
    effort="L",
    severity="medium",
    fix="Set EngineVersion to a major version in standard support. Test the upgrade on a restored copy first.",
    compliant=[
        {ENGINE: "postgres", VERSION: "16.4"},
        {**OF_CLUSTER, ENGINE: "aurora-mysql", VERSION: "8.0.mysql_aurora.3.08.0"},
        {ENGINE: "mysql", VERSION: "8.0.40", "judged_at": "2026-07-31T12:00:00Z"},
        {ENGINE: "postgres", VERSION: "19.1"},
    ],
    non_compliant=[
        {ENGINE: "mysql", VERSION: "8.0.40", "judged_at": "2026-08-01T12:00:00Z"},
        {ENGINE: "postgres", VERSION: "12"},
        {**OF_CLUSTER, ENGINE: "aurora-mysql", VERSION: "5.7.mysql_aurora.2.11.2"},
    ],
    not_applicable=[{ENGINE: "oracle-ee", VERSION: "19"}, {ENGINE: "postgres"}, {**MEMBER, VERSION: "12.1"}, {}],
)
def rds_engine_version_supported(database: ConfigurationItem) -> Verdict:
    """RDS databases run an engine version in standard support.

    A major version without standard support is upgraded by AWS or moved to extended support, which costs extra. The end
    dates are those that AWS publishes. Applies to MySQL, MariaDB, PostgreSQL and Aurora.
    """
    engine, version = database.text(ENGINE), database.text(VERSION)
    if any_of([is_member(database), version == "", none_of(RDS, lambda known: engine == known)]):
        return NOT_APPLICABLE
    return in_standard_support(database, RDS[engine], version)


SNAPSHOT_ATTRIBUTES = {
    "AWS::RDS::DBSnapshot": "supplementaryConfiguration.DBSnapshotAttributes",
    "AWS::RDS::DBClusterSnapshot": "supplementaryConfiguration.DBClusterSnapshotAttributes",
}
SHARED = SNAPSHOT_ATTRIBUTES["AWS::RDS::DBSnapshot"]
CREATED = "configuration.snapshotCreateTime"
KIND = "configuration.snapshotType"


@check(
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
    best_practices={
        "SEC08-BP04": "any AWS account can restore a copy of the database",
        "SEC03-BP07": "the snapshot is public",
        "REL09-BP02": "any AWS account can copy the backup",
    },
    managed_rule="RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
    automation="AWSSupport-ModifyRDSSnapshotPermission",
    effort="S",
    severity="critical",
    live=True,
    exposed=True,
    fix="In the snapshot's attribute `restore`, remove the value `all`.",
    compliant=[
        {SHARED: [{"attributeName": "restore", "attributeValues": ["123456789012"]}]},
        {"resourceType": "AWS::RDS::DBClusterSnapshot"},
        {},
    ],
    non_compliant=[{SHARED: [{"attributeName": "restore", "attributeValues": ["all"]}]}],
)
def rds_snapshots_public_prohibited(snapshot: ConfigurationItem) -> Verdict:
    """RDS snapshots are not public.

    Any AWS account can restore a database from a public snapshot and read all its data.
    """
    return compliant_if_none(
        snapshot.objects(SNAPSHOT_ATTRIBUTES[snapshot.resource_type]),
        lambda attribute: all_of(
            [attribute.text("attributeName") == "restore", contains(attribute.texts("attributeValues"), "all")]
        ),
        "the attribute has the value all (expected account ids)",
        named="attributeName",
    )


@check(
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
    best_practices={
        "COST04-BP05": "old manual snapshots are not deleted",
        "SUS04-BP05": "old copies of the data are stored without a use",
    },
    automation="AWSConfigRemediation-DeleteRDSInstanceSnapshot",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the snapshot, or add the tag RetentionException with the reason. A deletion cannot be undone.",
    compliant=[
        {KIND: "manual", CREATED: "2025-07-19T12:00:00Z"},
        {KIND: "manual", CREATED: "2020-01-01T00:00:00Z", "tags.RetentionException": "audit"},
    ],
    non_compliant=[{KIND: "manual", CREATED: "2025-07-19T11:59:00Z"}],
    not_applicable=[{KIND: "automated"}, {}],
)
def rds_manual_snapshot_age_within_limit(snapshot: ConfigurationItem, *, most_days: int = 180) -> Verdict:
    """RDS manual snapshots are not older than 180 days.

    RDS never deletes manual snapshots, not even with the database, so their storage is billed until someone deletes
    them. A snapshot with the tag RetentionException is compliant.
    """
    if snapshot.text(KIND) != "manual":
        return NOT_APPLICABLE
    age = snapshot.days_since(CREATED, default=0)
    kept_on_purpose = snapshot.tag("RetentionException") != ""
    otherwise = f"the snapshot is {age:.0f} days old (expected {most_days} or less)"
    return compliant_if(any_of([age <= most_days, kept_on_purpose]), otherwise)
