"""The account as a whole: settings that belong to no resource.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.iam.GetAccountSummary.SummaryMap.AccountMFAEnabled`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import Denied, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "account:GetAlternateContact",
        "budgets:ViewBudget",
        "ce:GetAnomalyMonitors",
        "ce:GetAnomalySubscriptions",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "compute-optimizer:GetEnrollmentStatus",
        "ec2:GetEbsEncryptionByDefault",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "inspector2:BatchGetAccountStatus",
        "lambda:GetAccountSettings",
    ),
)
def account(aws: Aws) -> Iterator[Listed]:
    """The account, one section per API; a section that is denied is unknown, and the others go on."""
    detectors = every(aws, "guardduty:ListDetectors", "DetectorIds")
    trails = every(aws, "cloudtrail:DescribeTrails", "trailList")
    configuration = {
        "account": {
            "GetAlternateContact": aws.ask(
                "account:GetAlternateContact", absent=("ResourceNotFoundException",), AlternateContactType="SECURITY"
            )
        },
        "budgets": {
            operation: {key: every(aws, "budgets:ViewBudget", key, operation=operation, AccountId=aws.account)}
            for operation, key in (
                ("DescribeBudgets", "Budgets"),
                ("DescribeBudgetNotificationsForAccount", "BudgetNotificationsForAccount"),
            )
        },
        "ce": {
            "GetAnomalyMonitors": {"AnomalyMonitors": every(aws, "ce:GetAnomalyMonitors", "AnomalyMonitors")},
            "GetAnomalySubscriptions": {
                "AnomalySubscriptions": every(aws, "ce:GetAnomalySubscriptions", "AnomalySubscriptions")
            },
        },
        "cloudtrail": {
            "GetTrailStatus": each(trails, lambda trail: {"Name": trail["TrailARN"]}, aws, "cloudtrail:GetTrailStatus")
        },
        "compute-optimizer": {"GetEnrollmentStatus": aws.ask("compute-optimizer:GetEnrollmentStatus")},
        "ec2": {"GetEbsEncryptionByDefault": aws.ask("ec2:GetEbsEncryptionByDefault")},
        "guardduty": {"GetDetector": each(detectors, lambda name: {"DetectorId": name}, aws, "guardduty:GetDetector")},
        "iam": {
            "GetAccountPasswordPolicy": aws.ask("iam:GetAccountPasswordPolicy", absent=("NoSuchEntity",)),
            "GetAccountSummary": aws.ask("iam:GetAccountSummary"),
        },
        "inspector2": {"BatchGetAccountStatus": aws.ask("inspector2:BatchGetAccountStatus", accountIds=[aws.account])},
        "lambda": {"GetAccountSettings": aws.ask("lambda:GetAccountSettings")},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def every(aws: Aws, action: str, key: str, **parameters: Any) -> Any:
    """The elements on all pages; unknown where that is denied."""
    try:
        return list(aws.pages(action, key, **parameters))
    except Denied as denied:
        return Unknown(str(denied))


def each(found: Any, parameters: Any, aws: Aws, action: str) -> Any:
    """The answers about each of what was found; what has vanished meanwhile is left out."""
    if isinstance(found, Unknown):
        return found
    gone = ("BadRequestException", "TrailNotFoundException")
    answers = [aws.ask(action, absent=gone, **parameters(one)) for one in found]
    return [answer for answer in answers if answer is not None]
