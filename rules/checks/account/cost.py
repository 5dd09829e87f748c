"""Checks of the account's budgets, cost anomaly detection and Compute Optimizer."""

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
    """An example of the limit and the forecast of a budget in USD."""
    return {
        "BudgetLimit": {"Amount": str(limit), "Unit": "USD"},
        "CalculatedSpend": {"ForecastedSpend": {"Amount": str(usd), "Unit": "USD"}},
    }


def notified(kind: str, percent: int, operator: str = "GREATER_THAN") -> list[dict[str, object]]:
    """An example of a notification of the monthly budget."""
    notification = {"NotificationType": kind, "ComparisonOperator": operator, "Threshold": percent}
    return [{"BudgetName": "month", "Notifications": [notification]}]


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP03": "no monthly cost budget is defined for the account",
        "COST02-BP05": "no monthly cost budget can send a notification",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Create a budget with BudgetType COST and TimeUnit MONTHLY, without filters and without an end date.",
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

    Without a budget for all cost of the account, unexpected cost is noticed only on the invoice.
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
        otherwise="monthly cost budgets without filters or end date: 0 (expected 1 or more)",
    )


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "no notification is sent before a budget is exceeded",
        "COST02-BP05": "no notification lets the team act before the budget is exceeded",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Add a notification at 80 percent of actual cost, or at 100 percent of forecasted cost, to each budget.",
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

    Without an early notification, the team learns of the cost only after the budget is exceeded. A notification is
    early in two cases: its threshold is below 100 percent of the actual cost, or it is at most 100 percent of the
    forecast. Utilization and coverage budgets are not judged.
    """
    notifications = account.objects(NOTIFICATIONS)

    def warns(budget: Attributes) -> bool:
        def early(notification: Attributes) -> bool:
            whole = budget.number("BudgetLimit.Amount") if in_money(notification) else 100
            threshold, forecast = (
                notification.number("Threshold"),
                notification.text("NotificationType") == "FORECASTED",
            )
            exceeded = notification.text("ComparisonOperator", "GREATER_THAN") == "GREATER_THAN"
            return all_of([exceeded, any_of([threshold < whole, all_of([forecast, threshold <= whole])])])

        def of_budget(entry: Attributes) -> bool:
            same = entry.text("BudgetName") == budget.text("BudgetName")
            return all_of([same, any_of(entry.objects("Notifications"), early)])

        return any_of(notifications, of_budget)

    def in_money(notification: Attributes) -> bool:
        return notification.text("ThresholdType", "PERCENTAGE") == "ABSOLUTE_VALUE"

    return compliant_if_all(
        account.objects(BUDGETS),
        warns,
        "budgets have no notification before they are exceeded",
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
    fix="Create a cost anomaly monitor for AWS services, and a subscription for its alerts.",
    compliant=[{MONITORS: [{"MonitorType": "DIMENSIONAL"}]}],
    non_compliant=[{MONITORS: []}],
)
def cost_anomaly_monitor_configured(account: ConfigurationItem) -> Verdict:
    """The account has a cost anomaly monitor.

    Without a monitor, an unusual increase in cost is noticed only on the invoice. Cost Anomaly Detection is free of
    charge.
    """
    return compliant_if(account.has(MONITORS), otherwise="number of cost anomaly monitors: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "detected cost anomalies send no notification",
        "COST01-BP06": "the cost anomaly monitor has no subscriber",
    },
    effort="S",
    severity="medium",
    collector="account-cost",
    fix="Create a cost anomaly subscription with a mailing list or an SNS topic as the subscriber.",
    compliant=[{MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": [{"Address": "cost@example.com"}]}]}],
    non_compliant=[
        {MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": [{"Address": "left@example.com", "Status": "DECLINED"}]}]},
        {MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": []}]},
        {MONITORS: [{}], SUBSCRIPTIONS: []},
    ],
    not_applicable=[{MONITORS: []}],
)
def cost_anomaly_subscription_configured(account: ConfigurationItem) -> Verdict:
    """The cost anomaly monitors have a subscriber.

    Without a subscriber, detected anomalies are visible only in the console. The check ignores declined subscriptions.
    Applies to accounts with a cost anomaly monitor.
    """
    if not account.has(MONITORS):
        return NOT_APPLICABLE

    def reaches(subscription: Attributes) -> bool:
        return any_of(subscription.objects("Subscribers"), lambda each: each.text("Status") != "DECLINED")

    subscribed = any_of(account.objects(SUBSCRIPTIONS), reaches)
    return compliant_if(subscribed, otherwise="cost anomaly subscribers: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "COST06-BP02": "resource sizes are chosen without recommendations of Compute Optimizer",
        "PERF02-BP04": "no right-sizing recommendations are available",
        "SUS05-BP01": "oversized resources are not identified",
    },
    effort="S",
    collector="account-cost",
    fix="Opt in to Compute Optimizer, preferably for the whole organization.",
    compliant=[{ENROLLMENT: "Active"}],
    non_compliant=[{ENROLLMENT: "Inactive"}, {ENROLLMENT: None}],
)
def compute_optimizer_enrolled(account: ConfigurationItem) -> Verdict:
    """The account is opted in to Compute Optimizer.

    Without Compute Optimizer, oversized and idle resources are not identified. Its standard recommendations are free of
    charge.
    """
    status = account.text(ENROLLMENT, "Inactive")
    return compliant_if(status == "Active", otherwise=f"the enrollment status is {status} (expected Active)")


@check(
    ACCOUNT,
    best_practices={
        "COST05-BP06": "the forecasted cost exceeds the planned cost",
        "COST01-BP06": "the forecasted overrun of the budget was not acted on",
    },
    effort="S",
    collector="account-cost",
    fix="Reduce the cost of the month, or set BudgetLimit to the cost that the workload requires.",
    compliant=[{BUDGETS: [{**MONTHLY, **forecast(100, 100)}]}],
    non_compliant=[{BUDGETS: [{**MONTHLY, **forecast(101, 100)}]}],
    not_applicable=[{BUDGETS: [MONTHLY]}, {BUDGETS: []}],
)
def budget_forecast_reviewed(account: ConfigurationItem) -> Verdict:
    """Cost budgets have a forecast within the budget.

    A forecast above the budget means that the month will cost more than planned. A budget without a forecast is not
    judged.
    """
    return compliant_if_all(
        account.objects(BUDGETS),
        lambda budget: budget.number(FORECAST) <= budget.number("BudgetLimit.Amount"),
        "budgets have a forecast above BudgetLimit",
        named="BudgetName",
        where=lambda budget: all_of([budget.text("BudgetType") == "COST", budget.has(FORECAST)]),
    )
