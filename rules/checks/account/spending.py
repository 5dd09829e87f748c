"""Checks of the cost of the account, its commitments, exports, recommended savings and carbon emissions."""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from rules.checks.shared.organization import ALONE, MEMBER, in_member_account

ANSWER = "configuration.ce.GetCostAndUsage"
COST = f"{ANSWER}.ResultsByTime"
COVERAGE = "configuration.ce.GetSavingsPlansCoverage.SavingsPlansCoverages"
EMISSIONS = "configuration.sustainability.GetEstimatedCarbonEmissions.Results"
EXPORTS = "configuration.bcm-data-exports.GetExport"
HUB = "configuration.cost-optimization-hub.ListEnrollmentStatuses.items"
RESERVABLE = "configuration.ce.GetReservationPurchaseRecommendation"
RESERVATIONS = f"{RESERVABLE}.Recommendations"
REPORTS = "configuration.cur.DescribeReportDefinitions.ReportDefinitions"
SAVINGS = "configuration.cost-optimization-hub.ListRecommendationSummaries"
UTILIZATION = "configuration.ce.GetSavingsPlansUtilization"

USED = f"{UTILIZATION}.Total.Utilization"


def day(**usd_by_usage_type: float) -> dict[str, object]:
    """An example of one day in Cost Explorer, with the cost in USD by usage type."""
    groups = usd_by_usage_type.items()
    return {
        "Groups": [{"Keys": [key], "Metrics": {"UnblendedCost": {"Amount": str(usd)}}} for key, usd in groups],
        "Total": {},
    }


def covered(by_plans: float, on_demand: float) -> dict[str, object]:
    """An example of the coverage by Savings Plans in a month or a part of it, in USD."""
    return {"Coverage": {"SpendCoveredBySavingsPlans": str(by_plans), "OnDemandCost": str(on_demand)}}


def exported(query: str, status: str = "HEALTHY") -> dict[str, object]:
    """An example of a data export."""
    export = {"Name": "all", "DataQuery": {"QueryStatement": query}}
    return {"Export": export, "ExportStatus": {"StatusCode": status}}


def reported(unit: str, status: str = "SUCCESS") -> dict[str, object]:
    """An example of a legacy Cost and Usage Report, the predecessor of data exports."""
    return {"ReportName": "all", "TimeUnit": unit, "ReportStatus": {"lastStatus": status}}


def cost_of(group: Attributes) -> float:
    """The cost in USD of one usage type on one day."""
    return group.number("Metrics.UnblendedCost.Amount")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP05": "cost by service and day is not available",
        "COST01-BP06": "cost cannot be monitored in Cost Explorer",
    },
    effort="S",
    severity="medium",
    collector="account-spending",
    fix="Enable Cost Explorer in the console of the management account.",
    compliant=[{COST: [day(BoxUsage=1)]}, {COST: []}],
    non_compliant=[{ANSWER: None}],
)
def cost_explorer_enabled(account: ConfigurationItem) -> Verdict:
    """The account has Cost Explorer enabled.

    Without Cost Explorer, cost cannot be analyzed by service, day and tag. Cost Explorer is off until it is opened for
    the first time.
    """
    return compliant_if(account.has(ANSWER), otherwise="GetCostAndUsage has no data (expected Cost Explorer enabled)")


@check(
    ACCOUNT,
    best_practices={"COST08-BP01": "the cost of data transfer between Availability Zones and Regions is too high"},
    effort="M",
    severity="low",
    collector="account-spending",
    fix="Find the data transfer usage types in Cost Explorer, and place components that exchange data in one zone.",
    compliant=[{COST: [day(BoxUsage=96, **{"EU-DataTransfer-Regional-Bytes": 4})]}],
    non_compliant=[{COST: [day(BoxUsage=90, **{"EU-DataTransfer-Regional-Bytes": 4, "EUW1-USE1-AWS-Out-Bytes": 6})]}],
    not_applicable=[{COST: []}],
)
def cross_region_data_transfer_bounded(account: ConfigurationItem, *, most_percent: int = 5) -> Verdict:
    """The account spends at most 5 percent of its cost on data transfer.

    Data transfer between Availability Zones is billed in both directions, and its cost grows with every call between
    components in different zones.
    """

    def is_transfer(group: Attributes) -> bool:
        endings = ("-AWS-Out-Bytes", "DataTransfer-Regional-Bytes")
        return any_of(group.texts("Keys"), lambda key: any_of(endings, key.endswith))

    groups = account.objects(f"{COST}.Groups")
    total = sum(map(cost_of, groups))
    if total <= 0:
        return NOT_APPLICABLE
    share = 100 * sum(cost_of(group) for group in groups if is_transfer(group)) / total
    expected = f"expected {most_percent} percent or less"
    return compliant_if(share <= most_percent, f"data transfer is {share:.1f} percent of {total:.2f} USD ({expected})")


@check(
    ACCOUNT,
    best_practices={
        "COST09-BP03": "idle resources are billed like resources under load",
        "COST06-BP01": "the cost without load is higher than planned",
        "SUS02-BP01": "capacity does not scale down with demand",
    },
    effort="M",
    collector="account-spending",
    fix="Find the cost of the cheapest day in Cost Explorer, and let those resources scale down without load.",
    compliant=[
        {COST: [day(BoxUsage=9, Storage=1), day(BoxUsage=40)], "parameters.most_usd_on_the_quietest_day": 10},
    ],
    non_compliant=[{COST: [day(BoxUsage=11), day(BoxUsage=40)], "parameters.most_usd_on_the_quietest_day": 10}],
    not_applicable=[
        {COST: [day(BoxUsage=11)]},
        {COST: []},
        {COST: [], "parameters.most_usd_on_the_quietest_day": 10},
        {ANSWER: None, "parameters.most_usd_on_the_quietest_day": 10},
    ],
)
def idle_baseline_cost_within_target(account: ConfigurationItem, *, most_usd_on_the_quietest_day: int = 0) -> Verdict:
    """The account's cost without load is within its target.

    A high cost without load means that resources are billed while no work is done. The check treats the cheapest day of
    two weeks as the day without load. Applies if the parameter `most_usd_on_the_quietest_day` is set and Cost Explorer
    has data.
    """
    if most_usd_on_the_quietest_day == 0:
        return NOT_APPLICABLE
    days = [sum(map(cost_of, day.objects("Groups"))) for day in account.objects(COST)]
    if not days:
        return NOT_APPLICABLE
    lowest = min(days)
    otherwise = f"the cheapest day cost {lowest:.2f} USD (expected {most_usd_on_the_quietest_day} USD or less)"
    return compliant_if(lowest <= most_usd_on_the_quietest_day, otherwise)


@check(
    ACCOUNT,
    best_practices={
        "COST07-BP01": "steady compute is billed at the On-Demand price",
        "COST07-BP04": "Savings Plans do not cover the steady compute",
    },
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Purchase the Savings Plan that Cost Explorer recommends. The commitment lasts one or three years.",
    compliant=[{COVERAGE: [covered(600, 300), covered(0, 100)]}],
    non_compliant=[{COVERAGE: [covered(600, 401)]}],
    not_applicable=[{COVERAGE: [covered(0, 99)]}, {"configuration.ce.GetSavingsPlansCoverage": None}],
)
def savings_plans_coverage(
    account: ConfigurationItem, *, least_percent: int = 60, least_on_demand_usd: int = 100
) -> Verdict:
    """Savings Plans cover 60 percent or more of the compute cost.

    Compute that runs all the time at the On-Demand price costs more than under a commitment. The last two weeks are
    judged. Applies if the On-Demand cost is `least_on_demand_usd` or more.
    """
    covers = account.objects(f"{COVERAGE}.Coverage")
    on_demand = sum(cover.number("OnDemandCost") for cover in covers)
    if on_demand < least_on_demand_usd:
        return NOT_APPLICABLE
    covered_usd = sum(cover.number("SpendCoveredBySavingsPlans") for cover in covers)
    share = 100 * covered_usd / (covered_usd + on_demand)
    expected = f"expected {least_percent} percent or more"
    return compliant_if(share >= least_percent, f"the Savings Plans coverage is {share:.1f} percent ({expected})")


@check(
    ACCOUNT,
    best_practices={"COST07-BP04": "a part of the Savings Plans commitment is not used"},
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Move workloads to the usage that the Savings Plans cover, or do not renew the commitment.",
    compliant=[{USED: {"UtilizationPercentage": "95"}}],
    non_compliant=[{USED: {"UtilizationPercentage": "94.9"}}],
    not_applicable=[{UTILIZATION: None}],
)
def savings_plans_utilization(account: ConfigurationItem, *, least_percent: int = 95) -> Verdict:
    """Savings Plans have a utilization of 95 percent or more.

    The part of the commitment that is not used in an hour is billed and cannot be used later.
    """
    if account.has(USED):
        used = account.number(f"{USED}.UtilizationPercentage")
        otherwise = f"UtilizationPercentage is {used:.1f} (expected {least_percent} or more)"
        return compliant_if(used >= least_percent, otherwise)
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={
        "COST07-BP04": "steady databases and caches are billed at the On-Demand price",
        "COST07-BP01": "recommended reservations are not purchased",
    },
    effort="M",
    severity="medium",
    collector="account-spending",
    fix=(
        "Purchase the reservations that Cost Explorer recommends, or waive the check. Reservations last one or three "
        "years."
    ),
    compliant=[
        {RESERVATIONS: [{"RecommendationSummary": {"TotalEstimatedMonthlySavingsAmount": "100"}}]},
        {RESERVATIONS: []},
    ],
    non_compliant=[{RESERVATIONS: [{"RecommendationSummary": {"TotalEstimatedMonthlySavingsAmount": "100.01"}}]}],
    not_applicable=[{RESERVABLE: None}],
)
def reservation_coverage_reviewed(account: ConfigurationItem, *, most_usd_a_month: int = 100) -> Verdict:
    """Recommended reservations would save at most 100 USD a month.

    Databases and caches that run all the time at the On-Demand price cost more than reserved nodes. The check evaluates
    RDS, ElastiCache, OpenSearch and Redshift, because Compute Savings Plans do not cover these services. Applies if
    Cost Explorer has data.
    """
    if not account.has(RESERVABLE):
        return NOT_APPLICABLE
    summaries = account.objects(f"{RESERVATIONS}.RecommendationSummary")
    saved = sum(summary.number("TotalEstimatedMonthlySavingsAmount") for summary in summaries)
    expected = f"expected {most_usd_a_month} USD or less"
    return compliant_if(saved <= most_usd_a_month, f"reservations would save {saved:.2f} USD a month ({expected})")


@check(
    ACCOUNT,
    best_practices={"COST03-BP01": "no detailed record of cost and usage is exported"},
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Create a data export of the Cost and Usage Report 2.0 with resource ids, in the management account.",
    compliant=[
        {**ALONE, EXPORTS: [exported("SELECT * FROM COST_AND_USAGE_REPORT")], REPORTS: []},
        {**ALONE, EXPORTS: [exported("SELECT * FROM FOCUS_1_0_AWS")], REPORTS: []},
        {**ALONE, EXPORTS: [], REPORTS: [reported("HOURLY")]},
    ],
    non_compliant=[
        {**ALONE, EXPORTS: [exported("SELECT * FROM COST_AND_USAGE_REPORT", "UNHEALTHY")], REPORTS: []},
        {**ALONE, EXPORTS: [exported("SELECT * FROM COST_OPTIMIZATION_RECOMMENDATIONS")], REPORTS: []},
        {**ALONE, EXPORTS: [], REPORTS: [reported("MONTHLY")]},
        {**ALONE, EXPORTS: [], REPORTS: [reported("DAILY", "ERROR_NO_BUCKET")]},
        {**ALONE, EXPORTS: [], REPORTS: []},
    ],
    not_applicable=[MEMBER],
)
def cost_and_usage_export_configured(account: ConfigurationItem) -> Verdict:
    """The account exports detailed cost and usage data.

    Without an export, cost by hour and resource is lost, because Cost Explorer keeps it for two weeks. The check
    accepts a data export of the Cost and Usage Report or of FOCUS. It also accepts a legacy report by hour or day.
    Member accounts are not judged.
    """
    if in_member_account(account):
        return NOT_APPLICABLE

    def in_detail(export: Attributes) -> bool:
        query = export.text("Export.DataQuery.QueryStatement")
        detailed = any_of(("COST_AND_USAGE_REPORT", "FOCUS_"), lambda table: contains(query, table))
        return all_of([export.text("ExportStatus.StatusCode") == "HEALTHY", detailed])

    def delivered(report: Attributes) -> bool:
        fails = report.text("ReportStatus.lastStatus").startswith("ERROR")
        return all_of([contains(("HOURLY", "DAILY"), report.text("TimeUnit")), none_of([fails])])

    detailed = [any_of(account.objects(EXPORTS), in_detail), any_of(account.objects(REPORTS), delivered)]
    return compliant_if(any_of(detailed), "healthy exports or reports by hour or day: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "COST10-BP02": "the savings that AWS recommends are not reviewed",
        "COST06-BP02": "resource sizes are chosen without recommendations of AWS",
    },
    effort="S",
    collector="account-spending",
    fix="Enroll the account in Cost Optimization Hub. The enrollment is free of charge.",
    compliant=[{HUB: [{"status": "Active"}]}],
    non_compliant=[{HUB: [{"status": "Inactive"}]}, {HUB: []}],
)
def cost_optimization_hub_enrolled(account: ConfigurationItem) -> Verdict:
    """The account is enrolled in Cost Optimization Hub.

    Without Cost Optimization Hub, the savings that several AWS services recommend have to be collected and compared
    manually.
    """
    states = account.texts(f"{HUB}.status")
    otherwise = f"the enrollment status is {listed(states) or 'not set'} (expected Active)"
    return compliant_if(contains(states, "Active"), otherwise)


@check(
    ACCOUNT,
    best_practices={"COST10-BP02": "recommended savings are not implemented"},
    effort="M",
    collector="account-spending",
    fix="Implement the recommendations with the highest estimated savings first.",
    compliant=[
        {SAVINGS: {"estimatedTotalDedupedSavings": 75}, COST: [day(BoxUsage=50)]},
        {SAVINGS: {"estimatedTotalDedupedSavings": 0}, COST: [day()]},
    ],
    non_compliant=[{SAVINGS: {"estimatedTotalDedupedSavings": 76}, COST: [day(BoxUsage=50)]}],
    not_applicable=[{SAVINGS: None}, {SAVINGS: {"estimatedTotalDedupedSavings": 76}, COST: []}],
)
def cost_optimization_hub_savings_below_threshold(account: ConfigurationItem, *, most_percent: int = 5) -> Verdict:
    """The account has recommended savings of at most 5 percent of its cost.

    Higher savings mean that the account pays for resources that are oversized, idle or without a commitment. The
    monthly savings in Cost Optimization Hub are compared with the monthly cost, projected from the last two weeks.
    """
    if not account.has(SAVINGS):
        return NOT_APPLICABLE
    days = account.objects(COST)
    if not days:
        return NOT_APPLICABLE
    saved = account.number(f"{SAVINGS}.estimatedTotalDedupedSavings")
    spent = sum(cost_of(group) for day in days for group in day.objects("Groups")) * 30 / len(days)
    otherwise = f"recommended savings are {saved:.0f} of {spent:.0f} USD (expected {most_percent} percent or less)"
    return compliant_if(saved * 100 <= spent * most_percent, otherwise)


@check(
    ACCOUNT,
    best_practices={"SUS06-BP01": "carbon emissions are not measured against sustainability goals"},
    effort="S",
    severity="low",
    collector="account-spending",
    fix="Allow the action sustainability:GetEstimatedCarbonEmissions, and review the emissions each month.",
    compliant=[{EMISSIONS: [{"ModelVersion": "v3"}]}],
    non_compliant=[{EMISSIONS: []}],
)
def carbon_emissions_tracked(account: ConfigurationItem) -> Verdict:
    """The account has estimates of its carbon emissions.

    Without estimates, progress toward sustainability goals cannot be measured. AWS publishes the estimates by month,
    with a delay. An account without an estimate in the last year is non-compliant.
    """
    return compliant_if(account.has(EMISSIONS), otherwise="estimates for the last year: 0 (expected 1 or more)")
