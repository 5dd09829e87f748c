"""Redshift clusters: the describe API's camelCase; logging is supplementary."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    in_json,
    none_of,
)
from pillarwatch.lift import TemplateResource, by_default, given, inherited, lowered
from rules.shared.literals import literal_secrets, template_holds_no_literal_secret

ENCRYPTED = "configuration.encrypted"
LOGGING = "supplementaryConfiguration.LoggingStatus.loggingEnabled"
NODE = "configuration.nodeType"
OLD = ("dc1.", "dc2.", "ds1.", "ds2.")
PUBLIC = "configuration.publiclyAccessible"
RETENTION = "configuration.automatedSnapshotRetentionPeriod"
UPGRADES = "configuration.allowVersionUpgrade"
WINDOW = "configuration.preferredMaintenanceWindow"


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "PERF03-BP02": "storage and compute of the older nodes cannot be sized apart",
        "SUS05-BP02": "the old machine does less with the same energy",
    },
    automation="AWSConfigRemediation-ModifyRedshiftClusterNodeType",
    effort="L",
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
        "SEC08-BP02": "the data is stored unencrypted",
        "SEC04-BP01": "connections and queries are not logged",
    },
    managed_rule="REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
    effort="M",
    severity="medium",
    fix="Encrypt the cluster, and turn on audit logging.",
    compliant=[{ENCRYPTED: True, LOGGING: True}],
    non_compliant=[{ENCRYPTED: True}, {LOGGING: True}, {}],
)
def redshift_cluster_configuration_check(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses are encrypted and have audit logging enabled.

    AWS's own rule compares the type of node too, where it is told one.
    """
    encrypted, logging = cluster.flag(ENCRYPTED), cluster.flag(LOGGING)
    return compliant_if(
        all_of([encrypted, logging]),
        otherwise=f"Encrypted is {in_json(encrypted)}, audit logging is on: {in_json(logging)} (expected both)",
    )


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC05-BP01": "the cluster has a public address instead of a private subnet",
        "SEC08-BP04": "any address can try to connect to the data",
    },
    managed_rule="REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
    automation="AWSConfigRemediation-DisablePublicAccessToRedshiftCluster",
    effort="S",
    exposed=True,
    fix="Turn off public accessibility.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def redshift_cluster_public_access_check(cluster: ConfigurationItem) -> Verdict:
    """Data warehouses are not publicly accessible.

    A new cluster has none unless it is asked for.
    """
    return compliant_if(none_of([cluster.flag(PUBLIC)]), otherwise="PubliclyAccessible is true (expected false)")


@check(
    "AWS::Redshift::Cluster",
    best_practices={"REL09-BP03": "the cluster has no automated snapshots"},
    managed_rule="REDSHIFT_BACKUP_ENABLED",
    automation="AWSConfigRemediation-EnableRedshiftClusterAutomatedSnapshot",
    effort="S",
    fix="Turn on automated snapshots, and keep them for as many days as a mistake may need to be found.",
    compliant=[{RETENTION: 1}, {}, {RETENTION: 7, "parameters.min_retention_period": 7}],
    non_compliant=[{RETENTION: 0}, {RETENTION: 6, "parameters.min_retention_period": 7}],
)
def redshift_backup_enabled(cluster: ConfigurationItem, *, min_retention_period: int = 1) -> Verdict:
    """Data warehouses have automated snapshots.

    As AWS's own rule reads it: for how long is a parameter, and the default is one day.
    """
    days = cluster.number(RETENTION, 1)
    return compliant_if(days >= min_retention_period, otherwise=f"snapshots are kept for {days} days")


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC06-BP01": "patches of the engine do not arrive, or have no snapshot before them",
        "OPS05-BP05": "upgrades wait for somebody, or cannot be taken back",
    },
    managed_rule="REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK",
    automation="AWSConfigRemediation-ModifyRedshiftClusterMaintenanceSettings",
    effort="S",
    severity="medium",
    fix="Allow version upgrades in the maintenance window, and keep the snapshots to go back to.",
    compliant=[{UPGRADES: True, WINDOW: "Mon:09:30-Mon:10:00"}, {WINDOW: "Mon:09:30-Mon:10:00"}],
    non_compliant=[
        {UPGRADES: False, WINDOW: "Mon:09:30-Mon:10:00"},
        {RETENTION: 0, WINDOW: "Mon:09:30-Mon:10:00"},
        {},
        {WINDOW: "Mon:09:30-Mon:10:00", "parameters.preferred_maintenance_window": "Sun:03:00-Sun:03:30"},
    ],
)
def redshift_cluster_maintenancesettings_check(
    cluster: ConfigurationItem, *, preferred_maintenance_window: str = "", automated_snapshot_retention_period: int = 1
) -> Verdict:
    """Data warehouses take upgrades in their maintenance window, and have a snapshot from before.

    As AWS's own rule reads it, which window is a parameter; a template that names none leaves it to chance.
    """
    upgrades, window = cluster.flag(UPGRADES, default=True), cluster.text(WINDOW)
    days = cluster.number(RETENTION, 1)
    wanted = any_of([preferred_maintenance_window == "", window.lower() == preferred_maintenance_window.lower()])
    chosen = all_of([window != "", wanted])
    return compliant_if(
        all_of([upgrades, days >= automated_snapshot_retention_period, chosen]),
        otherwise=f"AllowVersionUpgrade is {in_json(upgrades)}; AutomatedSnapshotRetentionPeriod is {days} days;"
        f" PreferredMaintenanceWindow is {window or 'not set'}",
    )


def lift(cluster: TemplateResource) -> dict[str, Any]:
    """A cluster with its audit logging. What it takes over from a snapshot is not known; a new one is encrypted."""
    properties = cluster.properties
    source = given(properties, "SnapshotIdentifier", "SnapshotClusterIdentifier")
    whole = lowered(properties)
    for key, default in (("encrypted", by_default(True)), ("automatedSnapshotRetentionPeriod", by_default("1"))):
        found = inherited(whole.get(key), source, "it is taken over from a snapshot")
        whole[key] = default if found is None else found
    return {
        "configuration": whole,
        "supplementaryConfiguration": {
            "LoggingStatus": {"loggingEnabled": "LoggingProperties" in properties},
            "PlaintextSecrets": literal_secrets(properties, "MasterUserPassword"),
        },
    }
