"""Clusters: a subnet group of the template."""

from tests.rules.checks.templates import Case, other

OWN_SUBNETS = {"Subnets": other("AWS::ElastiCache::SubnetGroup", Description="private", SubnetIds=["subnet-1"])}
NAMED = {"Engine": "memcached", "CacheSubnetGroupName": {"Ref": "Subnets"}}

CASES: list[Case] = [
    ("elasticache-subnet-group-check", "COMPLIANT", NAMED, OWN_SUBNETS),
]
