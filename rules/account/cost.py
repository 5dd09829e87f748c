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
    failing,
    listed,
)

BUDGETS = "configuration.budgets.DescribeBudgets.Budgets"
ENROLLMENT = "configuration.compute-optimizer.GetEnrollmentStatus.status"
MONITORS = "configuration.ce.GetAnomalyMonitors.AnomalyMonitors"
NOTIFICATIONS = "configuration.budgets.DescribeBudgetNotificationsForAccount.BudgetNotificationsForAccount"
SUBSCRIPTIONS = "configuration.ce.GetAnomalySubscriptions.AnomalySubscriptions"


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP03": "nobody has said what the account may cost",
        "COST02-BP05": "no control tells when it costs more",
    },
    effort="S",
    collector="account",
    live=True,
    fix="Create a monthly cost budget for the account.",
    compliant=[{BUDGETS: [{"BudgetType": "COST", "TimeUnit": "MONTHLY"}]}],
    non_compliant=[{BUDGETS: [{"BudgetType": "USAGE", "TimeUnit": "MONTHLY"}]}, {BUDGETS: []}],
)
def budget_configured(account: ConfigurationItem) -> Verdict:
    """The account has a monthly cost budget.

    A number that somebody decided is what every later question about cost is measured against.
    """

    def monthly(budget: Attributes) -> bool:
        return all_of([budget.text("BudgetType") == "COST", budget.text("TimeUnit") == "MONTHLY"])

    budgets = account.objects(BUDGETS)
    return compliant_if(
        any_of(map(monthly, budgets)), otherwise=f"none of {len(budgets)} budgets is a monthly cost budget"
    )


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "a budget is overrun and nobody hears of it",
        "COST02-BP05": "the control does not act",
    },
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Add a notification on actual cost at 80 percent and one on forecast cost at 100 percent to every budget.",
    compliant=[
        {
            BUDGETS: [{"BudgetName": "month"}],
            NOTIFICATIONS: [{"BudgetName": "month", "Notifications": [{"NotificationType": "FORECASTED"}]}],
        }
    ],
    non_compliant=[
        {BUDGETS: [{"BudgetName": "month"}], NOTIFICATIONS: [{"BudgetName": "month", "Notifications": []}]},
        {BUDGETS: [{"BudgetName": "month"}]},
        {},
    ],
)
def budget_notifications_configured(account: ConfigurationItem) -> Verdict:
    """Every budget tells somebody before it is overrun.

    A budget without a notification is a number on a page.
    """
    notified = [each.text("BudgetName") for each in account.objects(NOTIFICATIONS) if each.has("Notifications")]

    def told(budget: Attributes) -> bool:
        return any_of(budget.text("BudgetName") == name for name in notified)

    budgets = account.objects(BUDGETS)
    silent = listed(budget.text("BudgetName") for budget in failing(budgets, told))
    everybody = all_of([len(budgets) > 0, *map(told, budgets)])
    return compliant_if(everybody, otherwise=f"budgets without a notification: {silent or 'there is no budget'}")


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP06": "unusual cost is found on the invoice",
        "COST03-BP05": "the tool that finds it is not set up",
    },
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Create a cost anomaly monitor over AWS's services, and subscribe to it.",
    compliant=[{MONITORS: [{"MonitorType": "DIMENSIONAL"}]}],
    non_compliant=[{MONITORS: []}],
)
def cost_anomaly_monitor_configured(account: ConfigurationItem) -> Verdict:
    """A monitor looks for unusual cost.

    It learns what is usual, and costs nothing.
    """
    return compliant_if(account.has(MONITORS), otherwise="no cost anomaly monitor")


@check(
    ACCOUNT,
    best_practices={
        "COST01-BP05": "unusual cost is found and nobody is told",
        "COST01-BP06": "the monitor reports to nobody",
    },
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Subscribe a mailing list or a topic to the cost anomaly monitor.",
    compliant=[{MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": [{"Address": "cost@example.com"}]}]}],
    non_compliant=[{MONITORS: [{}], SUBSCRIPTIONS: [{"Subscribers": []}]}, {MONITORS: [{}]}],
    not_applicable=[{MONITORS: []}],
)
def cost_anomaly_subscription_configured(account: ConfigurationItem) -> Verdict:
    """Somebody is told of unusual cost.

    Where there is a monitor at all.
    """
    if not account.has(MONITORS):
        return NOT_APPLICABLE
    told = any_of(subscription.has("Subscribers") for subscription in account.objects(SUBSCRIPTIONS))
    return compliant_if(told, otherwise="no subscription to cost anomalies")


@check(
    ACCOUNT,
    best_practices={
        "COST06-BP02": "sizes are chosen without the data that AWS has",
        "PERF02-BP04": "right-sizing has nothing to go by",
        "SUS05-BP01": "nobody tells which hardware is too large",
    },
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Opt in to Compute Optimizer, best for the whole organization.",
    compliant=[{ENROLLMENT: "Active"}],
    non_compliant=[{ENROLLMENT: "Inactive"}],
)
def compute_optimizer_enrolled(account: ConfigurationItem) -> Verdict:
    """Compute Optimizer measures which resources are too large or too small.

    It reads metrics that exist anyway, and its recommendations cost nothing.
    """
    status = account.text(ENROLLMENT)
    return compliant_if(status == "Active", otherwise=f"enrollment is {status}")
