"""The cost of the account, its commitments and exports, and the savings that AWS recommends.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.ce.GetSavingsPlansCoverage.SavingsPlansCoverages``. Cost Explorer bills
0.01 USD for each request.
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
NO_DATA = ("DataUnavailableException", "AccessDeniedException: User not enabled for cost explorer")
ALONE = ("AWSOrganizationsNotInUseException",)
# Credits and refunds would hide the cost of the usage.
AS_USED = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}}
RESERVABLE = (
    "Amazon ElastiCache",
    "Amazon OpenSearch Service",
    "Amazon Redshift",
    "Amazon Relational Database Service",
)


@collector(
    ACCOUNT,
    actions=(
        "bcm-data-exports:GetExport",
        "bcm-data-exports:ListExports",
        "ce:GetCostAndUsage",
        "ce:GetReservationPurchaseRecommendation",
        "ce:GetSavingsPlansCoverage",
        "ce:GetSavingsPlansUtilization",
        "cost-optimization-hub:ListEnrollmentStatuses",
        "cost-optimization-hub:ListRecommendationSummaries",
        "cur:DescribeReportDefinitions",
        "organizations:DescribeOrganization",
        "sustainability:GetEstimatedCarbonEmissions",
    ),
    region="global",
)
def account_spending(aws: Aws) -> Iterator[Listed]:
    """Cost by day and usage type, commitments, exports, savings, emissions; sections that AWS refuses are unknown."""
    recently: dict[str, Any] = {"TimePeriod": {"Start": _day(aws, DAYS), "End": _day(aws, 0)}}
    # Cost Explorer has the data of Savings Plans a day later.
    settled: dict[str, Any] = {"TimePeriod": {"Start": _day(aws, DAYS + 1), "End": _day(aws, 1)}}
    reports = aws.every("cur:DescribeReportDefinitions", "ReportDefinitions")
    enrolled = aws.every("cost-optimization-hub:ListEnrollmentStatuses", "items")
    emissions = aws.every(
        "sustainability:GetEstimatedCarbonEmissions",
        "Results",
        TimePeriod={"Start": _day(aws, 365), "End": _day(aws, 0)},
    )
    configuration = {
        "bcm-data-exports": {"GetExport": _exports(aws)},
        "ce": {
            "GetCostAndUsage": _cost_by_day(aws, recently),
            "GetReservationPurchaseRecommendation": _reservations(aws),
            "GetSavingsPlansCoverage": _answer(aws, "ce:GetSavingsPlansCoverage", "SavingsPlansCoverages", **settled),
            "GetSavingsPlansUtilization": aws.ask("ce:GetSavingsPlansUtilization", absent=NO_DATA, **settled),
        },
        "cost-optimization-hub": {
            "ListEnrollmentStatuses": {"items": enrolled},
            "ListRecommendationSummaries": _savings(aws, enrolled),
        },
        "cur": {"DescribeReportDefinitions": {"ReportDefinitions": reports}},
        "organizations": {"DescribeOrganization": aws.ask("organizations:DescribeOrganization", absent=ALONE)},
        "sustainability": {"GetEstimatedCarbonEmissions": {"Results": emissions}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _day(aws: Aws, ago: int) -> str:
    return (datetime.fromisoformat(aws.began) - timedelta(days=ago)).date().isoformat()


def _answer(aws: Aws, action: str, key: str, **parameters: Any) -> Any:
    """The pages of a response as one; None if the account has no data."""
    found = aws.every(action, key, absent=NO_DATA, **parameters)
    return found if found is None or isinstance(found, Unknown) else {key: found}


def _cost_by_day(aws: Aws, recently: dict[str, Any]) -> Any:
    return _answer(
        aws,
        "ce:GetCostAndUsage",
        "ResultsByTime",
        Filter=AS_USED,
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
        GroupBy=[{"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
        **recently,
    )


def _exports(aws: Aws) -> Any:
    """The data exports with their queries; one that is deleted in the meantime is omitted."""
    exports = aws.every("bcm-data-exports:ListExports", "Exports")
    if isinstance(exports, Unknown):
        return exports
    deleted = ("ResourceNotFoundException",)
    found = [aws.ask("bcm-data-exports:GetExport", absent=deleted, ExportArn=export["ExportArn"]) for export in exports]
    return [export for export in found if export is not None]


def _reservations(aws: Aws) -> Any:
    """The reservations that AWS recommends, of all services; None if no service has data."""
    found: list[Any] | None = None
    for service in RESERVABLE:
        some = aws.every(
            "ce:GetReservationPurchaseRecommendation",
            "Recommendations",
            absent=NO_DATA,
            Service=service,
            LookbackPeriodInDays="THIRTY_DAYS",
            TermInYears="ONE_YEAR",
            PaymentOption="NO_UPFRONT",
        )
        if isinstance(some, Unknown):
            return some
        if some is not None:
            found = [*(found or []), *some]
    return None if found is None else {"Recommendations": found}


def _savings(aws: Aws, enrolled: Any) -> Any:
    """The estimated savings in Cost Optimization Hub; None if the account is not enrolled."""
    if not isinstance(enrolled, Unknown) and all(each.get("status") != "Active" for each in enrolled):
        return None
    return aws.ask("cost-optimization-hub:ListRecommendationSummaries", groupBy="ResourceType")
