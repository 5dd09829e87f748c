"""What the account spends, and what it could do without."""

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
from rules.shared.organization import ALONE, MEMBER, in_member_account

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
    """An example of what Cost Explorer tells of one day."""
    groups = usd_by_usage_type.items()
    return {
        "Groups": [{"Keys": [key], "Metrics": {"UnblendedCost": {"Amount": str(usd)}}} for key, usd in groups],
        "Total": {},
    }


def covered(by_plans: float, on_demand: float) -> dict[str, object]:
    """An example of what Savings Plans cover in a month or a part of it, in USD."""
    return {"Coverage": {"SpendCoveredBySavingsPlans": str(by_plans), "OnDemandCost": str(on_demand)}}


def exported(query: str, status: str = "HEALTHY") -> dict[str, object]:
    """An example of a data export."""
    export = {"Name": "all", "DataQuery": {"QueryStatement": query}}
    return {"Export": export, "ExportStatus": {"StatusCode": status}}


def reported(unit: str, status: str = "SUCCESS") -> dict[str, object]:
    """An example of a Cost and Usage Report as they were before data exports."""
    return {"ReportName": "all", "TimeUnit": unit, "ReportStatus": {"lastStatus": status}}


def cost_of(group: Attributes) -> float:
    """The cost in USD of one kind of use on one day."""
    return group.number("Metrics.UnblendedCost.Amount")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP05": "cost by service and day is not available",
        "COST01-BP06": "cost cannot be monitored",
    },
    effort="S",
    severity="medium",
    collector="account-spending",
    fix="Turn on Cost Explorer in the management account.",
    compliant=[{COST: [day(BoxUsage=1)]}, {COST: []}],
    non_compliant=[{ANSWER: None}],
)
def cost_explorer_enabled(account: ConfigurationItem) -> Verdict:
    """Cost Explorer is enabled.

    It is off until somebody opens it for the first time.
    """
    return compliant_if(account.has(ANSWER), otherwise="Cost Explorer has no data")


@check(
    ACCOUNT,
    best_practices={"COST08-BP01": "data transfer between zones and regions costs more than anybody has modelled"},
    effort="M",
    severity="low",
    collector="account-spending",
    fix="Look at the usage types in Cost Explorer, and bring together what talks to each other.",
    compliant=[{COST: [day(BoxUsage=96, **{"EU-DataTransfer-Regional-Bytes": 4})]}],
    non_compliant=[{COST: [day(BoxUsage=90, **{"EU-DataTransfer-Regional-Bytes": 4, "EUW1-USE1-AWS-Out-Bytes": 6})]}],
    not_applicable=[{COST: []}],
)
def cross_region_data_transfer_bounded(account: ConfigurationItem, *, most_percent: int = 5) -> Verdict:
    """Transfer between zones and regions is a small part of what the account costs.

    It is paid in both directions, and grows with every call between the two sides.
    """

    def moves(group: Attributes) -> bool:
        kinds = ("-AWS-Out-Bytes", "DataTransfer-Regional-Bytes")
        return any_of(group.texts("Keys"), lambda key: any_of(kinds, key.endswith))

    groups = account.objects(f"{COST}.Groups")
    total = sum(map(cost_of, groups))
    if total <= 0:
        return NOT_APPLICABLE
    moved = sum(cost_of(group) for group in groups if moves(group))
    share = 100 * moved / total
    return compliant_if(share <= most_percent, otherwise=f"{share:.1f} percent of {total:.2f} USD is transfer")


@check(
    ACCOUNT,
    best_practices={
        "COST09-BP03": "what rests is paid for as if it worked",
        "COST06-BP01": "the cost at rest is not what was planned",
        "SUS02-BP01": "capacity does not go down with demand",
    },
    effort="M",
    collector="account-spending",
    fix="Find in Cost Explorer what a quiet day consists of, and let it scale to zero.",
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
    """On its quietest day the account costs no more than was planned for rest.

    Only where the target is set and Cost Explorer is on; no API knows which day had no traffic, so the cheapest of two
    weeks stands for it.
    """
    if most_usd_on_the_quietest_day == 0:
        return NOT_APPLICABLE
    days = [sum(map(cost_of, day.objects("Groups"))) for day in account.objects(COST)]
    if not days:
        return NOT_APPLICABLE
    quietest = min(days)
    within = quietest <= most_usd_on_the_quietest_day
    return compliant_if(within, otherwise=f"the quietest day cost {quietest:.2f} USD")


@check(
    ACCOUNT,
    best_practices={
        "COST07-BP01": "steady compute is paid for at the dearest price",
        "COST07-BP04": "no commitment covers what always runs",
    },
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Buy the Savings Plan that Cost Explorer recommends for what has run steadily.",
    compliant=[{COVERAGE: [covered(600, 300), covered(0, 100)]}],
    non_compliant=[{COVERAGE: [covered(600, 401)]}],
    not_applicable=[{COVERAGE: [covered(0, 99)]}, {"configuration.ce.GetSavingsPlansCoverage": None}],
)
def savings_plans_coverage(
    account: ConfigurationItem, *, least_percent: int = 60, least_on_demand_usd: int = 100
) -> Verdict:
    """Savings Plans cover the compute that always runs.

    Of two weeks, which may be parts of two months; where less than `least_on_demand_usd` was spent on demand there is
    nothing to commit to.
    """
    covers = account.objects(f"{COVERAGE}.Coverage")
    on_demand = sum(cover.number("OnDemandCost") for cover in covers)
    if on_demand < least_on_demand_usd:
        return NOT_APPLICABLE
    covered_usd = sum(cover.number("SpendCoveredBySavingsPlans") for cover in covers)
    share = 100 * covered_usd / (covered_usd + on_demand)
    return compliant_if(share >= least_percent, otherwise=f"coverage is {share:.1f} percent")


@check(
    ACCOUNT,
    best_practices={"COST07-BP04": "what was committed to is paid for and not used"},
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Move workloads to what the commitment covers, or let it run out.",
    compliant=[{USED: {"UtilizationPercentage": "95"}}],
    non_compliant=[{USED: {"UtilizationPercentage": "94.9"}}],
    not_applicable=[{UTILIZATION: None}],
)
def savings_plans_utilization(account: ConfigurationItem, *, least_percent: int = 95) -> Verdict:
    """Savings Plans are used to nearly their full commitment.

    What is not used in an hour is lost.
    """
    if account.has(USED):
        used = account.number(f"{USED}.UtilizationPercentage")
        return compliant_if(used >= least_percent, otherwise=f"{used:.1f} percent is used")
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={
        "COST07-BP04": "databases that always run are paid for by the hour",
        "COST07-BP01": "a cheaper price for the same node is left open",
    },
    effort="M",
    severity="medium",
    collector="account-spending",
    fix="Reserve the nodes that AWS recommends, or decide against it and waive the check.",
    compliant=[
        {RESERVATIONS: [{"RecommendationSummary": {"TotalEstimatedMonthlySavingsAmount": "100"}}]},
        {RESERVATIONS: []},
    ],
    non_compliant=[{RESERVATIONS: [{"RecommendationSummary": {"TotalEstimatedMonthlySavingsAmount": "100.01"}}]}],
    not_applicable=[{RESERVABLE: None}],
)
def reservation_coverage_reviewed(account: ConfigurationItem, *, most_usd_a_month: int = 100) -> Verdict:
    """No reservation of database or cache nodes that is worth it is left open.

    Of RDS, ElastiCache, OpenSearch and Redshift, which no Savings Plan for compute covers; not judged where Cost
    Explorer has no data.
    """
    if not account.has(RESERVABLE):
        return NOT_APPLICABLE
    summaries = account.objects(f"{RESERVATIONS}.RecommendationSummary")
    saved = sum(summary.number("TotalEstimatedMonthlySavingsAmount") for summary in summaries)
    return compliant_if(saved <= most_usd_a_month, otherwise=f"reservations would save {saved:.2f} USD a month")


@check(
    ACCOUNT,
    best_practices={"COST03-BP01": "there is no detailed record of cost to analyse"},
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
    """Cost and usage are exported in full detail.

    By a data export of the Cost and Usage Report or of FOCUS, or by a report by hour or day of the older kind. Cost
    Explorer forgets the hours after two weeks, and the resources too. That of the management account has what its
    members spend.
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
    return compliant_if(any_of(detailed), otherwise="no export and no report has the details")


@check(
    ACCOUNT,
    best_practices={
        "COST10-BP02": "nobody looks regularly at what AWS would save",
        "COST06-BP02": "sizes are chosen without AWS's recommendations",
    },
    effort="S",
    collector="account-spending",
    fix="Enrol the account in Cost Optimization Hub; it costs nothing.",
    compliant=[{HUB: [{"status": "Active"}]}],
    non_compliant=[{HUB: [{"status": "Inactive"}]}, {HUB: []}],
)
def cost_optimization_hub_enrolled(account: ConfigurationItem) -> Verdict:
    """Cost Optimization Hub collects what could be saved.

    It counts each saving once, where several services recommend it.
    """
    states = account.texts(f"{HUB}.status")
    return compliant_if(contains(states, "Active"), otherwise=f"enrolment is {listed(states) or 'missing'}")


@check(
    ACCOUNT,
    best_practices={"COST10-BP02": "recommendations stand and nobody acts on them"},
    effort="M",
    collector="account-spending",
    fix="Carry out the recommendations with the highest savings first.",
    compliant=[
        {SAVINGS: {"estimatedTotalDedupedSavings": 75}, COST: [day(BoxUsage=50)]},
        {SAVINGS: {"estimatedTotalDedupedSavings": 0}, COST: [day()]},
    ],
    non_compliant=[{SAVINGS: {"estimatedTotalDedupedSavings": 76}, COST: [day(BoxUsage=50)]}],
    not_applicable=[{SAVINGS: None}, {SAVINGS: {"estimatedTotalDedupedSavings": 76}, COST: []}],
)
def cost_optimization_hub_savings_below_threshold(account: ConfigurationItem, *, most_percent: int = 5) -> Verdict:
    """Little is left to save of what the account spends.

    What Cost Optimization Hub would save in a month, against a month of the last two weeks' cost.
    """
    if not account.has(SAVINGS):
        return NOT_APPLICABLE
    days = account.objects(COST)
    if not days:
        return NOT_APPLICABLE
    saved = account.number(f"{SAVINGS}.estimatedTotalDedupedSavings")
    spent = sum(cost_of(group) for day in days for group in day.objects("Groups")) * 30 / len(days)
    return compliant_if(saved * 100 <= spent * most_percent, otherwise=f"{saved:.0f} of {spent:.0f} USD could be saved")


@check(
    ACCOUNT,
    best_practices={"SUS06-BP01": "nobody can say whether the goals for emissions are met"},
    effort="S",
    severity="low",
    collector="account-spending",
    fix="Allow the account to read its carbon emissions, and look at them each month.",
    compliant=[{EMISSIONS: [{"ModelVersion": "v3"}]}],
    non_compliant=[{EMISSIONS: []}],
)
def carbon_emissions_tracked(account: ConfigurationItem) -> Verdict:
    """The account's estimated carbon emissions are known.

    AWS publishes them by month, some months late. No data of a whole year says that nobody has them.
    """
    return compliant_if(account.has(EMISSIONS), otherwise="no estimate for the last year")
