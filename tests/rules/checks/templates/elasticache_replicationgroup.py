"""Replication groups: a token, a subnet group of the template, and what a global datastore decides."""

from tests.rules.checks.templates import Case, other

OWN_SUBNETS = {"Subnets": other("AWS::ElastiCache::SubnetGroup", Description="private", SubnetIds=["subnet-1"])}
NAMED = {"CacheSubnetGroupName": {"Ref": "Subnets"}}

CASES: list[Case] = [
    ("elasticache-subnet-group-check", "COMPLIANT", NAMED, OWN_SUBNETS),
    ("elasticache-subnet-group-check", "COMPLIANT", {"CacheSubnetGroupName": "private"}, {}),
    (
        "elasticache-repl-grp-redis-auth-enabled",
        "COMPLIANT",
        {"TransitEncryptionEnabled": True, "AuthToken": "{{resolve:secretsmanager:cache}}"},
        {},
    ),
    (
        "elasticache-repl-grp-redis-auth-enabled",
        "COMPLIANT",
        {"TransitEncryptionEnabled": True, "UserGroupIds": [{"Ref": "Users"}]},
        {"Users": other("AWS::ElastiCache::UserGroup")},
    ),
    ("elasticache-repl-grp-encrypted-at-rest", "NON_COMPLIANT", {"Engine": "redis"}, {}),
    ("elasticache-repl-grp-encrypted-at-rest", "COMPLIANT", {"AtRestEncryptionEnabled": "true"}, {}),
    ("elasticache-repl-grp-encrypted-at-rest", "INSUFFICIENT_DATA", {"GlobalReplicationGroupId": "g"}, {}),
    ("elasticache-repl-grp-encrypted-in-transit", "INSUFFICIENT_DATA", {"GlobalReplicationGroupId": "g"}, {}),
    ("elasticache-redis-cluster-automatic-backup-check", "NON_COMPLIANT", {"SnapshotRetentionLimit": "14"}, {}),
    ("elasticache-repl-grp-auto-failover-enabled", "COMPLIANT", {"AutomaticFailoverEnabled": "true"}, {}),
]
