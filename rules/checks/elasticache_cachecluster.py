"""ElastiCache clusters: Memcached, and Redis with one node. AWS Config does not record them: CloudFormation's shape."""

from typing import Any

from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.caches import (
    elasticache_auto_minor_version_upgrade_check,
    elasticache_engine_version_supported,
    elasticache_redis_cluster_automatic_backup_check,
    elasticache_subnet_group_check,
    with_subnet_group,
)


def to_configuration_item(cluster: TemplateResource) -> dict[str, Any]:
    """The configuration of a cluster."""
    return {"configuration": with_subnet_group(cluster, cluster.properties)}
