"""Cognito user pools with their groups, which AWS Config records as separate resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

POOL = "AWS::Cognito::UserPool"


@collector(POOL, actions=("cognito-idp:ListGroups", "config:SelectResourceConfig"))
def user_pools(aws: Aws) -> Iterator[Listed]:
    """Cognito user pools with their groups; one that is deleted in the meantime is not listed."""
    for item in aws.recorded(POOL):
        groups = aws.every(
            "cognito-idp:ListGroups", "Groups", absent=("ResourceNotFoundException",), UserPoolId=item["resourceId"]
        )
        if groups is not None:
            yield completed(item, {"cognito-idp": {"ListGroups": {"Groups": groups}}})
