"""What the account knows of its cost.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.budgets.DescribeBudgets.Budgets`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "budgets:ViewBudget",
        "ce:GetAnomalyMonitors",
        "ce:GetAnomalySubscriptions",
        "compute-optimizer:GetEnrollmentStatus",
    ),
    region="global",
)
def account_cost(aws: Aws) -> Iterator[Listed]:
    """Budgets, cost anomalies and Compute Optimizer; a section that is refused is unknown, and the others go on."""

    def budgets(operation: str, key: str, **more: Any) -> dict[str, object]:
        account = {"AccountId": aws.account, **more}
        return {
            key: aws.every("budgets:ViewBudget", key, operation=operation, absent=("NotFoundException",), **account)
        }

    monitors = aws.every("ce:GetAnomalyMonitors", "AnomalyMonitors")
    subscriptions = aws.every("ce:GetAnomalySubscriptions", "AnomalySubscriptions")
    configuration = {
        "budgets": {
            "DescribeBudgets": budgets("DescribeBudgets", "Budgets", ShowFilterExpression=True),
            "DescribeBudgetNotificationsForAccount": budgets(
                "DescribeBudgetNotificationsForAccount", "BudgetNotificationsForAccount"
            ),
        },
        "ce": {
            "GetAnomalyMonitors": {"AnomalyMonitors": monitors},
            "GetAnomalySubscriptions": {"AnomalySubscriptions": subscriptions},
        },
        "compute-optimizer": {"GetEnrollmentStatus": aws.ask("compute-optimizer:GetEnrollmentStatus")},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
