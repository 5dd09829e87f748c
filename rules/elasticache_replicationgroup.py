"""ElastiCache's replication groups (Redis and Valkey), which Config does not record: CloudFormation's shape.

Serverless caches are encrypted and stand in several zones always: there is nothing to judge.
"""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, surely
from pillarwatch.lift import TemplateResource, by_default, inherited
from rules.shared.caches import (
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
        "REL11-BP02": "nothing takes over when the primary node fails",
        "REL11-BP03": "a replica has to be promoted manually",
    },
    managed_rule="ELASTICACHE_REPL_GRP_AUTO_FAILOVER_ENABLED",
    effort="S",
    severity="medium",
    collector="caches",
    fix="Add a replica where there is none, and turn on automatic failover.",
    compliant=[{FAILOVER: True}],
    non_compliant=[{FAILOVER: False}, {}],
)
def elasticache_repl_grp_auto_failover_enabled(group: ConfigurationItem) -> Verdict:
    """Replication groups have automatic failover enabled.

    As AWS's own rule reads it, a group of one node fails: it has nothing to fail over to.
    """
    return compliant_if(group.flag(FAILOVER), otherwise="AutomaticFailoverEnabled is false (expected true)")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"REL10-BP01": "one Availability Zone may take all nodes of the cache with it"},
    effort="S",
    severity="medium",
    collector="caches",
    fix="Turn on Multi-AZ, with replicas in other Availability Zones.",
    compliant=[{MULTI_AZ: True}],
    non_compliant=[{MULTI_AZ: False}, {}],
)
def elasticache_repl_grp_multi_az_enabled(group: ConfigurationItem) -> Verdict:
    """Replication groups stand in several Availability Zones.

    A replica in the zone of its primary survives a broken node, and not a broken zone.
    """
    return compliant_if(group.flag(MULTI_AZ), otherwise="MultiAZEnabled is false (expected true)")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"SEC08-BP02": "snapshots and swap files are stored unencrypted"},
    managed_rule="ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST",
    effort="L",
    severity="medium",
    collector="caches",
    fix="Restore a snapshot into a replication group that is encrypted at rest.",
    compliant=[{AT_REST: True}, {ENGINE: "valkey"}],
    non_compliant=[{AT_REST: False}, {AT_REST: False, ENGINE: "valkey"}, {ENGINE: "redis"}, {}],
)
def elasticache_repl_grp_encrypted_at_rest(group: ConfigurationItem) -> Verdict:
    """Replication groups have encryption at rest enabled.

    It is decided when the group is made, and on by default only for Valkey.
    """
    by_default = group.text(ENGINE, "redis").lower() == "valkey"
    return compliant_if(group.flag(AT_REST, default=by_default), otherwise="AtRestEncryptionEnabled is not true")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={"SEC09-BP02": "data and passwords are sent unencrypted"},
    managed_rule="ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT",
    effort="M",
    severity="medium",
    collector="caches",
    fix="Turn on encryption in transit, first with the mode preferred, and then required.",
    compliant=[{IN_TRANSIT: True}, {IN_TRANSIT: True, MODE: "required"}],
    non_compliant=[{IN_TRANSIT: True, MODE: "preferred"}, {IN_TRANSIT: False}, {}],
)
def elasticache_repl_grp_encrypted_in_transit(group: ConfigurationItem) -> Verdict:
    """Replication groups have encryption in transit enabled.

    AWS's own rule lets the mode `preferred` pass, which takes connections in clear text as well. It is a step on the
    way and not the goal.
    """
    encrypted, mode = group.flag(IN_TRANSIT), group.text(MODE, "required").lower()
    only = all_of([encrypted, mode != "preferred"])
    return compliant_if(
        only,
        otherwise=f"TransitEncryptionMode is {mode} (expected required)"
        if surely(encrypted)
        else "TransitEncryptionEnabled is false (expected true)",
    )


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={
        "SEC08-BP04": "clients in the network can read and write all data",
        "SEC09-BP03": "connections are accepted without authentication",
    },
    managed_rule="ELASTICACHE_REPL_GRP_REDIS_AUTH_ENABLED",
    effort="M",
    severity="medium",
    collector="caches",
    fix="Turn on encryption in transit, and attach a user group or set an AUTH token.",
    compliant=[{TOKEN: "set", IN_TRANSIT: True}, {USERS: ["readers"], IN_TRANSIT: True}],
    non_compliant=[{USERS: ["readers"], IN_TRANSIT: False}, {"configuration.EngineVersion": "7.1"}, {}],
)
def elasticache_repl_grp_redis_auth_enabled(group: ConfigurationItem) -> Verdict:
    """Replication groups require authentication.

    AWS's own rule takes every group of version 6 for safe, because that could have users; one that has neither users
    nor a token is open, so it fails here whatever its version. Both are taken only with encryption in transit.
    """
    asked = all_of([group.flag(IN_TRANSIT), any_of([group.has(TOKEN), group.has(USERS)])])
    return compliant_if(asked, otherwise="neither an AUTH token nor a user group is in force")


@check(
    "AWS::ElastiCache::ReplicationGroup",
    best_practices={
        "PERF03-BP05": "most of what is asked for is not in the cache",
        "SUS03-BP05": "reads go through the cache and then to what lies behind it",
    },
    effort="M",
    severity="low",
    collector="caches",
    live=True,
    fix="Look at keys, times to live and evictions, or do without the cache.",
    compliant=[{HITS: 80, MISSES: 20}, {HITS: 1}],
    non_compliant=[{HITS: 79, MISSES: 21}, {MISSES: 1}],
    not_applicable=[{HITS: 0, MISSES: 0}, {}],
)
def elasticache_cache_hit_ratio(group: ConfigurationItem, *, least_percent: int = 80) -> Verdict:
    """Caches answer most of what they are asked for.

    Four reads of five, over a week and all nodes. Nothing was read: nothing is judged.
    """
    hits, reads = group.number(HITS), group.number(HITS) + group.number(MISSES)
    if reads == 0:
        return NOT_APPLICABLE
    percent = 100 * hits / reads
    return compliant_if(percent >= least_percent, otherwise=f"{percent:.0f} % of the reads were hits")


def lift(group: TemplateResource) -> dict[str, Any]:
    """A replication group. What a global datastore decides is not known."""
    whole = dict(group.properties)
    for key in ("AtRestEncryptionEnabled", "Engine", "TransitEncryptionEnabled"):
        whole[key] = inherited(whole.get(key), whole.get("GlobalReplicationGroupId"), "the global datastore decides")
    if whole["AtRestEncryptionEnabled"] is None and str(whole["Engine"]).lower() == "valkey":
        whole["AtRestEncryptionEnabled"] = by_default(True, "for Valkey")
    return {"configuration": with_subnet_group(group, whole)}
