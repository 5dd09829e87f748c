"""RDS instances: the describe API's camelCase, with a capital where an acronym begins a word."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
    stated,
)
from pillarwatch.lift import TemplateResource, given, inherited, lowered
from pillarwatch.unknown import Unknown
from rules.shared.databases import (
    CUSTOM,
    DOCUMENTS,
    ENGINE,
    ENGINES,
    MEMBER,
    copy_tags_to_snapshot_enabled,
    db_instance_backup_enabled,
    excepted,
    is_custom,
    is_member,
    rds_engine_version_supported,
    rds_instance_deletion_protection_enabled,
    rds_instance_iam_authentication_enabled,
    rds_logging_enabled,
    rds_performance_insights_enabled,
    rds_storage_encrypted,
)
from rules.shared.literals import literal_secrets, template_holds_no_literal_secret
from rules.shared.tags import required_tags, resource_managed_by_iac, resource_owner_tag_present

CLASS = "configuration.dBInstanceClass"
CONNECTIONS = "supplementaryConfiguration.Metrics.DatabaseConnections.Maximum"
CREATED = "configuration.instanceCreateTime"
MINOR = "configuration.autoMinorVersionUpgrade"
MONITORING = "configuration.monitoringInterval"
MULTI_AZ = "configuration.multiAZ"
PUBLIC = "configuration.publiclyAccessible"
STATUS = "configuration.dBInstanceStatus"
SIZE, MOST = "configuration.allocatedStorage", "configuration.maxAllocatedStorage"
VOLUME = "configuration.storageType"

OLD = ("db.m1.", "db.m2.", "db.m3.", "db.m4.", "db.r3.", "db.r4.", "db.t1.", "db.t2.", "db.x1.")
OPEN = ("aurora", "mariadb", "mysql", "postgres")
GRAVITON = ("db.t4g", "db.x2g", *(f"db.{family}{generation}g" for family in "cmrx" for generation in range(6, 10)))


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SEC05-BP01": "the database has a public address instead of a private subnet",
        "SEC08-BP04": "any address can try to connect to the database",
    },
    managed_rule="RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
    automation="AWSConfigRemediation-DisablePublicAccessToRDSInstance",
    effort="S",
    exposed=True,
    fix="Set PubliclyAccessible to false.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def rds_instance_public_access_check(instance: ConfigurationItem) -> Verdict:
    """Databases are not publicly accessible.

    What a template leaves out RDS decides: without a subnet group of one's own an instance is public, unless it is
    Aurora's.
    """
    return compliant_if(none_of([instance.flag(PUBLIC)]), otherwise="PubliclyAccessible is true (expected false)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "REL10-BP01": "the database runs in one Availability Zone",
        "REL11-BP02": "no standby takes over when the instance fails",
    },
    managed_rule="RDS_MULTI_AZ_SUPPORT",
    automation="AWSConfigRemediation-EnableMultiAZOnRDSInstance",
    effort="M",
    fix="Convert the instance to Multi-AZ.",
    compliant=[{MULTI_AZ: True}],
    non_compliant=[{MULTI_AZ: False}, {}],
    not_applicable=[MEMBER],
)
def rds_multi_az_support(instance: ConfigurationItem) -> Verdict:
    """Databases have a standby in another Availability Zone.

    As AWS's own rule reads it, members of a cluster are excepted: the cluster is judged.
    """
    if is_member(instance):
        return NOT_APPLICABLE
    return compliant_if(instance.flag(MULTI_AZ), otherwise="MultiAZ is false (expected true)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the engine stay open",
        "OPS05-BP05": "the engine's patches do not arrive",
        "SUS06-BP03": "the engine is not kept up to date",
    },
    managed_rule="RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
    automation="AWSConfigRemediation-EnableMinorVersionUpgradeOnRDSDBInstance",
    effort="S",
    severity="medium",
    fix="Turn on automatic minor version upgrades.",
    compliant=[{MINOR: True}, {}],
    non_compliant=[{MINOR: False}],
    not_applicable=[{MINOR: False, **CUSTOM}, {MINOR: False, ENGINE: "docdb"}],
)
def rds_automatic_minor_version_upgrade_enabled(instance: ConfigurationItem) -> Verdict:
    """Databases have automatic minor version upgrades enabled.

    In the maintenance window. It is on unless somebody turns it off. RDS Custom demands that, and DocumentDB does not
    look at the setting.
    """
    on = instance.flag(MINOR, default=True)
    without = any_of([is_custom(instance), instance.text(ENGINE) == "docdb"])
    if all_of([none_of([on]), excepted(instance, MINOR, without)]):
        return NOT_APPLICABLE
    return compliant_if(on, otherwise="AutoMinorVersionUpgrade is false (expected true)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "PERF03-BP03": "operating system metrics are not collected",
        "REL06-BP01": "problems of the host are not detected",
    },
    managed_rule="RDS_ENHANCED_MONITORING_ENABLED",
    automation="AWSConfigRemediation-EnableEnhancedMonitoringOnRDSInstance",
    effort="S",
    severity="low",
    fix="Set a monitoring interval of 60 seconds and the role for it.",
    compliant=[{MONITORING: 60}],
    non_compliant=[{MONITORING: 0}, {}],
    not_applicable=[CUSTOM, {ENGINE: "neptune"}],
)
def rds_enhanced_monitoring_enabled(instance: ConfigurationItem) -> Verdict:
    """Databases have Enhanced Monitoring enabled.

    CloudWatch sees the machine from outside; enhanced monitoring from inside. RDS Custom, DocumentDB and Neptune have
    none.
    """
    on = instance.number(MONITORING) > 0
    without = any_of([is_custom(instance), contains(DOCUMENTS, instance.text(ENGINE))])
    if all_of([none_of([on]), excepted(instance, MONITORING, without)]):
        return NOT_APPLICABLE
    return compliant_if(on, otherwise="MonitoringInterval is 0 seconds, which is off (expected 1 to 60)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "PERF03-BP02": "the volume is slower than a newer one of the same price",
        "COST05-BP05": "the dearer volume is kept",
    },
    effort="S",
    severity="low",
    fix="Modify the storage to gp3; the database stays up.",
    compliant=[{VOLUME: "gp3"}, {VOLUME: "io2"}],
    non_compliant=[{VOLUME: "gp2"}, {VOLUME: "standard"}],
    not_applicable=[{VOLUME: "gp2", **MEMBER}, {}],
)
def rds_gp3_storage(instance: ConfigurationItem) -> Verdict:
    """Databases have volumes of the current generation.

    Not gp2, nor magnetic disks. Aurora has storage of its own.
    """
    kind = instance.text(VOLUME)
    if any_of([is_member(instance), kind == ""]):
        return NOT_APPLICABLE
    return compliant_if(
        none_of([contains(("gp2", "standard"), kind)]), otherwise=f"StorageType is {kind} (expected gp3)"
    )


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SUS05-BP02": "the old machine does less with the same energy",
        "PERF03-BP02": "an older class was kept where a newer one does more",
        "COST06-BP02": "the class was not compared with what newer ones cost",
    },
    effort="M",
    fix="Modify the instance to a class of the current generation.",
    compliant=[{CLASS: "db.m5.large"}, {CLASS: "db.r7g.large"}],
    non_compliant=[{CLASS: "db.m4.large"}, {CLASS: "db.t2.micro"}],
    not_applicable=[{}],
)
def rds_instance_current_generation(instance: ConfigurationItem) -> Verdict:
    """Databases run on machines of a current generation.

    Classes that AWS calls previous: m1 to m4, r3, r4, t1, t2, x1.
    """
    name = instance.text(CLASS)
    if name == "":
        return NOT_APPLICABLE
    return compliant_if(none_of(OLD, name.startswith), otherwise=f"DBInstanceClass is {name} (expected a newer one)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SUS05-BP02": "the database does not run on Graviton, which uses less energy",
        "PERF03-BP02": "the processor with the better price-performance is not used",
        "COST05-BP05": "the same database costs less on Graviton",
    },
    effort="M",
    severity="low",
    fix="Modify the instance to a Graviton class such as db.r7g.",
    compliant=[{ENGINE: "postgres", CLASS: "db.m7g.large"}],
    non_compliant=[{ENGINE: "mysql", CLASS: "db.m6i.large"}],
    not_applicable=[{ENGINE: "oracle-ee", CLASS: "db.m6i.large"}, {CLASS: "db.serverless", ENGINE: "aurora-mysql"}, {}],
)
def rds_instance_graviton(instance: ConfigurationItem) -> Verdict:
    """Databases run on Graviton where the engine supports it.

    MySQL, MariaDB, PostgreSQL and Aurora do, without a change of the application.
    """
    name, engine = instance.text(CLASS), instance.text(ENGINE)
    if any_of([none_of(OPEN, engine.startswith), contains(("", "db.serverless"), name)]):
        return NOT_APPLICABLE
    return compliant_if(any_of(GRAVITON, name.startswith), otherwise=f"DBInstanceClass is {name} (expected Graviton)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "REL07-BP01": "the database stops when its storage is full",
        "PERF03-BP02": "storage does not follow the data",
        "SUS04-BP04": "room is provisioned ahead instead of growing",
    },
    effort="S",
    severity="medium",
    fix="Set MaxAllocatedStorage above what is allocated.",
    compliant=[{SIZE: 100, MOST: 101}],
    non_compliant=[{SIZE: 100, MOST: 100}, {SIZE: 100}, {}],
    not_applicable=[{SIZE: 1, **MEMBER}, {SIZE: 100, **CUSTOM}],
)
def rds_storage_autoscaling_enabled(instance: ConfigurationItem) -> Verdict:
    """Databases have storage autoscaling enabled.

    Aurora's always does; RDS Custom's cannot.
    """
    most, size = instance.number(MOST), instance.number(SIZE)
    grows = most > size
    if any_of([is_member(instance), all_of([none_of([grows]), excepted(instance, MOST, is_custom(instance))])]):
        return NOT_APPLICABLE
    return compliant_if(grows, otherwise=f"AllocatedStorage is {size}, MaxAllocatedStorage is {stated(most)}")


@check(
    "AWS::RDS::DBInstance",
    best_practices={"COST05-BP04": "a licence is paid for by the hour and nobody has decided so"},
    effort="L",
    fix="Look at open-source engines, or record the decision in the tag LicensingDecision.",
    compliant=[{"configuration.licenseModel": "license-included", "tags.LicensingDecision": "2026-01 ERP"}],
    non_compliant=[{"configuration.licenseModel": "license-included"}],
    not_applicable=[
        {"configuration.licenseModel": "license-included", ENGINE: "sqlserver-ex"},
        {"configuration.licenseModel": "general-public-license"},
        {},
    ],
)
def rds_license_included_avoided(instance: ConfigurationItem) -> Verdict:
    """Licences in the price of a database are a decision.

    Oracle and SQL Server with a licence cost a multiple of what the machine does. SQL Server's Express and Developer
    editions cost nothing.
    """
    included = instance.text("configuration.licenseModel") == "license-included"
    if any_of([none_of([included]), contains(("sqlserver-dev-ee", "sqlserver-ex"), instance.text(ENGINE))]):
        return NOT_APPLICABLE
    decided = instance.tag("LicensingDecision") != ""
    return compliant_if(decided, otherwise=f"{instance.text(ENGINE, 'a licence')} is paid by the hour")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "COST04-BP03": "it is paid for by the hour, and nobody connects",
        "SUS03-BP02": "a database that nobody uses is running",
    },
    automation="AWS-StopRdsInstance",
    effort="M",
    collector="usage",
    live=True,
    fix="Stop the database, or take a snapshot and delete it.",
    compliant=[{CONNECTIONS: 1, CREATED: "2025-12-01T00:00:00.000Z"}],
    non_compliant=[{CONNECTIONS: 0, CREATED: "2026-01-01T12:00:00.000Z"}, {}],
    not_applicable=[
        {CONNECTIONS: 0, CREATED: "2026-01-01T12:01:00.000Z"},
        {CONNECTIONS: 0, STATUS: "stopped"},
        {CONNECTIONS: 0, **MEMBER},
    ],
)
def rds_instance_idle(instance: ConfigurationItem, *, days: int = 14) -> Verdict:
    """Databases are in use.

    Within two weeks, so a younger one is not judged. Nor is a cluster's member: it may stand by for another one.
    """
    young = instance.days_since(CREATED, default=days) < days
    if any_of([young, is_member(instance), instance.text(STATUS, "available") != "available"]):
        return NOT_APPLICABLE
    return compliant_if(instance.number(CONNECTIONS) > 0, otherwise=f"no connection for {days} days")


NAMES = {
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "iAMDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "performanceInsightsEnabled",
}


PAST = ("RestoreTime", "UseLatestRestorableTime")  # of which a copy is made that stands by itself
SOURCES = (
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
)


# What CreateDBInstanceReadReplica and the restores take over where a template leaves it out. The rest has the defaults
# of a new instance: no tags on snapshots, no monitoring, no IAM authentication, no protection.
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
OF_SOURCE = (
    "allocatedStorage",
    "autoMinorVersionUpgrade",
    "backupRetentionPeriod",
    "dBInstanceClass",
    "engine",
    "licenseModel",
    "storageEncrypted",
)
# What a cluster may state for its instances, with the cluster's name of it.
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
OF_CLUSTER = {
    "AutoMinorVersionUpgrade": "autoMinorVersionUpgrade",
    "MonitoringInterval": "monitoringInterval",
    "PerformanceInsightsEnabled": "performanceInsightsEnabled",
}
CLUSTERS = ("AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster")


def lift(instance: TemplateResource) -> dict[str, Any]:
    """An instance. What it takes over from a snapshot, or a source that the template does not have, is not known."""
    properties = instance.properties
    source = given(properties, *SOURCES)
    leader = given(properties, "SourceDBInstanceIdentifier") if properties.keys().isdisjoint(PAST) else None
    whole = lowered(properties, NAMES)
    if instance.resource_type in ENGINES:
        whole["engine"] = ENGINES[instance.resource_type]
    if _is_auroras(properties) is True:
        whole.setdefault("dBClusterIdentifier", Unknown("an instance of Aurora belongs to a cluster", present=True))
    if leader is not None:
        whole["readReplicaSourceDBInstanceIdentifier"] = leader
        whole.setdefault("backupRetentionPeriod", 0)
    whole.setdefault("storageType", "io1" if "Iops" in properties else "gp3")
    whole["publiclyAccessible"] = _public(instance, follows=leader is not None)
    taken_over = _of_source(instance)
    elsewhere = None if taken_over else source
    for key in OF_SOURCE:
        whole[key] = inherited(whole.get(key, taken_over.get(key)), elsewhere, "it is taken over from another database")
    whole |= {key: value for key, value in _of_cluster(instance).items() if whole.get(key) is None}
    return {
        "configuration": {key: value for key, value in whole.items() if value is not None},
        "supplementaryConfiguration": {"PlaintextSecrets": literal_secrets(properties, "MasterUserPassword")},
    }


def _is_auroras(properties: dict[str, Any]) -> bool:
    engine = properties.get("Engine")
    auroras = isinstance(engine, str | Unknown) and engine.startswith("aurora")
    return any_of(["DBClusterIdentifier" in properties, auroras])


def _public(instance: TemplateResource, *, follows: bool) -> Any:
    """Whether it has a public address, by what RDS does where nothing is said: CreateDBInstance tells."""
    properties = instance.properties
    if "PubliclyAccessible" in properties:
        return properties["PubliclyAccessible"]
    group = properties.get("DBSubnetGroupName")
    if group is None:
        return Unknown("it is where its source is") if follows else none_of([_is_auroras(properties)])
    return False if instance.names("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName") else group == "default"


def _of_source(instance: TemplateResource) -> dict[str, Any]:
    """What it takes over from the template's instance that it is a copy of, unless that is a copy too."""
    found = instance.names("AWS::RDS::DBInstance", "SourceDBInstanceIdentifier")
    originals = [each.properties for each in found if given(each.properties, *SOURCES) is None]
    created = {"StorageEncrypted": False, "AutoMinorVersionUpgrade": True}
    return lowered({**created, **originals[0]}) if len(originals) == len(found) == 1 else {}


def _of_cluster(instance: TemplateResource) -> dict[str, Any]:
    """What the cluster of a member states for its instances; unknown where the template does not have the cluster."""
    properties = instance.properties
    if "DBClusterIdentifier" not in properties and _is_auroras(properties) is not True:
        return {}
    found = [cluster for kind in CLUSTERS for cluster in instance.names(kind, "DBClusterIdentifier")]
    if len(found) != 1:
        return dict.fromkeys(OF_CLUSTER.values(), Unknown("its cluster is not in this template"))
    return {key: found[0].properties[name] for name, key in OF_CLUSTER.items() if name in found[0].properties}
