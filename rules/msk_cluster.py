"""MSK clusters: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

BETWEEN = "configuration.EncryptionInfo.EncryptionInTransit"
MONITORING = "configuration.EnhancedMonitoring"


@check(
    "AWS::MSK::Cluster",
    best_practices={"SEC09-BP02": "records travel in clear text"},
    managed_rule="MSK_IN_CLUSTER_NODE_REQUIRE_TLS",
    effort="M",
    severity="medium",
    fix="Take connections with TLS only, and encrypt between brokers.",
    compliant=[{f"{BETWEEN}.ClientBroker": "TLS", f"{BETWEEN}.InCluster": True}, {}],
    non_compliant=[{f"{BETWEEN}.ClientBroker": "TLS_PLAINTEXT"}, {f"{BETWEEN}.InCluster": False}],
)
def msk_in_cluster_node_require_tls(cluster: ConfigurationItem) -> Verdict:
    """Kafka clusters use TLS, to clients and between brokers.

    Both are the default.
    """
    client, inside = cluster.text(f"{BETWEEN}.ClientBroker", "TLS"), cluster.flag(f"{BETWEEN}.InCluster", default=True)
    return compliant_if(
        all_of([client == "TLS", inside]),
        otherwise=f"ClientBroker is {client} (expected TLS), InCluster is {in_json(inside)} (expected true)",
    )


@check(
    "AWS::MSK::Cluster",
    best_practices={"PERF03-BP03": "which topic is slow is not measured"},
    managed_rule="MSK_ENHANCED_MONITORING_ENABLED",
    effort="S",
    severity="low",
    fix="Raise the monitoring level to PER_TOPIC_PER_BROKER.",
    compliant=[{MONITORING: "PER_TOPIC_PER_BROKER"}, {MONITORING: "PER_TOPIC_PER_PARTITION"}],
    non_compliant=[{MONITORING: "PER_BROKER"}, {}],
)
def msk_enhanced_monitoring_enabled(cluster: ConfigurationItem) -> Verdict:
    """Kafka clusters are measured by topic.

    The default is by cluster.
    """
    level = cluster.text(MONITORING, "DEFAULT")
    return compliant_if(level.startswith("PER_TOPIC"), otherwise=f"the level is {level}")
