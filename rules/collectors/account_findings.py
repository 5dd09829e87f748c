"""Open findings of GuardDuty and IAM Access Analyzer, and the preferences of Session Manager.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.guardduty.GetFindings.Findings``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

EXTERNAL = ("ACCOUNT", "ORGANIZATION")  # the types of external access analyzers
MOST = 1000
NO_PREFERENCES = ("InvalidDocument",)  # Session Manager has never been set up
PREFERENCES = "SSM-SessionManagerRunShell"
# Severities of GuardDuty: high and critical, medium, low. The 50 least recently updated findings of each are requested.
SEVERITIES = ((7, 11), (4, 7), (1, 4))
AT_ONCE = 50


@collector(
    ACCOUNT,
    actions=(
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListFindings",
        "guardduty:GetFindings",
        "guardduty:ListDetectors",
        "guardduty:ListFindings",
        "ssm:DescribeInstanceInformation",
        "ssm:GetDocument",
    ),
)
def account_findings(aws: Aws) -> Iterator[Listed]:
    """Open findings of GuardDuty and of IAM Access Analyzer, and the preferences of Session Manager."""
    analyzers = aws.every("access-analyzer:ListAnalyzers", "analyzers")
    detectors = aws.every("guardduty:ListDetectors", "DetectorIds")
    machines = aws.every(
        "ssm:DescribeInstanceInformation", "InstanceInformationList[].{InstanceId: InstanceId}", most=1
    )
    configuration = {
        "accessanalyzer": {
            "ListAnalyzers": {"analyzers": analyzers},
            "ListFindingsV2": {"findings": _external_access(aws, analyzers)},
        },
        "guardduty": {
            "GetFindings": {"Findings": _threats(aws, detectors)},
            "ListDetectors": {"DetectorIds": detectors},
        },
        "ssm": {
            "DescribeInstanceInformation": {"InstanceInformationList": machines},
            "GetDocument": aws.ask("ssm:GetDocument", absent=NO_PREFERENCES, Name=PREFERENCES),
        },
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _external_access(aws: Aws, analyzers: Any) -> Any:
    """The active findings of the external access analyzers; Unknown if AWS refuses one of the calls."""
    if isinstance(analyzers, Unknown):
        return analyzers
    findings: list[Any] = []
    for analyzer in analyzers:
        if analyzer["type"] in EXTERNAL and analyzer["status"] == "ACTIVE":
            found = aws.every(
                "access-analyzer:ListFindings",
                "findings[].{createdAt: createdAt, resource: resource, resourceType: resourceType, error: error}",
                operation="ListFindingsV2",
                absent=("ResourceNotFoundException",),
                most=MOST,
                analyzerArn=analyzer["arn"],
                filter={"status": {"eq": ["ACTIVE"]}},
            )
            if isinstance(found, Unknown):
                return found
            findings += map(_of_access, found or [])
    return findings


def _of_access(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding; Unknown if Access Analyzer reports an error instead of access, because it could not analyze it."""
    error = finding.pop("error")
    return dict.fromkeys(finding, Unknown(f"access-analyzer:ListFindings has an error: {error}")) if error else finding


def _threats(aws: Aws, detectors: Any) -> Any:
    """GuardDuty findings that are not archived; Unknown if AWS refuses one of the calls."""
    if isinstance(detectors, Unknown):
        return detectors
    findings: list[Any] = []
    for detector in detectors:
        for least, below in SEVERITIES:
            severity = {"GreaterThanOrEqual": least, "LessThan": below}
            ids = aws.every(
                "guardduty:ListFindings",
                "FindingIds",
                absent=("BadRequestException",),  # the detector was deleted in the meantime
                most=AT_ONCE,
                DetectorId=detector,
                FindingCriteria={"Criterion": {"service.archived": {"Equals": ["false"]}, "severity": severity}},
                SortCriteria={"AttributeName": "updatedAt", "OrderBy": "ASC"},
            )
            found = (
                ids
                if isinstance(ids, Unknown) or not ids
                else aws.ask(
                    "guardduty:GetFindings",
                    "Findings[].{CreatedAt: CreatedAt, Severity: Severity, Type: Type}",
                    absent=("BadRequestException",),
                    DetectorId=detector,
                    FindingIds=ids,
                )
            )
            if isinstance(found, Unknown):
                return found
            findings += found or []
    return findings
