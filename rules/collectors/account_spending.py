"""What the account spends, on what, and what AWS would save.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.ce.GetSavingsPlansCoverage.SavingsPlansCoverages`` names the call to repeat by hand. Cost Explorer bills
each request, a cent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

DAYS = 14
COMPUTE = ("AWS::AppRunner::Service", "AWS::EC2::Instance", "AWS::ECS::Service", "AWS::Lambda::Function")
NO_DATA = ("DataUnavailableException", "AccessDeniedException: User not enabled for cost explorer")
RESERVABLE = (
    "Amazon ElastiCache",
    "Amazon OpenSearch Service",
    "Amazon Redshift",
    "Amazon Relational Database Service",
)


@collector(
    ACCOUNT,
    actions=(
        "bcm-data-exports:ListExports",
        "ce:GetCostAndUsage",
        "ce:GetReservationPurchaseRecommendation",
        "ce:GetSavingsPlansCoverage",
        "ce:GetSavingsPlansUtilization",
        "compute-optimizer:GetIdleRecommendations",
        "config:GetDiscoveredResourceCounts",
        "cost-optimization-hub:ListEnrollmentStatuses",
        "cost-optimization-hub:ListRecommendationSummaries",
        "sustainability:GetEstimatedCarbonEmissions",
    ),
    region="global",
)
def account_spending(aws: Aws) -> Iterator[Listed]:
    """Cost by day and kind of use, commitments, idle resources, emissions; what is refused is unknown."""
    recently: dict[str, Any] = {"TimePeriod": {"Start": _day(aws, DAYS), "End": _day(aws, 0)}}
    emissions = aws.every(
        "sustainability:GetEstimatedCarbonEmissions",
        "Results",
        TimePeriod={"Start": _day(aws, 365), "End": _day(aws, 0)},
    )
    configuration = {
        "bcm-data-exports": {"ListExports": {"Exports": aws.every("bcm-data-exports:ListExports", "Exports")}},
        "ce": {
            "GetCostAndUsage": _cost_by_day(aws, recently),
            "GetReservationPurchaseRecommendation": {"Recommendations": _reservations(aws)},
            "GetSavingsPlansCoverage": aws.ask("ce:GetSavingsPlansCoverage", absent=NO_DATA, **recently),
            "GetSavingsPlansUtilization": aws.ask("ce:GetSavingsPlansUtilization", absent=NO_DATA, **recently),
        },
        "compute-optimizer": {
            "GetIdleRecommendations": _answer(aws, "compute-optimizer:GetIdleRecommendations", "idleRecommendations")
        },
        "config": {
            "GetDiscoveredResourceCounts": aws.ask("config:GetDiscoveredResourceCounts", resourceTypes=list(COMPUTE))
        },
        "cost-optimization-hub": {
            "ListEnrollmentStatuses": {"items": aws.every("cost-optimization-hub:ListEnrollmentStatuses", "items")},
            "ListRecommendationSummaries": aws.ask(
                "cost-optimization-hub:ListRecommendationSummaries",
                absent=("ValidationException",),  # the account is not enrolled
                groupBy="ResourceType",
            ),
        },
        "sustainability": {"GetEstimatedCarbonEmissions": {"Results": emissions}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _day(aws: Aws, ago: int) -> str:
    return (datetime.fromisoformat(aws.began) - timedelta(days=ago)).date().isoformat()


def _cost_by_day(aws: Aws, recently: dict[str, Any]) -> Any:
    return _answer(
        aws,
        "ce:GetCostAndUsage",
        "ResultsByTime",
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
        GroupBy=[{"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
        **recently,
    )


def _answer(aws: Aws, action: str, key: str, **parameters: Any) -> Any:
    """An answer on several pages as one; None where the account has no data."""
    found = aws.every(action, key, absent=NO_DATA, **parameters)
    return found if found is None or isinstance(found, Unknown) else {key: found}


def _reservations(aws: Aws) -> Any:
    found: list[Any] = []
    for service in RESERVABLE:
        some = aws.every("ce:GetReservationPurchaseRecommendation", "Recommendations", absent=NO_DATA, Service=service)
        if isinstance(some, Unknown):
            return some
        found += some or []
    return found
