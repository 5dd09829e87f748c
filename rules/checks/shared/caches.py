"""Checks of ElastiCache replication groups and of cache clusters outside a replication group.

AWS Config records neither type: a collector lists them in CloudFormation's shape. A cluster inside a replication group
takes its settings from the group and is judged with the group.
"""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if
from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.support_calendar import REDIS as SUPPORT_OF_REDIS
from rules.checks.shared.support_calendar import in_standard_support

GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
REDIS = {"resourceType": CLUSTER, "configuration.Engine": "redis"}
MEMCACHED = {"resourceType": CLUSTER, "configuration.Engine": "memcached"}

ENGINE = "configuration.Engine"
SNAPSHOTS = "configuration.SnapshotRetentionLimit"
SUBNETS = "configuration.CacheSubnetGroupName"
UPGRADES = "configuration.AutoMinorVersionUpgrade"
VERSION = "configuration.EngineVersion"


def is_memcached(cache: ConfigurationItem) -> bool:
    """Whether the engine is Memcached. A replication group without Engine runs Redis OSS."""
    return cache.text(ENGINE, "redis").lower() == "memcached"


@check(
    GROUP,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "the engine version receives no patches without paid extended support",
        "OPS05-BP05": "the engine version was not upgraded before its support ended",
    },
    effort="M",
    severity="medium",
    collector="caches",
    fix="Set EngineVersion to a version in standard support, or change Engine to valkey.",
    compliant=[
        {VERSION: "7.1"},
        {**REDIS, VERSION: "6.x"},
        {VERSION: "6.2", "judged_at": "2027-01-31T12:00:00Z"},
    ],
    non_compliant=[
        {VERSION: "6.2", "judged_at": "2027-02-01T12:00:00Z"},
        {**REDIS, VERSION: "5.0.6", "judged_at": "2026-02-01T12:00:00Z"},
    ],
    not_applicable=[MEMCACHED, {ENGINE: "valkey", VERSION: "7.2"}, {}],
)
def elasticache_engine_version_supported(cache: ConfigurationItem) -> Verdict:
    """ElastiCache for Redis OSS caches run an engine version in standard support.

    A version without standard support receives security patches only in extended support, which costs extra. The end
    dates are those that AWS publishes. AWS has published none for Valkey, so Valkey caches are not judged.
    """
    version = cache.text(VERSION)
    if any_of([cache.text(ENGINE, "redis").lower() != "redis", version == ""]):
        return NOT_APPLICABLE
    return in_standard_support(cache, SUPPORT_OF_REDIS, version)


@check(
    GROUP,
    CLUSTER,
    best_practices={"REL09-BP03": "automatic backups are off or kept for too few days"},
    managed_rule="ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
    effort="S",
    collector="caches",
    fix="Set SnapshotRetentionLimit to 15 or more. Backup storage is billed.",
    compliant=[{SNAPSHOTS: 15}, {**REDIS, SNAPSHOTS: 35}],
    non_compliant=[{SNAPSHOTS: 14}, {SNAPSHOTS: 0}, {}, REDIS],
    not_applicable=[MEMCACHED],
)
def elasticache_redis_cluster_automatic_backup_check(
    cache: ConfigurationItem, *, snapshot_retention_period: int = 15
) -> Verdict:
    """ElastiCache caches keep automatic backups for 15 days or more.

    Without automatic backups, the data of a failed or deleted cache cannot be restored. The default is no backup. Waive
    the check for a cache that the application can fill again. Memcached has no backups and is not judged.
    """
    if is_memcached(cache):
        return NOT_APPLICABLE
    days = cache.number(SNAPSHOTS)
    expected = f"expected {snapshot_retention_period} or more"
    return compliant_if(days >= snapshot_retention_period, f"SnapshotRetentionLimit is {days} days ({expected})")


@check(
    GROUP,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the engine are not patched",
        "OPS05-BP05": "minor versions of the engine are not installed automatically",
        "SUS06-BP03": "the engine is not kept up to date",
    },
    managed_rule="ELASTICACHE_AUTO_MINOR_VERSION_UPGRADE_CHECK",
    effort="S",
    severity="medium",
    collector="caches",
    fix="Set AutoMinorVersionUpgrade to true.",
    compliant=[{UPGRADES: True}, {**REDIS, UPGRADES: True}, {}, {"resourceType": CLUSTER}],
    non_compliant=[{UPGRADES: False}, {**REDIS, UPGRADES: False}],
    not_applicable=[MEMCACHED],
)
def elasticache_auto_minor_version_upgrade_check(cache: ConfigurationItem) -> Verdict:
    """ElastiCache caches have automatic minor version upgrades enabled.

    Without automatic upgrades, security patches of the engine have to be installed manually. The default is true.
    Memcached is not judged, because an upgrade of its engine deletes the cached data.
    """
    if is_memcached(cache):
        return NOT_APPLICABLE
    return compliant_if(cache.flag(UPGRADES, default=True), "AutoMinorVersionUpgrade is false (expected true)")


@check(
    GROUP,
    CLUSTER,
    best_practices={"SEC05-BP01": "the cache uses the default subnet group"},
    managed_rule="ELASTICACHE_SUBNET_GROUP_CHECK",
    effort="M",
    severity="medium",
    collector="caches",
    fix="Set CacheSubnetGroupName to a subnet group of private subnets. The change replaces the cache.",
    compliant=[{SUBNETS: "private"}, {**MEMCACHED, SUBNETS: "private"}],
    non_compliant=[{SUBNETS: "default"}, {}, {**REDIS, SUBNETS: "default"}, MEMCACHED],
)
def elasticache_subnet_group_check(cache: ConfigurationItem) -> Verdict:
    """ElastiCache caches do not use the default subnet group.

    The subnet group named default contains the subnets of the default VPC, which are public. A cache without
    CacheSubnetGroupName uses the default group, and its subnet group cannot be changed later.
    """
    custom = all_of([cache.has(SUBNETS), cache.text(SUBNETS) != "default"])
    return compliant_if(custom, otherwise="CacheSubnetGroupName is default (expected a custom subnet group)")


def with_subnet_group(cache: TemplateResource, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties, with a subnet group of the same template named by its logical id: it is never the default."""
    for group in cache.names("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"):
        return {**properties, "CacheSubnetGroupName": group.logical_id}
    return properties
