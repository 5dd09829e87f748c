"""ElastiCache's clusters of Memcached and of one Redis node, which Config does not record: CloudFormation's shape."""

from typing import Any

from pillarwatch.lift import TemplateResource
from rules.shared.caches import (
    elasticache_auto_minor_version_upgrade_check,
    elasticache_engine_version_supported,
    elasticache_redis_cluster_automatic_backup_check,
    elasticache_subnet_group_check,
    with_subnet_group,
)


def lift(cluster: TemplateResource) -> dict[str, Any]:
    """A cluster."""
    return {"configuration": with_subnet_group(cluster, cluster.properties)}
