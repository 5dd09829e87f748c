"""RDS instances: the shape of the describe API, in camelCase (DBInstanceClass becomes dBInstanceClass)."""

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
from pillarwatch.template_resource import TemplateResource, given, inherited, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.databases import (
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
from rules.checks.shared.literals import literal_secrets, template_holds_no_literal_secret
from rules.checks.shared.tags import required_tags, resource_managed_by_iac, resource_owner_tag_present

CLASS = "configuration.dBInstanceClass"
CONNECTIONS = "supplementaryConfiguration.Metrics.DatabaseConnections.Maximum"
CREATED = "configuration.instanceCreateTime"
MINOR = "configuration.autoMinorVersionUpgrade"
MONITORING = "configuration.monitoringInterval"
MULTI_AZ = "configuration.multiAZ"
PUBLIC = "configuration.publiclyAccessible"
STATUS = "configuration.dBInstanceStatus"
ALLOCATED, MAX_ALLOCATED = "configuration.allocatedStorage", "configuration.maxAllocatedStorage"
STORAGE_TYPE = "configuration.storageType"

PREVIOUS = ("db.m1.", "db.m2.", "db.m3.", "db.m4.", "db.r3.", "db.r4.", "db.t1.", "db.t2.", "db.x1.")
GRAVITON_ENGINES = ("aurora", "mariadb", "mysql", "postgres")
GRAVITON_CLASSES = (
    "db.t4g",
    "db.x2g",
    *(f"db.{family}{generation}g" for family in "cmrx" for generation in range(6, 10)),
)


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SEC05-BP01": "the database has a public IP address instead of a private subnet",
        "SEC08-BP04": "any address on the internet can try to connect to the database",
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
    """RDS instances are not publicly accessible.

    Any address on the internet can try to connect to a publicly accessible database. By default, an instance without a
    DB subnet group is public, except for Aurora.
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
    fix="Set MultiAZ to true. A standby doubles the cost of the instance.",
    compliant=[{MULTI_AZ: True}],
    non_compliant=[{MULTI_AZ: False}, {}],
    not_applicable=[MEMBER],
)
def rds_multi_az_support(instance: ConfigurationItem) -> Verdict:
    """RDS instances have a standby in another Availability Zone.

    Without a standby, the database stops when its Availability Zone fails. Instances of a cluster are not judged.
    """
    if is_member(instance):
        return NOT_APPLICABLE
    return compliant_if(instance.flag(MULTI_AZ), otherwise="MultiAZ is false (expected true)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the engine are not patched",
        "OPS05-BP05": "engine patches are not applied automatically",
        "SUS06-BP03": "the engine is not kept up to date",
    },
    managed_rule="RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
    automation="AWSConfigRemediation-EnableMinorVersionUpgradeOnRDSDBInstance",
    effort="S",
    severity="medium",
    fix="Set AutoMinorVersionUpgrade to true. RDS applies upgrades in the maintenance window.",
    compliant=[{MINOR: True}, {}],
    non_compliant=[{MINOR: False}],
    not_applicable=[{MINOR: False, **CUSTOM}, {MINOR: False, ENGINE: "docdb"}],
)
def rds_automatic_minor_version_upgrade_enabled(instance: ConfigurationItem) -> Verdict:
    """RDS instances have automatic minor version upgrades enabled.

    Without automatic upgrades, security patches of the engine wait until an engineer installs them. The default is on.
    RDS Custom and DocumentDB do not support the setting and are not judged.
    """
    enabled = instance.flag(MINOR, default=True)
    unsupported = any_of([is_custom(instance), instance.text(ENGINE) == "docdb"])
    if all_of([none_of([enabled]), excepted(instance, MINOR, unsupported)]):
        return NOT_APPLICABLE
    return compliant_if(enabled, otherwise="AutoMinorVersionUpgrade is false (expected true)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "PERF03-BP03": "operating system metrics are not collected",
        "REL06-BP01": "problems of the operating system are not detected",
    },
    managed_rule="RDS_ENHANCED_MONITORING_ENABLED",
    automation="AWSConfigRemediation-EnableEnhancedMonitoringOnRDSInstance",
    effort="S",
    severity="low",
    fix="Set MonitoringInterval to 60, and MonitoringRoleArn to a role. Its logs in CloudWatch Logs are charged.",
    compliant=[{MONITORING: 60}],
    non_compliant=[{MONITORING: 0}, {}],
    not_applicable=[CUSTOM, {ENGINE: "neptune"}],
)
def rds_enhanced_monitoring_enabled(instance: ConfigurationItem) -> Verdict:
    """RDS instances have Enhanced Monitoring enabled.

    Without Enhanced Monitoring, operating system metrics, such as the memory of each process, are missing. RDS Custom,
    DocumentDB and Neptune do not support it and are not judged.
    """
    enabled = instance.number(MONITORING) > 0
    unsupported = any_of([is_custom(instance), contains(DOCUMENTS, instance.text(ENGINE))])
    if all_of([none_of([enabled]), excepted(instance, MONITORING, unsupported)]):
        return NOT_APPLICABLE
    return compliant_if(enabled, otherwise="MonitoringInterval is 0 seconds, which is off (expected 1 to 60)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "PERF03-BP02": "the storage is slower than current storage of a similar price",
        "COST05-BP05": "more expensive storage is in use",
    },
    effort="S",
    severity="low",
    fix="Set StorageType to gp3. The change from gp2 causes no outage.",
    compliant=[{STORAGE_TYPE: "gp3"}, {STORAGE_TYPE: "io2"}],
    non_compliant=[{STORAGE_TYPE: "gp2"}, {STORAGE_TYPE: "standard"}],
    not_applicable=[{STORAGE_TYPE: "gp2", **MEMBER}, {}],
)
def rds_gp3_storage(instance: ConfigurationItem) -> Verdict:
    """RDS instances use current-generation storage.

    gp2 and magnetic storage are slower than gp3 at a similar price. Instances of a cluster are not judged.
    """
    storage = instance.text(STORAGE_TYPE)
    if any_of([is_member(instance), storage == ""]):
        return NOT_APPLICABLE
    return compliant_if(none_of([contains(("gp2", "standard"), storage)]), f"StorageType is {storage} (expected gp3)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SUS05-BP02": "previous-generation hardware needs more energy for the same work",
        "PERF03-BP02": "the instance class is slower than current classes",
        "COST06-BP02": "the instance class was not compared with current prices",
    },
    effort="M",
    fix="Set DBInstanceClass to a class of a current generation. The change restarts the database.",
    compliant=[{CLASS: "db.m5.large"}, {CLASS: "db.r7g.large"}],
    non_compliant=[{CLASS: "db.m4.large"}, {CLASS: "db.t2.micro"}],
    not_applicable=[{}],
)
def rds_instance_current_generation(instance: ConfigurationItem) -> Verdict:
    """RDS instances use a current-generation instance class.

    Previous-generation classes (m1 to m4, r3, r4, t1, t2, x1) are slower than current classes at a similar price.
    """
    name = instance.text(CLASS)
    if name == "":
        return NOT_APPLICABLE
    return compliant_if(none_of(PREVIOUS, name.startswith), f"DBInstanceClass is {name} (expected a current class)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "SUS05-BP02": "the database does not run on Graviton, which uses less energy",
        "PERF03-BP02": "the processor with the better price-performance is not used",
        "COST05-BP05": "the same database costs less on Graviton",
    },
    effort="M",
    severity="low",
    fix="Set DBInstanceClass to a Graviton class, such as db.r7g.large. The change restarts the database.",
    compliant=[{ENGINE: "postgres", CLASS: "db.m7g.large"}],
    non_compliant=[{ENGINE: "mysql", CLASS: "db.m6i.large"}],
    not_applicable=[{ENGINE: "oracle-ee", CLASS: "db.m6i.large"}, {CLASS: "db.serverless", ENGINE: "aurora-mysql"}, {}],
)
def rds_instance_graviton(instance: ConfigurationItem) -> Verdict:
    """RDS instances use Graviton where the engine supports it.

    Graviton has a better price-performance and uses less energy. MySQL, MariaDB, PostgreSQL and Aurora run on it
    without a change of the application.
    """
    name, engine = instance.text(CLASS), instance.text(ENGINE)
    if any_of([none_of(GRAVITON_ENGINES, engine.startswith), contains(("", "db.serverless"), name)]):
        return NOT_APPLICABLE
    return compliant_if(any_of(GRAVITON_CLASSES, name.startswith), f"DBInstanceClass is {name} (expected Graviton)")


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "REL07-BP01": "the database stops when its storage is full",
        "PERF03-BP02": "storage does not grow with the data",
        "SUS04-BP04": "storage is allocated in advance instead of growing",
    },
    effort="S",
    severity="medium",
    fix="Set MaxAllocatedStorage above AllocatedStorage.",
    compliant=[{ALLOCATED: 100, MAX_ALLOCATED: 101}],
    non_compliant=[{ALLOCATED: 100, MAX_ALLOCATED: 100}, {ALLOCATED: 100}, {}],
    not_applicable=[{ALLOCATED: 1, **MEMBER}, {ALLOCATED: 100, **CUSTOM}],
)
def rds_storage_autoscaling_enabled(instance: ConfigurationItem) -> Verdict:
    """RDS instances have storage autoscaling enabled.

    Without storage autoscaling, the database stops when its storage is full. The storage of Aurora always grows. The
    storage of RDS Custom cannot grow.
    """
    maximum, size = instance.number(MAX_ALLOCATED), instance.number(ALLOCATED)
    grows = maximum > size
    if any_of(
        [is_member(instance), all_of([none_of([grows]), excepted(instance, MAX_ALLOCATED, is_custom(instance))])]
    ):
        return NOT_APPLICABLE
    return compliant_if(grows, otherwise=f"AllocatedStorage is {size}, MaxAllocatedStorage is {stated(maximum)}")


@check(
    "AWS::RDS::DBInstance",
    best_practices={"COST05-BP04": "a license is billed by the hour without a recorded decision"},
    effort="L",
    fix="Evaluate open-source engines, or set the tag LicensingDecision to the decision.",
    compliant=[{"configuration.licenseModel": "license-included", "tags.LicensingDecision": "2026-01 ERP"}],
    non_compliant=[{"configuration.licenseModel": "license-included"}],
    not_applicable=[
        {"configuration.licenseModel": "license-included", ENGINE: "sqlserver-ex"},
        {"configuration.licenseModel": "general-public-license"},
        {},
    ],
)
def rds_license_included_avoided(instance: ConfigurationItem) -> Verdict:
    """RDS instances with an included license have a recorded licensing decision.

    An Oracle or SQL Server license can cost several times as much as the instance. SQL Server Express and Developer
    editions are not judged, because they are free.
    """
    included = instance.text("configuration.licenseModel") == "license-included"
    if any_of([none_of([included]), contains(("sqlserver-dev-ee", "sqlserver-ex"), instance.text(ENGINE))]):
        return NOT_APPLICABLE
    decided = instance.tag("LicensingDecision") != ""
    return compliant_if(
        decided, f"{instance.text(ENGINE, 'engine')} is license-included; tag LicensingDecision is not set"
    )


@check(
    "AWS::RDS::DBInstance",
    best_practices={
        "COST04-BP03": "an unused database is billed by the hour",
        "SUS03-BP02": "an unused database is running",
    },
    automation="AWS-StopRdsInstance",
    effort="M",
    collector="usage",
    live=True,
    fix="Stop the database, or create a final snapshot and delete it.",
    compliant=[{CONNECTIONS: 1, CREATED: "2025-12-01T00:00:00.000Z"}],
    non_compliant=[{CONNECTIONS: 0, CREATED: "2026-01-01T12:00:00.000Z"}, {}],
    not_applicable=[
        {CONNECTIONS: 0, CREATED: "2026-01-01T12:01:00.000Z"},
        {CONNECTIONS: 0, STATUS: "stopped"},
        {CONNECTIONS: 0, **MEMBER},
    ],
)
def rds_instance_idle(instance: ConfigurationItem, *, days: int = 14) -> Verdict:
    """RDS instances had connections within two weeks.

    A database without connections is billed by the hour. The check does not judge instances younger than two weeks. It
    does not judge instances of a cluster either, because they can be standbys.
    """
    young = instance.days_since(CREATED, default=days) < days
    if any_of([young, is_member(instance), instance.text(STATUS, "available") != "available"]):
        return NOT_APPLICABLE
    return compliant_if(instance.number(CONNECTIONS) > 0, otherwise=f"DatabaseConnections is 0 for {days} days")


NAMES = {
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "iAMDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "performanceInsightsEnabled",
}


POINT_IN_TIME = ("RestoreTime", "UseLatestRestorableTime")  # a restored copy does not replicate its source
SOURCES = (
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
)


# Settings that a read replica or a restored instance inherits where the template omits them. The others have the
# defaults of a new instance: no tags on snapshots, monitoring, IAM authentication or deletion protection.
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
INHERITED = (
    "allocatedStorage",
    "autoMinorVersionUpgrade",
    "backupRetentionPeriod",
    "dBInstanceClass",
    "engine",
    "licenseModel",
    "storageEncrypted",
)
# Settings that a cluster can set for its instances, by the cluster's property name.
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
SET_BY_CLUSTER = {
    "AutoMinorVersionUpgrade": "autoMinorVersionUpgrade",
    "MonitoringInterval": "monitoringInterval",
    "PerformanceInsightsEnabled": "performanceInsightsEnabled",
}
CLUSTERS = ("AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster")


def to_configuration_item(instance: TemplateResource) -> dict[str, Any]:
    """The configuration of an instance. Settings from a snapshot, or a source outside the template, are unknown."""
    properties = instance.properties
    source = given(properties, *SOURCES)
    replicated = (
        given(properties, "SourceDBInstanceIdentifier") if properties.keys().isdisjoint(POINT_IN_TIME) else None
    )
    configuration = lowered(properties, NAMES)
    if instance.resource_type in ENGINES:
        configuration["engine"] = ENGINES[instance.resource_type]
    if _is_aurora(properties) is True:
        configuration.setdefault(
            "dBClusterIdentifier", Unknown("an instance of Aurora belongs to a cluster", present=True)
        )
    if replicated is not None:
        configuration["readReplicaSourceDBInstanceIdentifier"] = replicated
        configuration.setdefault("backupRetentionPeriod", 0)
    configuration.setdefault("storageType", "io1" if "Iops" in properties else "gp3")
    configuration["publiclyAccessible"] = _public(instance, is_replica=replicated is not None)
    inherited_settings = _settings_of_source(instance)
    external_source = None if inherited_settings else source
    for key in INHERITED:
        configuration[key] = inherited(
            configuration.get(key, inherited_settings.get(key)),
            external_source,
            "it is inherited from another database",
        )
    configuration |= {
        key: value for key, value in _settings_of_cluster(instance).items() if configuration.get(key) is None
    }
    return {
        "configuration": {key: value for key, value in configuration.items() if value is not None},
        "supplementaryConfiguration": {"PlaintextSecrets": literal_secrets(properties, "MasterUserPassword")},
    }


def _is_aurora(properties: dict[str, Any]) -> bool:
    engine = properties.get("Engine")
    aurora = isinstance(engine, str | Unknown) and engine.startswith("aurora")
    return any_of(["DBClusterIdentifier" in properties, aurora])


def _public(instance: TemplateResource, *, is_replica: bool) -> Any:
    """Whether the instance has a public address. Source of the default: the API reference of CreateDBInstance."""
    properties = instance.properties
    if "PubliclyAccessible" in properties:
        return properties["PubliclyAccessible"]
    group = properties.get("DBSubnetGroupName")
    if group is None:
        return Unknown("it depends on the network of its source") if is_replica else none_of([_is_aurora(properties)])
    return False if instance.names("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName") else group == "default"


def _settings_of_source(instance: TemplateResource) -> dict[str, Any]:
    """The settings inherited from a source instance in the template, if the source is not a copy itself."""
    found = instance.names("AWS::RDS::DBInstance", "SourceDBInstanceIdentifier")
    originals = [each.properties for each in found if given(each.properties, *SOURCES) is None]
    created = {"StorageEncrypted": False, "AutoMinorVersionUpgrade": True}
    return lowered({**created, **originals[0]}) if len(originals) == len(found) == 1 else {}


def _settings_of_cluster(instance: TemplateResource) -> dict[str, Any]:
    """The settings from the instance's cluster; unknown where the cluster is not in the template."""
    properties = instance.properties
    if "DBClusterIdentifier" not in properties and _is_aurora(properties) is not True:
        return {}
    found = [cluster for kind in CLUSTERS for cluster in instance.names(kind, "DBClusterIdentifier")]
    if len(found) != 1:
        return dict.fromkeys(SET_BY_CLUSTER.values(), Unknown("its cluster is not in this template"))
    return {key: found[0].properties[name] for name, key in SET_BY_CLUSTER.items() if name in found[0].properties}
