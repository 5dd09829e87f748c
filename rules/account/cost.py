"""Who watches what the account costs, and what it could do with less of."""

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
    compliant_if_all,
    contains,
    none_of,
)

BUDGETS = "configuration.budgets.DescribeBudgets.Budgets"
ENROLLMENT = "configuration.compute-optimizer.GetEnrollmentStatus.status"
MONITORS = "configuration.ce.GetAnomalyMonitors.AnomalyMonitors"
NOTIFICATIONS = "configuration.budgets.DescribeBudgetNotificationsForAccount.BudgetNotificationsForAccount"
SUBSCRIPTIONS = "configuration.ce.GetAnomalySubscriptions.AnomalySubscriptions"

MONTHLY = {"BudgetName": "month", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
FORECAST = "CalculatedSpend.ForecastedSpend.Amount"


def forecast(usd: int, limit: int) -> dict[str, object]:
    """An example of what a budget expects of its month."""
    return {
        "BudgetLimit": {"Amount": str(limit), "Unit": "USD"},
        "CalculatedSpend": {"ForecastedSpend": {"Amount": str(usd), "Unit": "USD"}},
    }


def notified(kind: str, percent: int, operator: str = "GREATER_THAN") -> list[dict[str, object]]:
    """An example of what the monthly budget tells, and when."""
    notification = {"NotificationType": kind, "ComparisonOperator": operator, "Threshold": percent}
    return [{"BudgetName": "month", "Notifications": [notification]}]


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP03": "no budget is defined for the account",
        "COST02-BP05": "no budget limits cost or sends a notification",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Create a monthly cost budget for the whole account, without filters and without an end.",
    compliant=[
        {BUDGETS: [{"BudgetType": "USAGE"}, MONTHLY]},
        {BUDGETS: [{**MONTHLY, "TimePeriod": {"End": "2087-06-15"}}]},
    ],
    non_compliant=[
        {BUDGETS: [{**MONTHLY, "TimeUnit": "DAILY"}]},
        {BUDGETS: [{**MONTHLY, "TimePeriod": {"End": "2020-01-01"}}]},
        {BUDGETS: [{**MONTHLY, "CostFilters": {"Service": ["Amazon EC2"]}}]},
        {BUDGETS: [{**MONTHLY, "FilterExpression": {"Tags": {"Key": "Workload", "Values": ["shop"]}}}]},
        {BUDGETS: []},
    ],
)
def budget_configured(account: ConfigurationItem) -> Verdict:
    """The account has a monthly cost budget.

    A number that somebody decided is what every later question about cost is measured against.
    """

    def monthly(budget: Attributes) -> bool:
        return all_of(
            [
                budget.text("BudgetType") == "COST",
                budget.text("TimeUnit") == "MONTHLY",
                budget.days_since("TimePeriod.End", default=-1) < 0,
                none_of([budget.has("CostFilters"), budget.has("FilterExpression")]),
            ]
        )

    budgets = account.objects(BUDGETS)
    return compliant_if(
        any_of(budgets, monthly),
        otherwise=f"{len(budgets)} budgets, and none has all cost by month (expected 1 or more)",
    )


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "an exceeded budget sends no notification",
        "COST02-BP05": "the budget has no notification that limits cost",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Add a notification on actual cost at 80 percent or on forecast cost at 100 percent to every budget.",
    compliant=[
        {BUDGETS: [MONTHLY], NOTIFICATIONS: notified(kind, at)} for kind, at in (("ACTUAL", 80), ("FORECASTED", 100))
    ],
    non_compliant=[
        {BUDGETS: [MONTHLY], NOTIFICATIONS: notified("ACTUAL", 100)},
        {BUDGETS: [MONTHLY], NOTIFICATIONS: notified("ACTUAL", 80, "LESS_THAN")},
        {BUDGETS: [MONTHLY], NOTIFICATIONS: []},
    ],
    not_applicable=[{BUDGETS: []}, {BUDGETS: [{"BudgetName": "plans", "BudgetType": "SAVINGS_PLANS_UTILIZATION"}]}],
)
def budget_notifications_configured(account: ConfigurationItem) -> Verdict:
    """Cost and usage budgets have a notification before they are exceeded.

    By its actual cost while some of it is left, or by the forecast. A budget without a notification is a number on a
    page. Budgets of utilization and coverage have nothing that could be overrun.
    """
    told = account.objects(NOTIFICATIONS)

    def warns(budget: Attributes) -> bool:
        def early(notification: Attributes) -> bool:
            whole = budget.number("BudgetLimit.Amount") if in_money(notification) else 100
            threshold, forecast = (
                notification.number("Threshold"),
                notification.text("NotificationType") == "FORECASTED",
            )
            exceeded = notification.text("ComparisonOperator", "GREATER_THAN") == "GREATER_THAN"
            return all_of([exceeded, any_of([threshold < whole, all_of([forecast, threshold <= whole])])])

        def of_it(entry: Attributes) -> bool:
            same = entry.text("BudgetName") == budget.text("BudgetName")
            return all_of([same, any_of(entry.objects("Notifications"), early)])

        return any_of(told, of_it)

    def in_money(notification: Attributes) -> bool:
        return notification.text("ThresholdType", "PERCENTAGE") == "ABSOLUTE_VALUE"

    return compliant_if_all(
        account.objects(BUDGETS),
        warns,
        "no early notification",
        named="BudgetName",
        where=lambda budget: contains(("COST", "USAGE"), budget.text("BudgetType")),
    )


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP06": "unusual cost is noticed only on the invoice",
        "COST03-BP05": "no cost anomaly monitor is configured",
    },
    effort="S",
    collector="account-cost",
    fix="Create a cost anomaly monitor over AWS's services, and subscribe to it.",
    compliant=[{MONITORS: [{"MonitorType": "DIMENSIONAL"}]}],
    non_compliant=[{MONITORS: []}],
)
def cost_anomaly_monitor_configured(account: ConfigurationItem) -> Verdict:
    """The account has a cost anomaly monitor.

    It learns what is usual, and costs nothing.
    """
    return compliant_if(account.has(MONITORS), otherwise="no cost anomaly monitor")


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "detected cost anomalies notify nobody",
        "COST01-BP06": "the monitor has no subscriber",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Subscribe a mailing list or a topic to the cost anomaly monitor.",
    compliant=[{MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": [{"Address": "cost@example.com"}]}]}],
    non_compliant=[
        {MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": [{"Address": "left@example.com", "Status": "DECLINED"}]}]},
        {MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": []}]},
        {MONITORS: [{}], SUBSCRIPTIONS: []},
    ],
    not_applicable=[{MONITORS: []}],
)
def cost_anomaly_subscription_configured(account: ConfigurationItem) -> Verdict:
    """The cost anomaly monitor has a subscriber.

    Where there is a monitor at all. A declined subscription does not count.
    """
    if not account.has(MONITORS):
        return NOT_APPLICABLE

    def reaches(subscription: Attributes) -> bool:
        return any_of(subscription.objects("Subscribers"), lambda each: each.text("Status") != "DECLINED")

    told = any_of(account.objects(SUBSCRIPTIONS), reaches)
    return compliant_if(told, otherwise="no subscription to cost anomalies")


@check(
    ACCOUNT,
    best_practices={
        "COST06-BP02": "sizes are chosen without Compute Optimizer's data",
        "PERF02-BP04": "there is no data for right-sizing",
        "SUS05-BP01": "oversized resources are not identified",
    },
    effort="S",
    collector="account-cost",
    fix="Opt in to Compute Optimizer, best for the whole organization.",
    compliant=[{ENROLLMENT: "Active"}],
    non_compliant=[{ENROLLMENT: "Inactive"}, {ENROLLMENT: None}],
)
def compute_optimizer_enrolled(account: ConfigurationItem) -> Verdict:
    """The account is opted in to Compute Optimizer.

    It reads metrics that exist anyway, and its recommendations cost nothing.
    """
    status = account.text(ENROLLMENT, "Inactive")
    return compliant_if(status == "Active", otherwise=f"enrollment is {status}")


@check(
    ACCOUNT,
    best_practices={
        "COST05-BP06": "usage grows past what was planned and nobody replans",
        "COST01-BP06": "the month's overrun is foreseen and nobody has acted",
    },
    effort="S",
    collector="account-cost",
    fix="Bring the forecast below the budget, or decide on another budget.",
    compliant=[{BUDGETS: [{**MONTHLY, **forecast(100, 100)}]}],
    non_compliant=[{BUDGETS: [{**MONTHLY, **forecast(101, 100)}]}],
    not_applicable=[{BUDGETS: [MONTHLY]}, {BUDGETS: []}],
)
def budget_forecast_reviewed(account: ConfigurationItem) -> Verdict:
    """The forecast of every cost budget stays below it.

    A budget too young to have a forecast is not judged.
    """
    return compliant_if_all(
        account.objects(BUDGETS),
        lambda budget: budget.number(FORECAST) <= budget.number("BudgetLimit.Amount"),
        "forecast above the budget",
        named="BudgetName",
        where=lambda budget: all_of([budget.text("BudgetType") == "COST", budget.has(FORECAST)]),
    )
