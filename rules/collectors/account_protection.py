"""The AWS security services of the account in a Region.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.ec2.GetEbsEncryptionByDefault.EbsEncryptionByDefault``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

NO_HUB = ("InvalidAccessException",)  # Security Hub is not enabled in the account
NO_MACIE = ("AccessDeniedException: Macie is not enabled", "ResourceNotFoundException")
OPEN_AND_SEVERE = {
    "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    "SeverityLabel": [{"Value": label, "Comparison": "EQUALS"} for label in ("CRITICAL", "HIGH")],
    "WorkflowStatus": [{"Value": status, "Comparison": "EQUALS"} for status in ("NEW", "NOTIFIED")],
}
OWN_RUNBOOKS = [{"Key": "Owner", "Values": ["Self"]}, {"Key": "DocumentType", "Values": ["Automation"]}]


@collector(
    ACCOUNT,
    actions=(
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "detective:ListGraphs",
        "detective:ListInvitations",
        "ec2:GetEbsEncryptionByDefault",
        "ec2:GetSnapshotBlockPublicAccessState",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "inspector2:BatchGetAccountStatus",
        "macie2:GetMacieSession",
        "securityhub:GetEnabledStandards",
        "securityhub:GetFindings",
        "ssm:ListDocuments",
    ),
)
def account_protection(aws: Aws) -> Iterator[Listed]:
    """Trails, detectors, scans and encryption; sections that AWS refuses are unknown."""
    trails = aws.every("cloudtrail:DescribeTrails", "trailList[].TrailARN")
    detectors = aws.every("guardduty:ListDetectors", "DetectorIds")
    standards = aws.every("securityhub:GetEnabledStandards", "StandardsSubscriptions", absent=NO_HUB)
    findings = _oldest_findings(aws)
    runbooks = aws.every("ssm:ListDocuments", "DocumentIdentifiers", Filters=OWN_RUNBOOKS)
    configuration = {
        "cloudtrail": {"GetTrailStatus": _about_each(aws, trails, "cloudtrail:GetTrailStatus", "Name")},
        "detective": {
            "ListGraphs": {"GraphList": aws.every("detective:ListGraphs", "GraphList")},
            "ListInvitations": {"Invitations": aws.every("detective:ListInvitations", "Invitations")},
        },
        "ec2": {
            "GetEbsEncryptionByDefault": aws.ask("ec2:GetEbsEncryptionByDefault"),
            "GetSnapshotBlockPublicAccessState": aws.ask("ec2:GetSnapshotBlockPublicAccessState"),
        },
        "guardduty": {"GetDetector": _about_each(aws, detectors, "guardduty:GetDetector", "DetectorId")},
        "inspector2": {
            "BatchGetAccountStatus": {
                "accounts": aws.ask("inspector2:BatchGetAccountStatus", "accounts", accountIds=[aws.account])
            }
        },
        "macie2": {"GetMacieSession": aws.ask("macie2:GetMacieSession", absent=NO_MACIE)},
        "securityhub": {
            "GetEnabledStandards": {"StandardsSubscriptions": standards},
            "GetFindings": None if findings is None else {"Findings": findings},
        },
        "ssm": {"ListDocuments": {"DocumentIdentifiers": runbooks}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _oldest_findings(aws: Aws) -> Any:
    """A page of the oldest open findings, only of this account and Region: an administrator also sees its members'."""
    here = {
        "AwsAccountId": [{"Value": aws.account, "Comparison": "EQUALS"}],
        "Region": [{"Value": aws.region, "Comparison": "EQUALS"}],
    }
    return aws.every(
        "securityhub:GetFindings",
        "Findings",
        absent=NO_HUB,
        most=100,
        Filters={**OPEN_AND_SEVERE, **here},
        SortCriteria=[{"Field": "CreatedAt", "SortOrder": "asc"}],
        MaxResults=100,
    )


def _about_each(aws: Aws, names: Any, action: str, parameter: str) -> Any:
    """The response of an action for each name; names that were deleted in the meantime are omitted."""
    if isinstance(names, Unknown):
        return names
    deleted = ("BadRequestException", "TrailNotFoundException")
    answers = [aws.ask(action, absent=deleted, **{parameter: name}) for name in names]
    return [answer for answer in answers if answer is not None]
