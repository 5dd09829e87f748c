"""What ElastiCache's replication groups and single clusters have in common.

Config records neither: a collector lists them in CloudFormation's shape. A cluster of a replication group has its
settings from there, and is judged as a part of it.
"""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if
from pillarwatch.lift import TemplateResource
from rules.shared.support_calendar import REDIS as SUPPORT_OF_REDIS
from rules.shared.support_calendar import in_standard_support

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
    """Whether it is the engine that keeps nothing; a replication group that names none is Redis."""
    return cache.text(ENGINE, "redis").lower() == "memcached"


@check(
    GROUP,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "the engine gets no patches, or paid ones of extended support only",
        "OPS05-BP05": "the major version was not upgraded in time",
    },
    effort="M",
    severity="medium",
    collector="caches",
    fix="Upgrade to a version in standard support, or move to Valkey.",
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
    """Caches of Redis run a major version in standard support.

    By the dates that AWS publishes; AWS has announced none for Valkey. A version ages without a change.
    """
    version = cache.text(VERSION)
    if any_of([cache.text(ENGINE, "redis").lower() != "redis", version == ""]):
        return NOT_APPLICABLE
    return in_standard_support(cache, SUPPORT_OF_REDIS, version)


@check(
    GROUP,
    CLUSTER,
    best_practices={"REL09-BP03": "no snapshot brings the data of two weeks ago back"},
    managed_rule="ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
    effort="S",
    collector="caches",
    fix="Keep automatic snapshots for 15 days or more, or as long as it takes to notice a loss.",
    compliant=[{SNAPSHOTS: 15}, {**REDIS, SNAPSHOTS: 35}],
    non_compliant=[{SNAPSHOTS: 14}, {SNAPSHOTS: 0}, {}, REDIS],
    not_applicable=[MEMCACHED],
)
def elasticache_redis_cluster_automatic_backup_check(
    cache: ConfigurationItem, *, snapshot_retention_period: int = 15
) -> Verdict:
    """Caches of Redis and Valkey are backed up every day, and the snapshots kept for two weeks.

    The default is none. As AWS's own rule reads it, a cache that could be filled again counts too: waive it if so.
    Memcached knows no snapshots.
    """
    if is_memcached(cache):
        return NOT_APPLICABLE
    days = cache.number(SNAPSHOTS)
    return compliant_if(days >= snapshot_retention_period, otherwise=f"snapshots are kept for {days} days")


@check(
    GROUP,
    CLUSTER,
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the engine stay open",
        "OPS05-BP05": "the engine's patches do not arrive",
        "SUS06-BP03": "the engine is not kept up to date",
    },
    managed_rule="ELASTICACHE_AUTO_MINOR_VERSION_UPGRADE_CHECK",
    effort="S",
    severity="medium",
    collector="caches",
    fix="Turn on automatic upgrades of the minor version.",
    compliant=[{UPGRADES: True}, {**REDIS, UPGRADES: True}, {}, {"resourceType": CLUSTER}],
    non_compliant=[{UPGRADES: False}, {**REDIS, UPGRADES: False}],
    not_applicable=[MEMCACHED],
)
def elasticache_auto_minor_version_upgrade_check(cache: ConfigurationItem) -> Verdict:
    """Redis and Valkey caches have automatic minor version upgrades enabled.

    It is the default. Memcached's upgrades empty the cache, so nobody has them done at night.
    """
    if is_memcached(cache):
        return NOT_APPLICABLE
    return compliant_if(cache.flag(UPGRADES, default=True), otherwise="minor versions are not taken")


@check(
    GROUP,
    CLUSTER,
    best_practices={"SEC05-BP01": "the cache is in the default subnet group"},
    managed_rule="ELASTICACHE_SUBNET_GROUP_CHECK",
    effort="M",
    severity="medium",
    collector="caches",
    fix="Create a subnet group of private subnets, and recreate the cache in it from a snapshot.",
    compliant=[{SUBNETS: "private"}, {**MEMCACHED, SUBNETS: "private"}],
    non_compliant=[{SUBNETS: "default"}, {}, {**REDIS, SUBNETS: "default"}, MEMCACHED],
)
def elasticache_subnet_group_check(cache: ConfigurationItem) -> Verdict:
    """Caches use a subnet group of their own.

    Whoever names no subnet group gets `default`, all subnets of the default VPC. A group cannot be changed later.
    """
    chosen = all_of([cache.has(SUBNETS), cache.text(SUBNETS) != "default"])
    return compliant_if(chosen, otherwise="the subnet group is the default one")


def with_subnet_group(cache: TemplateResource, properties: dict[str, Any]) -> dict[str, Any]:
    """A template's properties, with the template's own subnet group by its logical id: that is never the default."""
    for group in cache.names("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"):
        return {**properties, "CacheSubnetGroupName": group.logical_id}
    return properties
