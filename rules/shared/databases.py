"""What relational databases have in common, alone or as the members of a cluster.

RDS writes one attribute in two ways: see ``PATHS``. A member of an Aurora cluster has its storage, backups, zones and
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
)

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
COPY = "configuration.copyTagsToSnapshot"
INSIGHTS = "configuration.performanceInsightsEnabled"
LOGS = "configuration.enabledCloudwatchLogsExports"
PROTECTION = "configuration.deletionProtection"
PUBLIC = "configuration.publiclyAccessible"
STORAGE = "configuration.storageEncrypted"
DOCUMENTS = ("docdb", "neptune")  # engines of their own, which RDS lists among its clusters


def is_member(database: ConfigurationItem) -> bool:
    """Whether it is an instance of a cluster, which has most of its settings from there."""
    if database.resource_type == CLUSTER:
        return False
    return database.has("configuration.dBClusterIdentifier")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"SEC08-BP02": "whoever gets the disk or a snapshot of it reads the data"},
    managed_rule="RDS_STORAGE_ENCRYPTED",
    effort="L",
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
    return compliant_if(database.flag(STORAGE), otherwise="storage is not encrypted")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"REL09-BP03": "there are too few days to go back to"},
    managed_rule="DB_INSTANCE_BACKUP_ENABLED",
    automation="AWSConfigRemediation-EnableRDSInstanceBackup",
    effort="S",
    fix="Keep automated backups for seven days or more.",
    compliant=[{BACKUPS: 7}, {**OF_CLUSTER, BACKUPS: 35}],
    non_compliant=[{BACKUPS: 6}, {BACKUPS: 0}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def db_instance_backup_enabled(database: ConfigurationItem, *, backup_retention_minimum: int = 7) -> Verdict:
    """Databases are backed up every day, and the backups kept for a week.

    AWS's own rule asks for any backup. The API's default is one day, which is over before a weekend is.
    """
    if is_member(database):
        return NOT_APPLICABLE
    days = database.number(BACKUPS, 1)
    return compliant_if(days >= backup_retention_minimum, otherwise=f"backups are kept for {days} days")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"REL09-BP01": "one call deletes the database"},
    managed_rule="RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
    automation="AWSConfigRemediation-EnableRDSInstanceDeletionProtection",
    effort="S",
    severity="medium",
    fix="Turn on deletion protection.",
    compliant=[{PROTECTION: True}, {**OF_CLUSTER, PROTECTION: True}],
    non_compliant=[{PROTECTION: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def rds_instance_deletion_protection_enabled(database: ConfigurationItem) -> Verdict:
    """Databases cannot be deleted by one call.

    Protection has to be taken away first, which is a second thought.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(PROTECTION), otherwise="deletion protection is off")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "SEC02-BP02": "applications sign in with a password that lasts",
        "SEC08-BP04": "access to the data is not decided by identity",
    },
    managed_rule="RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
    effort="M",
    severity="low",
    fix="Turn on IAM database authentication, and have the application ask for a token.",
    compliant=[
        {"configuration.engine": "postgres", IAM[INSTANCE]: True},
        {**OF_CLUSTER, "configuration.engine": "aurora-mysql", IAM[CLUSTER]: True},
    ],
    non_compliant=[{"configuration.engine": "mysql"}, {**OF_CLUSTER, "configuration.engine": "aurora-postgresql"}],
    not_applicable=[{"configuration.engine": "oracle-ee"}, {**OF_CLUSTER, "configuration.engine": "docdb"}, MEMBER, {}],
)
def rds_instance_iam_authentication_enabled(database: ConfigurationItem) -> Verdict:
    """Databases let IAM's identities sign in.

    A token of fifteen minutes instead of a password. Only engines that can: not Oracle, Db2, SQL Server, DocumentDB.
    """
    engine = database.text("configuration.engine")
    if any_of([is_member(database), none_of(WITH_IAM, engine.startswith)]):
        return NOT_APPLICABLE
    return compliant_if(database.flag(IAM[database.resource_type]), otherwise="IAM authentication is off")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={
        "PERF03-BP03": "nobody sees which statements the database spends its time on",
        "PERF03-BP04": "there is nothing by which to improve a query",
        "PERF05-BP02": "the load of the database is not measured",
    },
    automation="AWSConfigRemediation-EnablePerformanceInsightsOnRDSInstance",
    effort="S",
    severity="medium",
    fix="Turn on Performance Insights; seven days of it are free.",
    compliant=[{INSIGHTS: True}, {**OF_CLUSTER, INSIGHTS: True}],
    non_compliant=[{INSIGHTS: False}, {}],
    not_applicable=[{**OF_CLUSTER, "configuration.engine": "docdb"}, OF_CLUSTER],
)
def rds_performance_insights_enabled(database: ConfigurationItem) -> Verdict:
    """Databases tell what they wait for.

    A cluster that leaves it to its instances is judged by them; DocumentDB and Neptune have other means.
    """
    has = database.has(INSIGHTS)
    if all_of([database.resource_type == CLUSTER, none_of([has])]):
        return NOT_APPLICABLE
    if contains(DOCUMENTS, database.text("configuration.engine")):
        return NOT_APPLICABLE
    return compliant_if(database.flag(INSIGHTS), otherwise="Performance Insights is off")


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
    not_applicable=[MEMBER],
)
def rds_logging_enabled(database: ConfigurationItem) -> Verdict:
    """Databases export their logs.

    AWS's own rule asks for every log that the engine has; which of them are worth their price is a decision, so we ask
    for one.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.has(LOGS), otherwise="no log is exported")


@check(
    INSTANCE,
    CLUSTER,
    best_practices={"COST03-BP02": "snapshots lose the tags that tell whose cost they are"},
    automation="AWSConfigRemediation-EnableCopyTagsToSnapshotOnRDSDBInstance",
    effort="S",
    severity="low",
    fix="Turn on copying of tags to snapshots.",
    compliant=[{COPY: True}, {**OF_CLUSTER, COPY: True}],
    non_compliant=[{COPY: False}, {}, OF_CLUSTER],
    not_applicable=[MEMBER],
)
def copy_tags_to_snapshot_enabled(database: ConfigurationItem) -> Verdict:
    """Snapshots of databases carry the database's tags.

    A snapshot outlives its database, and is paid for by somebody.
    """
    if is_member(database):
        return NOT_APPLICABLE
    return compliant_if(database.flag(COPY), otherwise="tags are not copied")


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
        "SUS04-BP08": "old copies of the data are kept and never looked at",
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
