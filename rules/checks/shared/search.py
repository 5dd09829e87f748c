"""Checks of OpenSearch Service domains. AWS::Elasticsearch::Domain has the same attributes in camelCase."""

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
OF_ELASTICSEARCH = {"resourceType": ELASTICSEARCH}

AT_REST = {
    OPENSEARCH: "configuration.EncryptionAtRestOptions.Enabled",
    ELASTICSEARCH: "configuration.encryptionAtRestOptions.enabled",
}
NODE_TO_NODE = {
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
ELASTICSEARCH_ERRORS = LOGS[ELASTICSEARCH].format(LOG_TYPES["error"])
TLS_12 = "Policy-Min-TLS-1-2-2019-07"


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC08-BP02": "indexes and snapshots are stored unencrypted"},
    managed_rule="OPENSEARCH_ENCRYPTED_AT_REST",
    effort="M",
    severity="medium",
    fix="Set EncryptionAtRestOptions.Enabled to true. The setting cannot be turned off again.",
    compliant=[{AT_REST[OPENSEARCH]: True}, {**OF_ELASTICSEARCH, AT_REST[ELASTICSEARCH]: True}],
    non_compliant=[{AT_REST[OPENSEARCH]: False}, {}, OF_ELASTICSEARCH],
)
def opensearch_encrypted_at_rest(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains have encryption at rest enabled.

    Without encryption, anybody with access to the storage can read the indexes, which contain a copy of the source
    data.
    """
    enabled = domain.flag(AT_REST[domain.resource_type])
    return compliant_if(enabled, otherwise="EncryptionAtRestOptions.Enabled is false (expected true)")


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC09-BP02": "traffic between the nodes is unencrypted"},
    managed_rule="OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
    effort="M",
    severity="medium",
    fix="Set NodeToNodeEncryptionOptions.Enabled to true. The setting cannot be turned off again.",
    compliant=[{NODE_TO_NODE[OPENSEARCH]: True}, {**OF_ELASTICSEARCH, NODE_TO_NODE[ELASTICSEARCH]: True}],
    non_compliant=[{NODE_TO_NODE[OPENSEARCH]: False}, {}, OF_ELASTICSEARCH],
)
def opensearch_node_to_node_encryption_check(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains have node-to-node encryption enabled.

    Without node-to-node encryption, the nodes of a domain exchange data in clear text.
    """
    return compliant_if(
        domain.flag(NODE_TO_NODE[domain.resource_type]),
        otherwise="NodeToNodeEncryptionOptions.Enabled is false (expected true)",
    )


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC09-BP02": "the domain accepts requests without TLS or with TLS 1.0"},
    managed_rule="OPENSEARCH_HTTPS_REQUIRED",
    effort="S",
    severity="medium",
    fix=f"Set DomainEndpointOptions.EnforceHTTPS to true and TLSSecurityPolicy to {TLS_12} or later.",
    compliant=[
        {HTTPS[OPENSEARCH]: True, POLICY[OPENSEARCH]: "Policy-Min-TLS-1-2-PFS-2023-10"},
        {**OF_ELASTICSEARCH, HTTPS[ELASTICSEARCH]: True, POLICY[ELASTICSEARCH]: TLS_12},
    ],
    non_compliant=[{HTTPS[OPENSEARCH]: True}, {POLICY[OPENSEARCH]: TLS_12}, {}, OF_ELASTICSEARCH],
)
def opensearch_https_required(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains require HTTPS with TLS 1.2 or later.

    Requests without HTTPS travel in clear text, and the default TLSSecurityPolicy accepts the outdated TLS 1.0.
    """
    https, policy = domain.flag(HTTPS[domain.resource_type]), domain.text(POLICY[domain.resource_type], "not set")
    otherwise = f"EnforceHTTPS is {in_json(https)} (expected true), TLSSecurityPolicy is {policy} (expected TLS 1.2)"
    return compliant_if(all_of([https, policy.startswith("Policy-Min-TLS-1-2")]), otherwise)


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={
        "REL10-BP01": "the data nodes are not spread over several Availability Zones",
        "REL11-BP02": "too few data nodes remain when one fails",
    },
    managed_rule="OPENSEARCH_DATA_NODE_FAULT_TOLERANCE",
    effort="M",
    severity="medium",
    fix="Set ClusterConfig.InstanceCount to 3 or more and ClusterConfig.ZoneAwarenessEnabled to true.",
    compliant=[
        {COUNT[OPENSEARCH]: 3, ZONES[OPENSEARCH]: True},
        {**OF_ELASTICSEARCH, COUNT[ELASTICSEARCH]: 3, ZONES[ELASTICSEARCH]: True},
    ],
    non_compliant=[{COUNT[OPENSEARCH]: 2, ZONES[OPENSEARCH]: True}, {COUNT[OPENSEARCH]: 3}, {}, OF_ELASTICSEARCH],
)
def opensearch_data_node_fault_tolerance(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains have three data nodes or more in several Availability Zones.

    With fewer nodes or one Availability Zone, a single failure can make the domain unavailable or lose data.
    """
    count, aware = domain.number(COUNT[domain.resource_type], 1), domain.flag(ZONES[domain.resource_type])
    return compliant_if(
        all_of([count >= 3, aware]),  # noqa: PLR2004 - see the title
        f"InstanceCount is {count} (expected 3 or more), ZoneAwarenessEnabled is {in_json(aware)} (expected true)",
    )


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={
        "PERF03-BP02": "the volumes are of a slower generation",
        "COST05-BP05": "the volumes are of a more expensive generation",
    },
    effort="S",
    severity="low",
    fix="Set EBSOptions.VolumeType to gp3.",
    compliant=[{VOLUME[OPENSEARCH]: "gp3"}, {**OF_ELASTICSEARCH, VOLUME[ELASTICSEARCH]: "gp3"}],
    non_compliant=[{VOLUME[OPENSEARCH]: "gp2"}, {VOLUME[OPENSEARCH]: "standard"}],
    not_applicable=[{}, OF_ELASTICSEARCH],
)
def opensearch_ebs_gp3(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains use current-generation EBS volumes.

    Volumes of type gp2 or standard cost more than gp3 for the same performance. Domains without EBS volumes are not
    judged.
    """
    kind = domain.text(VOLUME[domain.resource_type])
    if any_of([kind == "", kind == "None"]):
        return NOT_APPLICABLE
    return compliant_if(
        none_of([contains(("gp2", "standard"), kind)]), f"EBSOptions.VolumeType is {kind} (expected gp3)"
    )


@check(
    OPENSEARCH,
    ELASTICSEARCH,
    best_practices={"SEC04-BP01": "the logs of the domain are not published"},
    managed_rule="OPENSEARCH_LOGS_TO_CLOUDWATCH",
    effort="S",
    severity="medium",
    fix="Set LogPublishingOptions.ES_APPLICATION_LOGS with a CloudWatch log group and Enabled true.",
    compliant=[
        {ERRORS: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}},
        {AUDIT: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}, "parameters.log_types": ["audit"]},
        {**OF_ELASTICSEARCH, ELASTICSEARCH_ERRORS: {"enabled": True, "cloudWatchLogsLogGroupArn": "arn"}},
    ],
    non_compliant=[
        {ERRORS: {"Enabled": False, "CloudWatchLogsLogGroupArn": "arn"}},
        {ERRORS: {"Enabled": True}},
        {AUDIT: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}},
        {ERRORS: {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}, "parameters.log_types": ["error", "audit"]},
        {},
        OF_ELASTICSEARCH,
    ],
)
def opensearch_logs_to_cloudwatch(domain: ConfigurationItem, *, log_types: Sequence[str] = ("error",)) -> Verdict:
    """OpenSearch domains publish their error logs to CloudWatch Logs.

    Without the error logs, failures and warnings of the domain cannot be investigated. The parameter `log_types` lists
    the required logs. The default is `error`, as in AWS Security Hub. Other values are `audit`, `index` and `search`.
    """

    def published(name: str) -> bool:
        log, kind = LOGS[domain.resource_type].format(LOG_TYPES[name]), domain.resource_type
        return all_of([domain.flag(f"{log}.{LOG_ENABLED[kind]}"), domain.has(f"{log}.{LOG_GROUP[kind]}")])

    return compliant_if_all(log_types, published, "log types are not published to CloudWatch Logs")
