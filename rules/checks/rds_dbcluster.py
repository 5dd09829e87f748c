"""RDS clusters (Aurora, Multi-AZ, DocumentDB, Neptune): the describe API in camelCase, acronyms in lower case."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, none_of
from pillarwatch.environments import PRODUCTION
from pillarwatch.template_resource import TemplateResource, by_default, given, inherited, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.databases import (
    ENGINE,
    ENGINES,
    copy_tags_to_snapshot_enabled,
    db_instance_backup_enabled,
    rds_engine_version_supported,
    rds_instance_deletion_protection_enabled,
    rds_instance_iam_authentication_enabled,
    rds_logging_enabled,
    rds_performance_insights_enabled,
    rds_storage_encrypted,
)
from rules.checks.shared.literals import literal_secrets, template_holds_no_literal_secret

MEMBERS = "configuration.dbclusterMembers"
MIN_CAPACITY = "configuration.serverlessV2ScalingConfiguration.minCapacity"


@check(
    "AWS::RDS::DBCluster",
    best_practices={"REL10-BP01": "the cluster has no second instance in another Availability Zone"},
    managed_rule="RDS_CLUSTER_MULTI_AZ_ENABLED",
    effort="M",
    fix="Add a reader instance in another Availability Zone.",
    compliant=[{"configuration.multiAZ": True}, {MEMBERS: [{"isClusterWriter": True}, {"isClusterWriter": False}]}],
    non_compliant=[{MEMBERS: [{"isClusterWriter": True}]}, {}],
)
def rds_cluster_multi_az_enabled(cluster: ConfigurationItem) -> Verdict:
    """RDS clusters have instances in more than one Availability Zone.

    Without a second instance, the cluster stops when its Availability Zone fails. RDS places a reader in another zone
    where the subnets allow it.
    """
    second = any_of(cluster.objects(MEMBERS), lambda member: none_of([member.flag("isClusterWriter")]))
    return compliant_if(
        any_of([cluster.flag("configuration.multiAZ"), second]),
        otherwise="the writer is the only instance (expected two)",
    )


@check(
    "AWS::RDS::DBCluster",
    best_practices={
        "COST09-BP03": "capacity is billed while the database is idle",
        "SUS02-BP01": "a test database has more capacity than it needs",
    },
    effort="S",
    fix="Set ServerlessV2ScalingConfiguration.MinCapacity to 0.5 (Neptune: 1), or to 0 if the engine supports pausing.",
    compliant=[
        {"tags.Environment": "development", MIN_CAPACITY: 0.5},
        {"tags.Environment": "development", MIN_CAPACITY: 0},
        {"tags.Environment": "development", MIN_CAPACITY: 1, ENGINE: "neptune"},
    ],
    non_compliant=[
        {"tags.Environment": "development", MIN_CAPACITY: 1},
        {"tags.Environment": "development", MIN_CAPACITY: 2.5, ENGINE: "neptune"},
    ],
    not_applicable=[{"tags.Environment": "production", MIN_CAPACITY: 8}, {MIN_CAPACITY: 8}, {}],
)
def rds_serverless_v2_min_capacity(cluster: ConfigurationItem) -> Verdict:
    """Serverless RDS clusters outside production have the lowest minimum capacity.

    A higher minimum is billed while the database is idle. The lowest minimum without pausing is 0.5 capacity units, or
    1 for Neptune. Applies to clusters whose Environment tag is set to a value other than production.
    """
    if any_of([contains(("", PRODUCTION), cluster.environment), none_of([cluster.has(MIN_CAPACITY)])]):
        return NOT_APPLICABLE
    minimum, lowest = cluster.number(MIN_CAPACITY), 1 if cluster.text(ENGINE) == "neptune" else 0.5
    return compliant_if(minimum <= lowest, otherwise=f"MinCapacity is {minimum} (expected at most {lowest})")


NAMES = {
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "iamdatabaseAuthenticationEnabled",
    "IamAuthEnabled": "iamdatabaseAuthenticationEnabled",  # the name in Neptune
    "ServerlessScalingConfiguration": "serverlessV2ScalingConfiguration",
    "PerformanceInsightsEnabled": "performanceInsightsEnabled",
}


def to_configuration_item(cluster: TemplateResource) -> dict[str, Any]:
    """The configuration of a cluster with the template's instances. Settings from a source cluster are unknown."""
    properties = cluster.properties
    source = given(properties, "SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId")
    configuration = lowered(properties, NAMES)
    if cluster.resource_type in ENGINES:
        configuration["engine"] = ENGINES[cluster.resource_type]
    for key in ("storageEncrypted", "backupRetentionPeriod"):
        configuration[key] = inherited(configuration.get(key), source, "it is inherited from another database")
    if configuration["storageEncrypted"] is None and str(configuration.get("engine", "")).startswith("aurora"):
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
        configuration["storageEncrypted"] = by_default(True, "for Aurora since 18 February 2026")
    members = [member for kind in MEMBER_TYPES for member in cluster.attached(kind, "DBClusterIdentifier")]
    instance_class = properties.get("DBClusterInstanceClass")  # only Multi-AZ DB clusters set it, not Aurora
    configuration["multiAZ"] = (
        instance_class
        if isinstance(instance_class, Unknown) and not instance_class.present
        else instance_class is not None
    )
    configuration["dbclusterMembers"] = [
        {"dbinstanceIdentifier": member.logical_id, "isClusterWriter": member is members[0]} for member in members
    ] or Unknown("the template contains none of its instances")
    return {
        "configuration": {key: value for key, value in configuration.items() if value is not None},
        "supplementaryConfiguration": {"PlaintextSecrets": literal_secrets(properties, "MasterUserPassword")},
    }


MEMBER_TYPES = ("AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance")
