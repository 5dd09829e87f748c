"""Things, as log groups: so that there is an API to ask."""

from collections.abc import Iterator

from rules.collectors import Aws, Listed, collector


@collector("AWS::Sample::Thing", actions=("logs:DescribeLogGroups", "logs:ListTagsForResource"))
def things(aws: Aws) -> Iterator[Listed]:
    """Every thing with its paint, which is the group's class."""
    for group in aws.walk("logs:DescribeLogGroups", "logGroups"):
        tags = aws.ask("logs:ListTagsForResource", "tags", resourceArn=group["logGroupArn"])
        paint = [{"configuration": {"color": group["logGroupClass"]}}] if "logGroupClass" in group else []
        yield aws.listed(
            "AWS::Sample::Thing",
            group["logGroupName"],
            group,
            arn=group["logGroupArn"],
            tags=tags,
            related={"AWS::Sample::Paint": paint},
        )
