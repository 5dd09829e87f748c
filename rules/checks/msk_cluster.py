"""Amazon MSK clusters: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

TRANSIT = "configuration.EncryptionInfo.EncryptionInTransit"
MONITORING = "configuration.EnhancedMonitoring"


@check(
    "AWS::MSK::Cluster",
    best_practices={"SEC09-BP02": "records are sent unencrypted"},
    managed_rule="MSK_IN_CLUSTER_NODE_REQUIRE_TLS",
    effort="M",
    severity="medium",
    fix="Set EncryptionInfo.EncryptionInTransit.ClientBroker to TLS, and InCluster to true.",
    compliant=[{f"{TRANSIT}.ClientBroker": "TLS", f"{TRANSIT}.InCluster": True}, {}],
    non_compliant=[{f"{TRANSIT}.ClientBroker": "TLS_PLAINTEXT"}, {f"{TRANSIT}.InCluster": False}],
)
def msk_in_cluster_node_require_tls(cluster: ConfigurationItem) -> Verdict:
    """MSK clusters require TLS from clients and between brokers.

    Without TLS, anybody on the network path can read and change records. TLS is the default for both.
    """
    client, inside = cluster.text(f"{TRANSIT}.ClientBroker", "TLS"), cluster.flag(f"{TRANSIT}.InCluster", default=True)
    return compliant_if(
        all_of([client == "TLS", inside]),
        otherwise=f"ClientBroker is {client} (expected TLS), InCluster is {in_json(inside)} (expected true)",
    )


@check(
    "AWS::MSK::Cluster",
    best_practices={"PERF03-BP03": "metrics by topic are not collected"},
    managed_rule="MSK_ENHANCED_MONITORING_ENABLED",
    effort="S",
    severity="low",
    fix="Set EnhancedMonitoring to PER_TOPIC_PER_BROKER. Metrics above the default level are charged.",
    compliant=[{MONITORING: "PER_TOPIC_PER_BROKER"}, {MONITORING: "PER_TOPIC_PER_PARTITION"}],
    non_compliant=[{MONITORING: "PER_BROKER"}, {}],
)
def msk_enhanced_monitoring_enabled(cluster: ConfigurationItem) -> Verdict:
    """MSK clusters publish metrics by topic.

    Without metrics by topic, a slow topic cannot be identified.
    """
    level = cluster.text(MONITORING, "DEFAULT")
    return compliant_if(level.startswith("PER_TOPIC"), f"EnhancedMonitoring is {level} (expected PER_TOPIC_PER_BROKER)")
