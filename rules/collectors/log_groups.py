"""CloudWatch log groups, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured
from rules.collectors._tags import tags_by_arn, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

LOG_GROUP = "AWS::Logs::LogGroup"


@collector(
    LOG_GROUP,
    actions=(
        "cloudwatch:GetMetricData",
        "logs:DescribeLogGroups",
        "logs:GetDataProtectionPolicy",
        "tag:GetResources",
    ),
)
def log_groups(aws: Aws) -> Iterator[Listed]:
    """CloudWatch log groups in CloudFormation's shape, with the data that they received in 90 days.

    One call returns the tags of 100 log groups.
    """
    tags = tags_by_arn(aws, "logs:log-group")
    for page in aws.walk_pages("logs:DescribeLogGroups", "logGroups"):
        names = [group["logGroupName"] for group in page]
        metrics = {name: Metric("AWS/Logs", "IncomingBytes", {"LogGroupName": name}, "Sum") for name in names}
        written = measured(aws, metrics, days=90)
        for group in page:
            name, arn = group["logGroupName"], group["arn"].removesuffix(":*")
            configuration = {
                "LogGroupName": name,
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
            kept = {key: group.get(key) for key in ("creationTime", "inheritedProperties", "storedBytes")}
            yield completed(
                aws.listed(LOG_GROUP, name, configuration, arn=arn, tags=tags_of(tags, arn)).item,
                {
                    "logs": {"DescribeLogGroups": {"logGroups": kept}},
                    "Metrics": {"IncomingBytes": {"Sum": written[name]}},
                },
            )
