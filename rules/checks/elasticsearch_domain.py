"""Elasticsearch domains: the configuration item of an OpenSearch domain, in camelCase."""

from typing import Any

from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.search import (
    opensearch_data_node_fault_tolerance,
    opensearch_ebs_gp3,
    opensearch_encrypted_at_rest,
    opensearch_https_required,
    opensearch_logs_to_cloudwatch,
    opensearch_node_to_node_encryption_check,
)

NAMES = {"EBSOptions": "ebsoptions", "EBSEnabled": "ebsenabled", "TLSSecurityPolicy": "tlssecurityPolicy"}


def to_configuration_item(domain: TemplateResource) -> dict[str, Any]:
    """The configuration of a domain."""
    configuration = lowered(domain.properties, NAMES, keep=("LogPublishingOptions", "AdvancedOptions"))
    logs = domain.properties.get("LogPublishingOptions")
    if isinstance(logs, dict):  # the keys are names of logs and stay as they are
        configuration["logPublishingOptions"] = {name: lowered(log) for name, log in logs.items()}
    return {"configuration": configuration}
