"""OpenSearch domains under both of their names: Elasticsearch's item is the same in camelCase."""

from collections.abc import Sequence

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    in_json,
    none_of,
)

OPENSEARCH = "AWS::OpenSearch::Domain"
ELASTICSEARCH = "AWS::Elasticsearch::Domain"
OLD_NAME = {"resourceType": ELASTICSEARCH}

AT_REST = {
    OPENSEARCH: "configuration.EncryptionAtRestOptions.Enabled",
    ELASTICSEARCH: "configuration.encryptionAtRestOptions.enabled",
}
BETWEEN = {
    OPENSEARCH: "configuration.NodeToNodeEncryptionOptions.Enabled",
    ELASTICSEARCH: "configuration.nodeToNodeEncryptionOptions.enabled",
}
COUNT = {
    OPENSEARCH: "configuration.ClusterConfig.InstanceCount",
    ELASTICSEARCH: "configuration.elasticsearchClusterConfig.instanceCount",
}
HTTPS = {
    OPENSEARCH: "configuration.DomainEndpointOptions.EnforceHTTPS",
    ELASTICSEARCH: "configuration.domainEndpointOptions.enforceHTTPS",
}
LOGS = {
    OPENSEARCH: "configuration.LogPublishingOptions.{}",
    ELASTICSEARCH: "configuration.logPublishingOptions.{}",
}
LOG_ENABLED = {OPENSEARCH: "Enabled", ELASTICSEARCH: "enabled"}
LOG_GROUP = {OPENSEARCH: "CloudWatchLogsLogGroupArn", ELASTICSEARCH: "cloudWatchLogsLogGroupArn"}
LOG_TYPES = {
    "error": "ES_APPLICATION_LOGS",
    "audit": "AUDIT_LOGS",
    "index": "INDEX_SLOW_LOGS",
    "search": "SEARCH_SLOW_LOGS",
}
POLICY = {
    OPENSEARCH: "configuration.DomainEndpointOptions.TLSSecurityPolicy",
    ELASTICSEARCH: "configuration.domainEndpointOptions.tlssecurityPolicy",
}
VOLUME = {
    OPENSEARCH: "configuration.EBSOptions.VolumeType",
    ELASTICSEARCH: "configuration.ebsoptions.volumeType",
}
ZONES = {
    OPENSEARCH: "configuration.ClusterConfig.ZoneAwarenessEnabled",
    ELASTICSEARCH: "configuration.elasticsearchClusterConfig.zoneAwarenessEnabled",
}
ERRORS, AUDIT = (LOGS[OPENSEARCH].format(LOG_TYPES[name]) for name in ("error", "audit"))
OLD_ERRORS = LOGS[ELASTICSEARCH].format(LOG_TYPES["error"])
TLS_12 = "Policy-Min-TLS-1-2-2019-07"


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC08-BP02": "indexes and their snapshots lie on the disk as they are"},
    managed_rule="OPENSEARCH_ENCRYPTED_AT_REST",
    effort="M",
    severity="medium",
    fix="Turn on encryption at rest.",
    compliant=[{AT_REST[OPENSEARCH]: True}, {**OLD_NAME, AT_REST[ELASTICSEARCH]: True}],
    non_compliant=[{AT_REST[OPENSEARCH]: False}, {}, OLD_NAME],
)
def opensearch_encrypted_at_rest(domain: ConfigurationItem) -> Verdict:
    """Search domains encrypt their storage.

    What was indexed is a copy of the data it was made of.
    """
    return compliant_if(domain.flag(AT_REST[domain.resource_type]), otherwise="EncryptionAtRestOptions is not enabled")


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC09-BP02": "nodes talk to each other in clear text"},
    managed_rule="OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
    effort="M",
    severity="medium",
    fix="Turn on node-to-node encryption.",
    compliant=[{BETWEEN[OPENSEARCH]: True}, {**OLD_NAME, BETWEEN[ELASTICSEARCH]: True}],
    non_compliant=[{BETWEEN[OPENSEARCH]: False}, {}, OLD_NAME],
)
def opensearch_node_to_node_encryption_check(domain: ConfigurationItem) -> Verdict:
    """Nodes of search domains talk to each other with TLS.

    Once on, it stays on.
    """
    return compliant_if(
        domain.flag(BETWEEN[domain.resource_type]),
        otherwise="NodeToNodeEncryptionOptions.Enabled is false (expected true)",
    )


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC09-BP02": "queries may travel in clear text, or with a TLS that is broken"},
    managed_rule="OPENSEARCH_HTTPS_REQUIRED",
    effort="S",
    severity="medium",
    fix=f"Enforce HTTPS with the policy {TLS_12} or a later one.",
    compliant=[
        {HTTPS[OPENSEARCH]: True, POLICY[OPENSEARCH]: "Policy-Min-TLS-1-2-PFS-2023-10"},
        {**OLD_NAME, HTTPS[ELASTICSEARCH]: True, POLICY[ELASTICSEARCH]: TLS_12},
    ],
    non_compliant=[{HTTPS[OPENSEARCH]: True}, {POLICY[OPENSEARCH]: TLS_12}, {}, OLD_NAME],
)
def opensearch_https_required(domain: ConfigurationItem) -> Verdict:
    """Search domains answer with TLS 1.2 only.

    As AWS's own rule reads it, HTTPS with the default policy is not enough: that one still takes TLS 1.0.
    """
    https, policy = domain.flag(HTTPS[domain.resource_type]), domain.text(POLICY[domain.resource_type], "the default")
    safe = all_of([https, policy.startswith("Policy-Min-TLS-1-2")])
    return compliant_if(safe, otherwise=f"EnforceHTTPS is {in_json(https)}, TLSSecurityPolicy is {policy}")


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={
        "REL10-BP01": "the data nodes stand in one Availability Zone",
        "REL11-BP02": "no node is left to take over",
    },
    managed_rule="OPENSEARCH_DATA_NODE_FAULT_TOLERANCE",
    effort="M",
    severity="medium",
    fix="Run three data nodes or more, with zone awareness.",
    compliant=[
        {COUNT[OPENSEARCH]: 3, ZONES[OPENSEARCH]: True},
        {**OLD_NAME, COUNT[ELASTICSEARCH]: 3, ZONES[ELASTICSEARCH]: True},
    ],
    non_compliant=[{COUNT[OPENSEARCH]: 2, ZONES[OPENSEARCH]: True}, {COUNT[OPENSEARCH]: 3}, {}, OLD_NAME],
)
def opensearch_data_node_fault_tolerance(domain: ConfigurationItem) -> Verdict:
    """Search domains survive the loss of an Availability Zone.

    With less than three data nodes a lost one leaves no copy of its shards to spare.
    """
    count, spread = domain.number(COUNT[domain.resource_type], 1), domain.flag(ZONES[domain.resource_type])
    return compliant_if(
        all_of([count >= 3, spread]),  # noqa: PLR2004 - see the title
        otherwise=f"InstanceCount is {count} (expected 3 or more), ZoneAwarenessEnabled is {in_json(spread)}",
    )


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={
        "PERF03-BP02": "the volumes are slower than newer ones of the same price",
        "COST05-BP05": "the older volume is paid for",
    },
    effort="S",
    severity="low",
    fix="Change the volume type to gp3.",
    compliant=[{VOLUME[OPENSEARCH]: "gp3"}, {**OLD_NAME, VOLUME[ELASTICSEARCH]: "gp3"}],
    non_compliant=[{VOLUME[OPENSEARCH]: "gp2"}, {VOLUME[OPENSEARCH]: "standard"}],
    not_applicable=[{}, OLD_NAME],
)
def opensearch_ebs_gp3(domain: ConfigurationItem) -> Verdict:
    """Search domains have volumes of the current generation.

    Not gp2, nor magnetic disks. Instances with storage of their own have no volume.
    """
    kind = domain.text(VOLUME[domain.resource_type])
    if any_of([kind == "", kind == "None"]):
        return NOT_APPLICABLE
    return compliant_if(none_of([contains(("gp2", "standard"), kind)]), otherwise=f"the volumes are {kind}")


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC04-BP01": "what the domain does, fails at and refuses is not kept"},
    managed_rule="OPENSEARCH_LOGS_TO_CLOUDWATCH",
    effort="S",
    severity="medium",
    fix="Publish the application log, where errors stand, to CloudWatch Logs.",
    compliant=[
        {ERRORS: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}},
        {AUDIT: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}, "parameters.log_types": ["audit"]},
        {**OLD_NAME, OLD_ERRORS: {"enabled": True, "cloudWatchLogsLogGroupArn": "arn"}},
    ],
    non_compliant=[
        {ERRORS: {"Enabled": False, "CloudWatchLogsLogGroupArn": "arn"}},
        {ERRORS: {"Enabled": True}},
        {AUDIT: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}},
        {ERRORS: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}, "parameters.log_types": ["error", "audit"]},
        {},
        OLD_NAME,
    ],
)
def opensearch_logs_to_cloudwatch(domain: ConfigurationItem, *, log_types: Sequence[str] = ("error",)) -> Verdict:
    """Search domains publish their error log.

    AWS's own rule accepts any log unless log types are named; AWS Security Hub names `error`, and so do we. Others are
    `audit`, `index` and `search`. What names no log group is published nowhere.
    """

    def published(name: str) -> bool:
        log, kind = LOGS[domain.resource_type].format(LOG_TYPES[name]), domain.resource_type
        return all_of([domain.flag(f"{log}.{LOG_ENABLED[kind]}"), domain.has(f"{log}.{LOG_GROUP[kind]}")])

    return compliant_if_all(log_types, published, "not published")
