"""Redshift clusters: the shape of the describe API, in camelCase; audit logging is supplementary."""

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
from pillarwatch.template_resource import TemplateResource, by_default, given, inherited, lowered
from rules.checks.shared.literals import literal_secrets, template_holds_no_literal_secret

ENCRYPTED = "configuration.encrypted"
LOGGING = "supplementaryConfiguration.LoggingStatus.loggingEnabled"
NODE = "configuration.nodeType"
PREVIOUS_GENERATION = ("dc1.", "dc2.", "ds1.", "ds2.")
PUBLIC = "configuration.publiclyAccessible"
RETENTION = "configuration.automatedSnapshotRetentionPeriod"
UPGRADES = "configuration.allowVersionUpgrade"
WINDOW = "configuration.preferredMaintenanceWindow"


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "PERF03-BP02": "storage and compute of the nodes cannot be sized separately",
        "SUS05-BP02": "previous-generation hardware needs more energy for the same work",
    },
    automation="AWSConfigRemediation-ModifyRedshiftClusterNodeType",
    effort="L",
    fix="Resize the cluster to RA3 nodes by setting NodeType.",
    compliant=[{NODE: "ra3.xlplus"}],
    non_compliant=[{NODE: "dc2.large"}, {NODE: "ds2.xlarge"}],
    not_applicable=[{}],
)
def redshift_current_node_type(cluster: ConfigurationItem) -> Verdict:
    """Redshift clusters use current-generation nodes.

    DC and DS nodes scale storage and compute together, so unneeded capacity is billed. RA3 nodes scale them separately.
    """
    if none_of([cluster.has(NODE)]):
        return NOT_APPLICABLE
    node = cluster.text(NODE)
    return compliant_if(none_of(PREVIOUS_GENERATION, node.startswith), otherwise=f"NodeType is {node} (expected RA3)")


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC08-BP02": "the data is stored unencrypted",
        "SEC04-BP01": "connections and queries are not logged",
    },
    managed_rule="REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
    effort="M",
    severity="medium",
    fix="Set Encrypted to true, and LoggingProperties to a destination for audit logs.",
    compliant=[{ENCRYPTED: True, LOGGING: True}],
    non_compliant=[{ENCRYPTED: True}, {LOGGING: True}, {}],
)
def redshift_cluster_configuration_check(cluster: ConfigurationItem) -> Verdict:
    """Redshift clusters are encrypted and have audit logging enabled.

    Without encryption, data is stored in plain text. Without audit logs, access to the data cannot be investigated.
    """
    encrypted, logging = cluster.flag(ENCRYPTED), cluster.flag(LOGGING)
    return compliant_if(
        all_of([encrypted, logging]), f"Encrypted is {in_json(encrypted)}, logging is {in_json(logging)}"
    )


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC05-BP01": "the cluster has a public IP address instead of a private subnet",
        "SEC08-BP04": "any address on the internet can try to connect to the data",
    },
    managed_rule="REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
    automation="AWSConfigRemediation-DisablePublicAccessToRedshiftCluster",
    effort="S",
    exposed=True,
    fix="Set PubliclyAccessible to false.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def redshift_cluster_public_access_check(cluster: ConfigurationItem) -> Verdict:
    """Redshift clusters are not publicly accessible.

    Any address on the internet can try to connect to a publicly accessible cluster. The default is not public.
    """
    return compliant_if(none_of([cluster.flag(PUBLIC)]), otherwise="PubliclyAccessible is true (expected false)")


@check(
    "AWS::Redshift::Cluster",
    best_practices={"REL09-BP03": "the cluster has no automated snapshots"},
    managed_rule="REDSHIFT_BACKUP_ENABLED",
    automation="AWSConfigRemediation-EnableRedshiftClusterAutomatedSnapshot",
    effort="S",
    fix="Set AutomatedSnapshotRetentionPeriod to the number of days within which a mistake is noticed.",
    compliant=[{RETENTION: 1}, {}, {RETENTION: 7, "parameters.min_retention_period": 7}],
    non_compliant=[{RETENTION: 0}, {RETENTION: 6, "parameters.min_retention_period": 7}],
)
def redshift_backup_enabled(cluster: ConfigurationItem, *, min_retention_period: int = 1) -> Verdict:
    """Redshift clusters have automated snapshots.

    Without automated snapshots, deleted or damaged data cannot be restored. The default retention is one day. The
    parameter min_retention_period sets the required number of days.
    """
    days = cluster.number(RETENTION, 1)
    return compliant_if(
        days >= min_retention_period, f"AutomatedSnapshotRetentionPeriod is {days} (expected {min_retention_period})"
    )


@check(
    "AWS::Redshift::Cluster",
    best_practices={
        "SEC06-BP01": "engine patches are not applied, or no snapshot precedes them",
        "OPS05-BP05": "upgrades are not automatic, or cannot be undone",
    },
    managed_rule="REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK",
    automation="AWSConfigRemediation-ModifyRedshiftClusterMaintenanceSettings",
    effort="S",
    severity="medium",
    fix="Set AllowVersionUpgrade to true, set PreferredMaintenanceWindow, and keep automated snapshots.",
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
    """Redshift clusters have version upgrades, a maintenance window and snapshots.

    Without version upgrades, the engine stays on an old version. Without a snapshot, a failed upgrade cannot be undone.
    If a template sets no window, AWS chooses one, which can be in working hours.
    """
    upgrades, window = cluster.flag(UPGRADES, default=True), cluster.text(WINDOW)
    days = cluster.number(RETENTION, 1)
    matches = any_of([preferred_maintenance_window == "", window.lower() == preferred_maintenance_window.lower()])
    chosen = all_of([window != "", matches])
    return compliant_if(
        all_of([upgrades, days >= automated_snapshot_retention_period, chosen]),
        otherwise=f"AllowVersionUpgrade is {in_json(upgrades)}; AutomatedSnapshotRetentionPeriod is {days};"
        f" PreferredMaintenanceWindow is {window or 'not set'}",
    )


def to_configuration_item(cluster: TemplateResource) -> dict[str, Any]:
    """The configuration of a cluster. Settings from a snapshot are unknown; a new cluster is encrypted by default."""
    properties = cluster.properties
    source = given(properties, "SnapshotIdentifier", "SnapshotClusterIdentifier")
    configuration = lowered(properties)
    for key, default in (("encrypted", by_default(True)), ("automatedSnapshotRetentionPeriod", by_default("1"))):
        found = inherited(configuration.get(key), source, "it is inherited from a snapshot")
        configuration[key] = default if found is None else found
    return {
        "configuration": configuration,
        "supplementaryConfiguration": {
            "LoggingStatus": {"loggingEnabled": "LoggingProperties" in properties},
            "PlaintextSecrets": literal_secrets(properties, "MasterUserPassword"),
        },
    }
