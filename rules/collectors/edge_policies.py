"""CloudFront policies, which AWS Config does not record. They belong to no Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

CACHE = "AWS::CloudFront::CachePolicy"
HEADERS = "AWS::CloudFront::ResponseHeadersPolicy"


@collector(
    CACHE,
    HEADERS,
    actions=("cloudfront:ListCachePolicies", "cloudfront:ListResponseHeadersPolicies"),
    region="global",
)
def edge_policies(aws: Aws) -> Iterator[Listed]:
    """The custom cache policies and response headers policies of the account in CloudFormation's shape."""
    for found in _every(aws, "cloudfront:ListCachePolicies", "CachePolicyList"):
        policy = found["CachePolicy"]
        config = {"CachePolicyConfig": policy["CachePolicyConfig"]}
        yield aws.listed(CACHE, policy["Id"], config, name=policy["CachePolicyConfig"]["Name"])
    for found in _every(aws, "cloudfront:ListResponseHeadersPolicies", "ResponseHeadersPolicyList"):
        policy = found["ResponseHeadersPolicy"]
        config = {"ResponseHeadersPolicyConfig": policy["ResponseHeadersPolicyConfig"]}
        yield aws.listed(HEADERS, policy["Id"], config, name=policy["ResponseHeadersPolicyConfig"]["Name"])


def _every(aws: Aws, action: str, key: str) -> Iterator[dict[str, Any]]:
    """The elements on all pages. The marker of the next page is inside the list of CloudFront's response."""
    marker: dict[str, str] = {}
    while True:
        (found,) = aws.pages(action, f"[{key}]", Type="custom", **marker)
        yield from found.get("Items") or []
        if not found.get("NextMarker"):
            return
        marker = {"Marker": found["NextMarker"]}
