"""AppSync GraphQL APIs with their schemas, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.unknown import Unknown
from rules.collectors import Deleted, collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

API = "AWS::AppSync::GraphQLApi"


@collector(API, actions=("appsync:GetIntrospectionSchema", "config:SelectResourceConfig"))
def graphql_schemas(aws: Aws) -> Iterator[Listed]:
    """GraphQL APIs with their schema and its directives; one that is deleted in the meantime is not listed."""
    for item in aws.recorded(API):
        try:
            found = aws.ask(
                "appsync:GetIntrospectionSchema",
                "schema",
                absent=("GraphQLSchemaException",),  # the API has no schema yet
                deleted=("NotFoundException",),
                apiId=item["arn"].rpartition("/")[2],
                format="SDL",
                includeDirectives=True,
            )
        except Deleted:
            continue
        schema = found if found is None or isinstance(found, Unknown) else found.decode()
        yield completed(item, {"appsync": {"GetIntrospectionSchema": {"schema": schema}}})
