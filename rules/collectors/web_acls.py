"""AWS WAF web ACLs with their rules, and GraphQL APIs with their web ACL, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

WEB_ACL = "AWS::WAFv2::WebACL"
API = "AWS::AppSync::GraphQLApi"
DELETED = ("WAFNonexistentItemException",)


@collector(WEB_ACL, API, actions=("config:SelectResourceConfig", "wafv2:GetWebACL", "wafv2:GetWebACLForResource"))
def web_acls(aws: Aws) -> Iterator[Listed]:
    """Web ACLs and GraphQL APIs; resources that are deleted in the meantime are not listed."""
    for item in aws.recorded(WEB_ACL):
        found = aws.ask("wafv2:GetWebACL", absent=DELETED, ARN=item["arn"])
        if found is not None:
            yield completed(item, {"wafv2": {"GetWebACL": found}})
    for item in aws.recorded(API):
        found = aws.ask("wafv2:GetWebACLForResource", absent=DELETED, ResourceArn=item["arn"])
        if found is not None:  # an API without a web ACL has an empty answer
            yield completed(item, {"wafv2": {"GetWebACLForResource": found}})
