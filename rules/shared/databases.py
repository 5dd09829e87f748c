"""What relational databases have in common, alone or as the members of a cluster.

RDS writes one attribute in two ways: see ``IAM``. A member of an Aurora cluster has its storage, backups, zones and
protection from the cluster, which is judged instead.
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
from rules.shared.support_calendar import RDS, in_standard_support

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
MEMBER = {"configuration.dBClusterIdentifier": "orders"}  # an example of a cluster's member
OF_CLUSTER = {"resourceType": CLUSTER}

IAM = {
    INSTANCE: "configuration.iAMDatabaseAuthenticationEnabled",
    CLUSTER: "configuration.iamdatabaseAuthenticationEnabled",
}
WITH_IAM = ("aurora", "mariadb", "mysql", "neptune", "postgres")  # engines that know IAM's identities
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
DOCUMENTS = ("docdb", "neptune")  # engines of their own, which RDS lists among its clusters
ENGINES = {
    f"AWS::{name}::{kind}": name.lower() for name in ("DocDB", "Neptune") for kind in ("DBCluster", "DBInstance")
}


def is_member(database: ConfigurationItem) -> bool:
    """Whether it is an instance of a cluster, which has most of its settings from there."""
    if database.resource_type == CLUSTER:
        return False
    return database.has("configuration.dBClusterIdentifier")


def is_replica(database: ConfigurationItem) -> bool:
    """Whether it is an instance that follows another one."""
    if database.resource_type == CLUSTER:
        return False
    return database.has(REPLICA)


def is_custom(database: ConfigurationItem) -> bool:
    """Whether it is of RDS Custom, where the customer runs the machine and many settings do not apply."""
    return database.text(ENGINE).startswith("custom-")


def excepted(database: ConfigurationItem, stated: str, exception: bool) -> bool:
    """Whether an exception of some engines applies.

    An engine that is unknown, as that of a replica whose source is elsewhere, does not hide a setting that is stated.
    """
    return surely(exception) if database.has(stated) else exception


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"SEC08-BP02": "data on the disk and its snapshots is readable"},
    managed_rule="RDS_STORAGE_ENCRYPTED",
    effort="L",
    severity="medium",
    fix="Copy a snapshot with encryption, and restore the database from the copy.",
    compliant=[{STORAGE: True}, {**OF_CLUSTER, STORAGE: True}],
    non_compliant=[{STORAGE: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def rds_storage_encrypted(database: ConfigurationItem) -> Verdict:
    """Databases encrypt their storage.

    It is decided when the database is made, and cannot be turned on later.
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
    fix="Turn on automated backups, with a retention long enough to notice an error.",
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
    """Databases have automated backups; clusters keep them for 7 days.

    As AWS's own rules read it: an instance has any backup unless a minimum is set, a cluster, which always has some,
    seven days (RDS_CLUSTER_BACKUP_RETENTION_CHECK). The API's default is one day. RDS makes a read replica without
    backups; its source has them.
    """
    if is_member(database):
        return NOT_APPLICABLE
    alone = database.resource_type == INSTANCE
    days = database.number(BACKUPS, 1)
    kept = days >= (backup_retention_minimum if alone else minimum_backup_retention_period)
    if all_of([is_replica(database), none_of([check_read_replicas, kept])]):
        return NOT_APPLICABLE
    return compliant_if(kept, otherwise=f"BackupRetentionPeriod is {days} days")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "REL09-BP02": "one call deletes the automated backups with the database",
        "OPS06-BP01": "one call deletes the database",
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
    """Databases have deletion protection.

    With deletion protection, a delete request fails until the protection is turned off.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(PROTECTION), otherwise="DeletionProtection is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC02-BP02": "applications sign in with a long-term password",
        "SEC08-BP04": "access to the data is not controlled by IAM identities",
    },
    managed_rule="RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
    effort="M",
    severity="low",
    fix="Turn on IAM database authentication, and have the application ask for a token.",
    compliant=[
        {ENGINE: "postgres", IAM[INSTANCE]: True},
        {**OF_CLUSTER, ENGINE: "aurora-mysql", IAM[CLUSTER]: True},
    ],
    non_compliant=[{ENGINE: "mysql"}, {**OF_CLUSTER, ENGINE: "aurora-postgresql"}],
    not_applicable=[{ENGINE: "oracle-ee"}, {**OF_CLUSTER, ENGINE: "docdb"}, MEMBER, {}],
)
def rds_instance_iam_authentication_enabled(database: ConfigurationItem) -> Verdict:
    """Databases have IAM authentication enabled.

    A token of fifteen minutes instead of a password. Only engines that can: not Oracle, Db2, SQL Server, DocumentDB.
    """
    engine = database.text(ENGINE)
    if any_of([is_member(database), none_of(WITH_IAM, engine.startswith)]):
        return NOT_APPLICABLE
    return compliant_if(
        database.flag(IAM[database.resource_type]), otherwise="EnableIAMDatabaseAuthentication is not true"
    )


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "PERF03-BP03": "the load by statement is not collected",
        "PERF03-BP04": "there is no data to optimize queries with",
        "PERF05-BP02": "the load of the database is not measured",
        "SUS03-BP03": "the statements with the highest load are not identified",
    },
    automation="AWSConfigRemediation-EnablePerformanceInsightsOnRDSInstance",
    effort="S",
    severity="medium",
    fix="Turn on Performance Insights, which Database Insights builds on; seven days of it are free.",
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
    """Databases have Performance Insights enabled.

    A cluster that leaves it to its instances is judged by them, and Aurora's may always. RDS Custom and Neptune have no
    Performance Insights; DocumentDB is left out.
    """
    on, engine = database.flag(INSIGHTS), database.text(ENGINE)
    left = any_of([none_of([database.has(INSIGHTS)]), engine.startswith("aurora")])
    left_to_instances = all_of([database.resource_type == CLUSTER, left])
    without = any_of([left_to_instances, contains(DOCUMENTS, engine), is_custom(database)])
    if all_of([none_of([on]), excepted(database, INSIGHTS, without)]):
        return NOT_APPLICABLE
    return compliant_if(on, otherwise="EnablePerformanceInsights is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC04-BP01": "what happens inside the database is not kept where it can be searched",
        "PERF03-BP03": "slow statements are in logs that nobody can read",
    },
    managed_rule="RDS_LOGGING_ENABLED",
    effort="S",
    severity="medium",
    fix="Export the engine's logs to CloudWatch Logs.",
    compliant=[{LOGS: ["postgresql"]}, {**OF_CLUSTER, LOGS: ["audit"]}],
    non_compliant=[{LOGS: []}, {}, OF_CLUSTER],
    not_applicable=[MEMBER, CUSTOM],
)
def rds_logging_enabled(database: ConfigurationItem) -> Verdict:
    """Databases export their logs.

    AWS's own rule asks for every log that the engine has; which of them are worth their price is a decision, so we ask
    for one. RDS Custom exports none.
    """
    exported = database.has(LOGS)
    if any_of([is_member(database), all_of([none_of([exported]), is_custom(database)])]):
        return NOT_APPLICABLE
    return compliant_if(exported, otherwise="EnableCloudwatchLogsExports is empty")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"COST03-BP02": "the cost of snapshots cannot be allocated"},
    automation="AWSConfigRemediation-EnableCopyTagsToSnapshotOnRDSDBInstance",
    effort="S",
    severity="low",
    fix="Turn on copying of tags to snapshots.",
    compliant=[{COPY: True}, {**OF_CLUSTER, COPY: True}],
    non_compliant=[{COPY: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def copy_tags_to_snapshot_enabled(database: ConfigurationItem) -> Verdict:
    """Databases copy their tags to snapshots.

    A snapshot outlives its database, and is paid for by somebody.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(COPY), otherwise="CopyTagsToSnapshot is false (expected true)")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "the engine gets no patches, or paid ones of extended support only",
        "OPS05-BP05": "the major version was not upgraded in time",
        "COST06-BP01": "extended support is billed by the vCPU hour",
    },
    effort="L",
    severity="medium",
    fix="Upgrade the engine to a major version in standard support, after a test on a copy.",
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
    """Databases run a major version of their engine in standard support.

    MySQL, MariaDB, PostgreSQL and Aurora, by the dates that AWS publishes. RDS moves others to extended support, which
    costs extra. A version ages without a change: judge on schedule too.
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
        "SEC08-BP04": "everybody may restore a copy of the database",
        "SEC03-BP07": "the snapshot is shared with the public",
        "REL09-BP02": "the backup is not protected",
    },
    managed_rule="RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
    automation="AWSSupport-ModifyRDSSnapshotPermission",
    effort="S",
    severity="critical",
    live=True,
    exposed=True,
    fix="Remove `all` from the accounts that may restore the snapshot.",
    compliant=[
        {SHARED: [{"attributeName": "restore", "attributeValues": ["123456789012"]}]},
        {"resourceType": "AWS::RDS::DBClusterSnapshot"},
        {},
    ],
    non_compliant=[{SHARED: [{"attributeName": "restore", "attributeValues": ["all"]}]}],
)
def rds_snapshots_public_prohibited(snapshot: ConfigurationItem) -> Verdict:
    """Snapshots of databases are not public.

    A public snapshot is a copy of the data for whoever asks.
    """
    return compliant_if_none(
        snapshot.objects(SNAPSHOT_ATTRIBUTES[snapshot.resource_type]),
        lambda attribute: all_of(
            [attribute.text("attributeName") == "restore", contains(attribute.texts("attributeValues"), "all")]
        ),
        "public by attribute",
        named="attributeName",
    )


@check(
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
    best_practices={
        "COST04-BP05": "no rule ends the life of snapshots made by hand",
        "SUS04-BP05": "old copies of the data are kept and never looked at",
    },
    automation="AWSConfigRemediation-DeleteRDSInstanceSnapshot",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the snapshot, or tag it with RetentionException and the reason.",
    compliant=[
        {KIND: "manual", CREATED: "2025-07-19T12:00:00Z"},
        {KIND: "manual", CREATED: "2020-01-01T00:00:00Z", "tags.RetentionException": "audit"},
    ],
    non_compliant=[{KIND: "manual", CREATED: "2025-07-19T11:59:00Z"}],
    not_applicable=[{KIND: "automated"}, {}],
)
def rds_manual_snapshot_age_within_limit(snapshot: ConfigurationItem, *, most_days: int = 180) -> Verdict:
    """Snapshots made by hand do not outlive their purpose.

    Nothing deletes them, not even the deletion of the database. Age passes without a change: also judge on schedule.
    """
    if snapshot.text(KIND) != "manual":
        return NOT_APPLICABLE
    age = snapshot.days_since(CREATED, default=0)
    right = any_of([age <= most_days, snapshot.tag("RetentionException") != ""])
    return compliant_if(right, otherwise=f"{age:.0f} days old")
