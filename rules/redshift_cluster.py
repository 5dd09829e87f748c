"""Redshift clusters: the describe API's camelCase; logging is supplementary."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource, lowered
from pillarwatch.unknown import Unknown

ENCRYPTED = "configuration.encrypted"
LOGGING = "supplementaryConfiguration.LoggingStatus.loggingEnabled"
NODE = "configuration.nodeType"
OLD = ("dc1.", "dc2.", "ds1.", "ds2.")
PUBLIC = "configuration.publiclyAccessible"
RETENTION = "configuration.automatedSnapshotRetentionPeriod"
UPGRADES = "configuration.allowVersionUpgrade"


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "PERF03-BP01": "storage and compute cannot be sized apart",
        "SUS05-BP02": "the old machine does less with the same energy",
    },
    automation="AWSConfigRemediation-ModifyRedshiftClusterNodeType",
    effort="L",
    severity="medium",
    fix="Resize the cluster to RA3 nodes.",
    compliant=[{NODE: "ra3.xlplus"}],
    non_compliant=[{NODE: "dc2.large"}, {NODE: "ds2.xlarge"}],
    not_applicable=[{}],
)
def redshift_current_node_type(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses run on nodes of the current generation.

    RA3 keeps the data apart from the nodes; DC and DS do not.
    """
    if none_of([cluster.has(NODE)]):
        return NOT_APPLICABLE
    kind = cluster.text(NODE)
    return compliant_if(none_of(OLD, kind.startswith), otherwise=f"nodes are {kind}")


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC08-BP02": "the warehouse lies on the disk as it is",
        "SEC04-BP01": "who signed in and asked what is not recorded",
    },
    managed_rule="REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
    effort="M",
    fix="Encrypt the cluster, and turn on audit logging.",
    compliant=[{ENCRYPTED: True, LOGGING: True}],
    non_compliant=[{ENCRYPTED: True}, {LOGGING: True}, {}],
)
def redshift_cluster_configuration_check(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses are encrypted and log who does what.

    AWS's own rule compares the type of node too, where it is told one.
    """
    encrypted, logging = cluster.flag(ENCRYPTED), cluster.flag(LOGGING)
    return compliant_if(all_of([encrypted, logging]), otherwise=f"encrypted: {encrypted}; audit logging: {logging}")


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC05-BP01": "the warehouse stands in the internet, not in a layer behind it",
        "SEC08-BP04": "anybody can try to reach the data",
    },
    managed_rule="REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
    automation="AWSConfigRemediation-DisablePublicAccessToRedshiftCluster",
    effort="S",
    severity="critical",
    fix="Turn off public accessibility.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def redshift_cluster_public_access_check(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses have no public address.

    A new cluster has none unless it is asked for.
    """
    return compliant_if(none_of([cluster.flag(PUBLIC)]), otherwise="publicly accessible")


@check(
    "AWS::Redshift::Cluster",
    best_practices={"REL09-BP03": "there are too few days to go back to"},
    managed_rule="REDSHIFT_BACKUP_ENABLED",
    effort="S",
    fix="Keep automated snapshots for seven days or more.",
    compliant=[{RETENTION: 7}],
    non_compliant=[{RETENTION: 6}, {RETENTION: 0}, {}],
)
def redshift_backup_enabled(cluster: ConfigurationItem, *, min_retention_period: int = 7) -> Verdict:
    """Data warehouses take snapshots by themselves, and keep them for a week.

    AWS's own rule asks for any; the default is one day.
    """
    days = cluster.number(RETENTION, 1)
    return compliant_if(days >= min_retention_period, otherwise=f"snapshots are kept for {days} days")


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC06-BP01": "the engine's patches do not arrive",
        "OPS05-BP05": "upgrades wait for somebody to remember them",
    },
    managed_rule="REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK",
    effort="S",
    severity="medium",
    fix="Allow version upgrades in the maintenance window.",
    compliant=[{UPGRADES: True}, {}],
    non_compliant=[{UPGRADES: False}],
)
def redshift_cluster_maintenancesettings_check(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses take upgrades in their maintenance window.

    They do unless somebody forbids it.
    """
    return compliant_if(cluster.flag(UPGRADES, default=True), otherwise="upgrades are not allowed")


def lift(cluster: TemplateResource) -> dict[str, Any]:
    """A cluster with its audit logging. What it takes over from a snapshot is not known."""
    properties = cluster.properties
    whole = lowered(properties)
    if "SnapshotIdentifier" in properties and "Encrypted" not in properties:
        whole["encrypted"] = Unknown("it is taken over from a snapshot")
    return {
        "configuration": whole,
        "supplementaryConfiguration": {"LoggingStatus": {"loggingEnabled": "LoggingProperties" in properties}},
    }
