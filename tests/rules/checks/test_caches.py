"""Caches as the collector lists them."""

from __future__ import annotations

from typing import Any

from tests.rules.collectors.account_answers import ACCOUNT_ID
from tests.rules.collectors.test_collectors import DENIED, Fake, result, verdicts

ARN = f"arn:aws:elasticache:eu-west-1:{ACCOUNT_ID}"


def group(name: str, **more: Any) -> dict[str, Any]:
    return {
        "ReplicationGroupId": name,
        "ARN": f"{ARN}:replicationgroup:{name}",
        "MemberClusters": [f"{name}-1"],
        **more,
    }


def node(name: str, **more: Any) -> dict[str, Any]:
    return {"CacheClusterId": name, "ARN": f"{ARN}:cluster:{name}", **more}


def reads(hits: float, misses: float) -> dict[str, Any]:
    return {"MetricDataResults": [result("m0", hits), result("m1", misses)]}


def test_a_replication_group_is_described_by_its_nodes_too_over_all_pages() -> None:
    tagged = {"ResourceARN": f"{ARN}:replicationgroup:good", "Tags": [{"Key": "Environment", "Value": "test"}]}
    fake = Fake("caches").answers("resourcegroupstaggingapi", "get_resources", {"ResourceTagMappingList": [tagged]})
    members = [
        node(
            "good-1", ReplicationGroupId="good", CacheSubnetGroupName="private", Engine="redis", EngineVersion="7.1.0"
        ),
        node("bad-1", ReplicationGroupId="bad", CacheSubnetGroupName="default", Engine="redis", EngineVersion="3.2.6"),
    ]
    fake.answers("elasticache", "describe_cache_clusters", {"CacheClusters": members[:1], "Marker": "1"})
    fake.answers("elasticache", "describe_cache_clusters", {"CacheClusters": members[1:]}, Marker="1")
    good = group(
        "good",
        AutomaticFailover="enabled",
        MultiAZ="enabled",
        AtRestEncryptionEnabled=False,
        StorageEncryptionType="sse-kms",  # what is effective counts
        TransitEncryptionEnabled=True,
        AuthTokenEnabled=True,
        SnapshotRetentionLimit=15,
        AutoMinorVersionUpgrade=True,
    )
    fake.answers("elasticache", "describe_replication_groups", {"ReplicationGroups": [good], "Marker": "2"})
    fake.answers("cloudwatch", "get_metric_data", reads(9, 1))
    bad = group("bad", AutomaticFailover="disabled", AutoMinorVersionUpgrade=False)
    fake.answers("elasticache", "describe_replication_groups", {"ReplicationGroups": [bad]}, Marker="2")
    fake.answers("cloudwatch", "get_metric_data", reads(1, 9))
    alone = node("alone", Engine="memcached", CacheSubnetGroupName="private")
    fake.answers(
        "elasticache",
        "describe_cache_clusters",
        {"CacheClusters": [alone]},
        ShowCacheClustersNotInReplicationGroups=True,
    )
    first, second, third = fake.listed()
    assert first.item["tags"] == {"Environment": "test"}
    assert set(verdicts(first, "caches").values()) == {"COMPLIANT"}
    assert set(verdicts(second, "caches").values()) == {"NON_COMPLIANT"}
    assert verdicts(third, "caches") == {
        "elasticache-auto-minor-version-upgrade-check": "NOT_APPLICABLE",
        "elasticache-engine-version-supported": "NOT_APPLICABLE",
        "elasticache-redis-cluster-automatic-backup-check": "NOT_APPLICABLE",
        "elasticache-subnet-group-check": "COMPLIANT",
    }


def test_without_the_nodes_and_the_metrics_the_rest_of_a_group_is_judged() -> None:
    fake = Fake("caches").refuses("resourcegroupstaggingapi", "get_resources", DENIED)
    fake.refuses("elasticache", "describe_cache_clusters", DENIED)
    seen = group("a", MultiAZ="enabled", AutoMinorVersionUpgrade=True, Engine="redis")
    fake.answers("elasticache", "describe_replication_groups", {"ReplicationGroups": [seen]})
    fake.refuses("cloudwatch", "get_metric_data", DENIED)
    fake.refuses("elasticache", "describe_cache_clusters", DENIED)
    (found,) = fake.listed()
    said = verdicts(found, "caches")
    assert said["elasticache-repl-grp-multi-az-enabled"] == "COMPLIANT"
    unknown = {check for check, compliance in said.items() if compliance == "INSUFFICIENT_DATA"}
    assert unknown == {
        "elasticache-cache-hit-ratio",
        "elasticache-engine-version-supported",
        "elasticache-subnet-group-check",
    }
    assert fake.listing.denied == "elasticache:DescribeCacheClusters"
