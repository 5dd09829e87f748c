"""ElastiCache replication groups (Redis and Valkey). AWS Config does not record them: CloudFormation's shape.

Serverless caches are always encrypted and always span several Availability Zones: no check judges them.
"""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, surely
from pillarwatch.template_resource import TemplateResource, by_default, inherited
from rules.checks.shared.caches import (
    ENGINE,
    elasticache_auto_minor_version_upgrade_check,
    elasticache_engine_version_supported,
    elasticache_redis_cluster_automatic_backup_check,
    elasticache_subnet_group_check,
    with_subnet_group,
)

AT_REST = "configuration.AtRestEncryptionEnabled"
FAILOVER = "configuration.AutomaticFailoverEnabled"
HITS = "supplementaryConfiguration.Metrics.CacheHits.Sum"
IN_TRANSIT = "configuration.TransitEncryptionEnabled"
MISSES = "supplementaryConfiguration.Metrics.CacheMisses.Sum"
MODE = "configuration.TransitEncryptionMode"
MULTI_AZ = "configuration.MultiAZEnabled"
TOKEN = "configuration.AuthToken"  # noqa: S105 - a path
USERS = "configuration.UserGroupIds"


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={
        "REL11-BP02": "no replica replaces a failed primary node automatically",
        "REL11-BP03": "an engineer has to promote a replica manually",
    },
    managed_rule="ELASTICACHE_REPL_GRP_AUTO_FAILOVER_ENABLED",
    effort="S",
    severity="medium",
    collector="caches",
    fix="If the group has no replica, first add one. Then set AutomaticFailoverEnabled to true.",
    compliant=[{FAILOVER: True}],
    non_compliant=[{FAILOVER: False}, {}],
)
def elasticache_repl_grp_auto_failover_enabled(group: ConfigurationItem) -> Verdict:
    """ElastiCache replication groups have automatic failover enabled.

    Without automatic failover, writes fail after the primary node fails, until an engineer promotes a replica. A
    replication group with one node fails this check because it has no replica to fail over to.
    """
    return compliant_if(group.flag(FAILOVER), otherwise="AutomaticFailoverEnabled is false (expected true)")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"REL10-BP01": "the failure of one Availability Zone can stop all cache nodes"},
    effort="S",
    severity="medium",
    collector="caches",
    fix="Set MultiAZEnabled to true, and place replicas in other Availability Zones.",
    compliant=[{MULTI_AZ: True}],
    non_compliant=[{MULTI_AZ: False}, {}],
)
def elasticache_repl_grp_multi_az_enabled(group: ConfigurationItem) -> Verdict:
    """ElastiCache replication groups have Multi-AZ enabled.

    Without Multi-AZ, the failure of one Availability Zone can stop the primary node and all replicas at the same time.
    """
    return compliant_if(group.flag(MULTI_AZ), otherwise="MultiAZEnabled is false (expected true)")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"SEC08-BP02": "snapshots and swap files are stored unencrypted"},
    managed_rule="ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST",
    effort="L",
    severity="medium",
    collector="caches",
    fix="Restore a snapshot into a new replication group with AtRestEncryptionEnabled set to true.",
    compliant=[{AT_REST: True}, {ENGINE: "valkey"}],
    non_compliant=[{AT_REST: False}, {AT_REST: False, ENGINE: "valkey"}, {ENGINE: "redis"}, {}],
)
def elasticache_repl_grp_encrypted_at_rest(group: ConfigurationItem) -> Verdict:
    """ElastiCache replication groups have encryption at rest enabled.

    Without encryption at rest, anybody with access to the storage can read snapshots and swap files. The setting cannot
    be changed later, and its default is true for Valkey only.
    """
    is_valkey = group.text(ENGINE, "redis").lower() == "valkey"
    return compliant_if(group.flag(AT_REST, default=is_valkey), "AtRestEncryptionEnabled is false (expected true)")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"SEC09-BP02": "data and passwords are sent unencrypted"},
    managed_rule="ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT",
    effort="M",
    severity="medium",
    collector="caches",
    fix=(
        "Set TransitEncryptionEnabled to true and TransitEncryptionMode to preferred. After the migration, set "
        "TransitEncryptionMode to required."
    ),
    compliant=[{IN_TRANSIT: True}, {IN_TRANSIT: True, MODE: "required"}],
    non_compliant=[{IN_TRANSIT: True, MODE: "preferred"}, {IN_TRANSIT: False}, {}],
)
def elasticache_repl_grp_encrypted_in_transit(group: ConfigurationItem) -> Verdict:
    """ElastiCache replication groups have encryption in transit enabled.

    Without encryption in transit, anybody on the network path can read the data and the passwords. The mode preferred
    fails, because it also accepts unencrypted connections. AWS intends this mode for the migration only. The AWS Config
    rule accepts it.
    """
    encrypted, mode = group.flag(IN_TRANSIT), group.text(MODE, "required").lower()
    required = all_of([encrypted, mode != "preferred"])
    return compliant_if(
        required,
        otherwise=f"TransitEncryptionMode is {mode} (expected required)"
        if surely(encrypted)
        else "TransitEncryptionEnabled is false (expected true)",
    )


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={
        "SEC08-BP04": "every client in the network can read and write all data",
        "SEC09-BP03": "connections are accepted without authentication",
    },
    managed_rule="ELASTICACHE_REPL_GRP_REDIS_AUTH_ENABLED",
    effort="M",
    severity="medium",
    collector="caches",
    fix="Set TransitEncryptionEnabled to true, and set UserGroupIds or AuthToken.",
    compliant=[{TOKEN: "set", IN_TRANSIT: True}, {USERS: ["readers"], IN_TRANSIT: True}],
    non_compliant=[{USERS: ["readers"], IN_TRANSIT: False}, {"configuration.EngineVersion": "7.1"}, {}],
)
def elasticache_repl_grp_redis_auth_enabled(group: ConfigurationItem) -> Verdict:
    """ElastiCache replication groups require authentication.

    Without authentication, every client that reaches the cache can read and write all data. An AUTH token or a user
    group requires encryption in transit.
    """
    authenticated = all_of([group.flag(IN_TRANSIT), any_of([group.has(TOKEN), group.has(USERS)])])
    return compliant_if(authenticated, "neither AuthToken nor UserGroupIds is set with TransitEncryptionEnabled")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={
        "PERF03-BP05": "most reads do not find their data in the cache",
        "SUS03-BP05": "most reads go to the cache and then to the database",
    },
    effort="M",
    severity="low",
    collector="caches",
    live=True,
    fix="Review cache keys, TTLs and evictions, or remove the cache.",
    compliant=[{HITS: 80, MISSES: 20}, {HITS: 1}],
    non_compliant=[{HITS: 79, MISSES: 21}, {MISSES: 1}],
    not_applicable=[{HITS: 0, MISSES: 0}, {}],
)
def elasticache_cache_hit_ratio(group: ConfigurationItem, *, least_percent: int = 80) -> Verdict:
    """ElastiCache replication groups have a high cache hit ratio.

    With a low hit ratio, most reads go to the cache and then to the database. The cache then adds latency and cost. The
    check uses the reads of one week. It does not judge a cache without reads.
    """
    hits, reads = group.number(HITS), group.number(HITS) + group.number(MISSES)
    if reads == 0:
        return NOT_APPLICABLE
    percent = 100 * hits / reads
    return compliant_if(
        percent >= least_percent,
        otherwise=f"the cache hit ratio is {percent:.0f} % (expected at least {least_percent} %)",
    )


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """The configuration of a replication group. Settings that a global datastore decides are unknown."""
    configuration = dict(group.properties)
    for key in ("AtRestEncryptionEnabled", "Engine", "TransitEncryptionEnabled"):
        configuration[key] = inherited(
            configuration.get(key), configuration.get("GlobalReplicationGroupId"), "the global datastore decides"
        )
    if configuration["AtRestEncryptionEnabled"] is None and str(configuration["Engine"]).lower() == "valkey":
        configuration["AtRestEncryptionEnabled"] = by_default(True, "for Valkey")
    return {"configuration": with_subnet_group(group, configuration)}
