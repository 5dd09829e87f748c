"""ElastiCache replication groups and single clusters, which AWS Config does not record."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured
from rules.collectors._tags import tags_by_arn, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
ON = ("enabled", "enabling")
READS = ("CacheHits", "CacheMisses")
SAME = (
    "AutoMinorVersionUpgrade",
    "CacheNodeType",
    "Engine",
    "SnapshotRetentionLimit",
    "TransitEncryptionEnabled",
    "TransitEncryptionMode",
)  # the same names in the API and in CloudFormation


@collector(
    GROUP,
    CLUSTER,
    actions=(
        "cloudwatch:GetMetricData",
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeReplicationGroups",
        "tag:GetResources",
    ),
)
def caches(aws: Aws) -> Iterator[Listed]:
    """Replication groups with the cache hits and misses of a week, and the clusters outside of groups.

    The items have CloudFormation's shape. The engine version and subnet group of a group are those of its clusters.
    """
    tags = tags_by_arn(aws, "elasticache:cluster", "elasticache:replicationgroup")
    nodes = aws.every("elasticache:DescribeCacheClusters", "CacheClusters")
    members: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in () if isinstance(nodes, Unknown) else nodes:
        members[node.get("ReplicationGroupId", "")].append(node)
    for group in aws.walk("elasticache:DescribeReplicationGroups", "ReplicationGroups"):
        name, arn = group["ReplicationGroupId"], group["ARN"]
        first = nodes if isinstance(nodes, Unknown) else next(iter(members[name]), {})
        configuration = {
            **_same(group),
            **{key: group.get(key, _of(first, key)) for key in ("AutoMinorVersionUpgrade", "Engine")},
            "AtRestEncryptionEnabled": group.get("StorageEncryptionType", "none") != "none"
            or group.get("AtRestEncryptionEnabled"),
            "AuthToken": "not returned by the API" if group.get("AuthTokenEnabled") else None,
            "AutomaticFailoverEnabled": group.get("AutomaticFailover") in ON,
            "CacheSubnetGroupName": _of(first, "CacheSubnetGroupName"),
            "EngineVersion": _of(first, "EngineVersion"),
            "MultiAZEnabled": group.get("MultiAZ") in ON,
            "ReplicationGroupId": name,
            "UserGroupIds": group.get("UserGroupIds"),
        }
        item = aws.listed(GROUP, name, configuration, arn=arn, tags=tags_of(tags, arn)).item
        yield completed(item, {"Metrics": _reads(aws, group.get("MemberClusters", []))})
    for node in aws.walk(
        "elasticache:DescribeCacheClusters", "CacheClusters", ShowCacheClustersNotInReplicationGroups=True
    ):
        name, arn = node["CacheClusterId"], node["ARN"]
        configuration = {
            **_same(node),
            "CacheSubnetGroupName": node.get("CacheSubnetGroupName"),
            "ClusterName": name,
            "EngineVersion": node.get("EngineVersion"),
        }
        yield aws.listed(CLUSTER, name, configuration, arn=arn, tags=tags_of(tags, arn))


def _reads(aws: Aws, nodes: list[str]) -> dict[str, dict[str, Any]]:
    """The cache hits and misses of all nodes together."""
    wanted = {
        (node, name): Metric("AWS/ElastiCache", name, {"CacheClusterId": node}, "Sum")
        for node in nodes
        for name in READS
    }
    found = measured(aws, wanted, days=7)
    return {name: {"Sum": _total([found[node, name] for node in nodes])} for name in READS}


def _total(values: list[float | Unknown | None]) -> Any:
    refused = next((value for value in values if isinstance(value, Unknown)), None)
    return sum(value or 0 for value in values) if refused is None else refused


def _same(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: answer.get(key) for key in SAME}


def _of(found: Any, key: str) -> Any:
    return found if isinstance(found, Unknown) else found.get(key)
