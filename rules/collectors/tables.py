"""DynamoDB tables with their time to live (TTL), which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector("AWS::DynamoDB::Table", actions=("config:SelectResourceConfig", "dynamodb:DescribeTimeToLive"))
def tables(aws: Aws) -> Iterator[Listed]:
    """DynamoDB tables with their time to live; one that is deleted in the meantime is not listed."""
    for item in aws.recorded("AWS::DynamoDB::Table"):
        expiry = aws.ask(
            "dynamodb:DescribeTimeToLive",
            "TimeToLiveDescription",
            absent=("ResourceNotFoundException",),
            TableName=item["resourceName"],
        )
        if expiry is not None:
            yield completed(item, {"TimeToLiveDescription": expiry})
