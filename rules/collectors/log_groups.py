"""Log groups, which Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._tags import tags_by_arn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

LOG_GROUP = "AWS::Logs::LogGroup"


@collector(LOG_GROUP, actions=("logs:DescribeLogGroups", "logs:GetDataProtectionPolicy", "tag:GetResources"))
def log_groups(aws: Aws) -> Iterator[Listed]:
    """CloudWatch log groups in CloudFormation's shape. Their tags come in bulk: one call for a hundred groups."""
    tags = tags_by_arn(aws, "logs:log-group")
    for group in aws.walk("logs:DescribeLogGroups", "logGroups"):
        arn = group["arn"].removesuffix(":*")
        configuration = {
            "LogGroupName": group["logGroupName"],
            "RetentionInDays": group.get("retentionInDays"),
            "KmsKeyId": group.get("kmsKeyId"),
            "LogGroupClass": group.get("logGroupClass"),
        }
        if group.get("dataProtectionStatus") == "ACTIVATED":
            configuration["DataProtectionPolicy"] = aws.ask(
                "logs:GetDataProtectionPolicy",
                "policyDocument",
                absent=("ResourceNotFoundException",),
                logGroupIdentifier=arn,
            )
        known = tags if isinstance(tags, Unknown) else tags.get(arn)
        found = aws.listed(LOG_GROUP, group["logGroupName"], configuration, arn=arn, tags=known)
        inherited = {"inheritedProperties": group.get("inheritedProperties")}
        yield completed(found.item, {"logs": {"DescribeLogGroups": inherited}})
