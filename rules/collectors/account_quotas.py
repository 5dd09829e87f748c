"""The quotas of the account and their usage.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.lambda.GetAccountSettings.AccountLimit``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

# The services with usage metrics of their quotas.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
MEASURED = (
    "autoscaling",
    "cloudformation",
    "dynamodb",
    "ec2",
    "ecr",
    "elasticloadbalancing",
    "fargate",
    "firehose",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds",
    "sns",
    "ssm",
    "vpc",
)
DAYS = 7


@collector(
    ACCOUNT, actions=("cloudwatch:GetMetricData", "lambda:GetAccountSettings", "servicequotas:ListServiceQuotas")
)
def account_quotas(aws: Aws) -> Iterator[Listed]:
    """The limits of the account; sections that AWS refuses are unknown."""
    configuration = {"lambda": {"GetAccountSettings": aws.ask("lambda:GetAccountSettings")}}
    account = aws.listed(ACCOUNT, aws.account, configuration).item
    yield completed(account, {"Metrics": {"ResourceCount": {"Maximum": _used(aws)}}})


def _used(aws: Aws) -> Any:
    """The resource quotas with a usage metric, each with the maximum usage of a week as ``Maximum``.

    Quotas of request rates are omitted, because their usage metrics count requests by the minute.
    """
    quotas: list[dict[str, Any]] = []
    for service in MEASURED:
        found = aws.every(
            "servicequotas:ListServiceQuotas",
            "Quotas[?UsageMetric.MetricName=='ResourceCount']",
            absent=("NoSuchResourceException",),  # the service is not in this Region
            ServiceCode=service,
        )
        if isinstance(found, Unknown):
            return found
        quotas += found or []
    used = measured(aws, {quota["QuotaArn"]: _metric(quota["UsageMetric"]) for quota in quotas}, days=DAYS)
    return [
        {"QuotaName": quota["QuotaName"], "Value": _value(quota), "Maximum": used[quota["QuotaArn"]]}
        for quota in quotas
    ]


def _value(quota: dict[str, Any]) -> Any:
    """The value of the quota; Unknown if Service Quotas reports an error of the service."""
    reason = quota.get("ErrorReason", {}).get("ErrorCode", "it has no value")
    return quota.get("Value", Unknown(f"servicequotas:ListServiceQuotas of {quota['QuotaName']}: {reason}"))


def _metric(usage: dict[str, Any]) -> Metric:
    return Metric(usage["MetricNamespace"], usage["MetricName"], usage.get("MetricDimensions") or {}, "Maximum")
