"""Search domains under their older name: OpenSearch's item in camelCase."""

from typing import Any

from pillarwatch.lift import TemplateResource, lowered
from rules.shared.search import (
    opensearch_data_node_fault_tolerance,
    opensearch_ebs_gp3,
    opensearch_encrypted_at_rest,
    opensearch_https_required,
    opensearch_node_to_node_encryption_check,
)

NAMES = {"EBSOptions": "ebsoptions", "EBSEnabled": "ebsenabled", "TLSSecurityPolicy": "tlssecurityPolicy"}


def lift(domain: TemplateResource) -> dict[str, Any]:
    """A domain."""
    return {"configuration": lowered(domain.properties, NAMES, keep=("LogPublishingOptions", "AdvancedOptions"))}
