"""How near the account is to its quotas.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.lambda.GetAccountSettings.AccountLimit`` names the call to repeat by hand.
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

# The services that measure how much of their quotas is used.
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
    """The account's limits; a section that is refused is unknown, and the others go on."""
    configuration = {"lambda": {"GetAccountSettings": aws.ask("lambda:GetAccountSettings")}}
    account = aws.listed(ACCOUNT, aws.account, configuration).item
    yield completed(account, {"Metrics": {"ResourceCount": {"Maximum": _used(aws)}}})


def _used(aws: Aws) -> Any:
    """The quotas of resources whose number is measured, each with the most that there were in a week under ``Maximum``.

    Quotas of requests have a rate as their value, and metrics that count by the minute: those are not compared.
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
    """What was granted: Service Quotas asks the service in the caller's name, and tells why that did not answer."""
    reason = quota.get("ErrorReason", {}).get("ErrorCode", "it has no value")
    return quota.get("Value", Unknown(f"servicequotas:ListServiceQuotas of {quota['QuotaName']}: {reason}"))


def _metric(usage: dict[str, Any]) -> Metric:
    return Metric(usage["MetricNamespace"], usage["MetricName"], usage.get("MetricDimensions") or {}, "Maximum")
