"""RDS clusters (Aurora, Multi-AZ, DocumentDB, Neptune): the describe API's camelCase, acronyms in lower case."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, none_of
from pillarwatch.environments import PRODUCTION
from pillarwatch.lift import TemplateResource, by_default, given, inherited, lowered
from pillarwatch.unknown import Unknown
from rules.shared.databases import (
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
from rules.shared.literals import literal_secrets, template_holds_no_literal_secret

MEMBERS = "configuration.dbclusterMembers"
LEAST = "configuration.serverlessV2ScalingConfiguration.minCapacity"


@check(
    "AWS::RDS::DBCluster",
    best_practices={"REL10-BP01": "the cluster has no second instance in another Availability Zone"},
    managed_rule="RDS_CLUSTER_MULTI_AZ_ENABLED",
    effort="M",
    fix="Add a reader in another Availability Zone.",
    compliant=[{"configuration.multiAZ": True}, {MEMBERS: [{"isClusterWriter": True}, {"isClusterWriter": False}]}],
    non_compliant=[{MEMBERS: [{"isClusterWriter": True}]}, {}],
)
def rds_cluster_multi_az_enabled(cluster: ConfigurationItem) -> Verdict:
    """Clusters have instances in more than one Availability Zone.

    RDS places a second member in another zone where the subnets allow it.
    """
    second = any_of(cluster.objects(MEMBERS), lambda member: none_of([member.flag("isClusterWriter")]))
    return compliant_if(any_of([cluster.flag("configuration.multiAZ"), second]), otherwise="no member but the writer")


@check(
    "AWS::RDS::DBCluster",
    best_practices={
        "COST09-BP03": "capacity stays up while nobody uses it",
        "SUS02-BP01": "a test database rests on more than it needs",
    },
    effort="S",
    fix="Lower MinCapacity to 0.5 (Neptune: 1), or to 0 where the engine can pause.",
    compliant=[
        {"tags.Environment": "development", LEAST: 0.5},
        {"tags.Environment": "development", LEAST: 0},
        {"tags.Environment": "development", LEAST: 1, ENGINE: "neptune"},
    ],
    non_compliant=[
        {"tags.Environment": "development", LEAST: 1},
        {"tags.Environment": "development", LEAST: 2.5, ENGINE: "neptune"},
    ],
    not_applicable=[{"tags.Environment": "production", LEAST: 8}, {LEAST: 8}, {}],
)
def rds_serverless_v2_min_capacity(cluster: ConfigurationItem) -> Verdict:
    """Serverless clusters outside production go down to nearly nothing.

    Only where the tag Environment says that it is not `production`. Half a capacity unit is the least that does not
    pause; Neptune's least is one.
    """
    if any_of([contains(("", PRODUCTION), cluster.environment), none_of([cluster.has(LEAST)])]):
        return NOT_APPLICABLE
    least, lowest = cluster.number(LEAST), 1 if cluster.text(ENGINE) == "neptune" else 0.5
    return compliant_if(least <= lowest, otherwise=f"MinCapacity is {least}")


NAMES = {
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "iamdatabaseAuthenticationEnabled",
    "IamAuthEnabled": "iamdatabaseAuthenticationEnabled",  # Neptune's names
    "ServerlessScalingConfiguration": "serverlessV2ScalingConfiguration",
    "PerformanceInsightsEnabled": "performanceInsightsEnabled",
}


def lift(cluster: TemplateResource) -> dict[str, Any]:
    """A cluster with the instances that the template gives it. What it takes over from another one is not known."""
    properties = cluster.properties
    source = given(properties, "SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId")
    whole = lowered(properties, NAMES)
    if cluster.resource_type in ENGINES:
        whole["engine"] = ENGINES[cluster.resource_type]
    for key in ("storageEncrypted", "backupRetentionPeriod"):
        whole[key] = inherited(whole.get(key), source, "it is taken over from another database")
    if whole["storageEncrypted"] is None and str(whole.get("engine", "")).startswith("aurora"):
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
        whole["storageEncrypted"] = by_default(True, "for Aurora since 18 February 2026")
    members = [member for kind in MEMBER_TYPES for member in cluster.attached(kind, "DBClusterIdentifier")]
    machine = properties.get("DBClusterInstanceClass")  # only a Multi-AZ cluster that is not Aurora has one
    whole["multiAZ"] = machine if isinstance(machine, Unknown) and not machine.present else machine is not None
    whole["dbclusterMembers"] = [
        {"dbinstanceIdentifier": member.logical_id, "isClusterWriter": member is members[0]} for member in members
    ] or Unknown("the template has none of its instances")
    return {
        "configuration": {key: value for key, value in whole.items() if value is not None},
        "supplementaryConfiguration": {"PlaintextSecrets": literal_secrets(properties, "MasterUserPassword")},
    }


MEMBER_TYPES = ("AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance")
