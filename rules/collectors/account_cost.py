"""Budgets, cost anomaly detection and Compute Optimizer of the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.budgets.DescribeBudgets.Budgets``.
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
    """Budgets, cost anomalies and Compute Optimizer; sections that AWS refuses are unknown."""

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
