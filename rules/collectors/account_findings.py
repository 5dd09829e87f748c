"""What AWS has found in the account and nobody has closed yet, and whether sessions on machines leave a trace.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.guardduty.GetFindings.Findings`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

EXTERNAL = ("ACCOUNT", "ORGANIZATION")  # the analyzers of access from outside
MOST = 1000
NO_PREFERENCES = ("InvalidDocument",)  # Session Manager has never been set up
PREFERENCES = "SSM-SessionManagerRunShell"
# GuardDuty's severities: high and critical, medium, low. The 50 of each that rest longest are asked for.
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
    """Open findings of GuardDuty and of IAM Access Analyzer, and Session Manager's preferences."""
    analyzers = aws.every("access-analyzer:ListAnalyzers", "analyzers")
    detectors = aws.every("guardduty:ListDetectors", "DetectorIds")
    machines = aws.every(
        "ssm:DescribeInstanceInformation", "InstanceInformationList[].{InstanceId: InstanceId}", most=1
    )
    configuration = {
        "accessanalyzer": {
            "ListAnalyzers": {"analyzers": analyzers},
            "ListFindingsV2": {"findings": _shared_outside(aws, analyzers)},
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


def _shared_outside(aws: Aws, analyzers: Any) -> Any:
    """The active findings of the analyzers of external access; unknown where one of the calls is refused."""
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
    """A finding; unknown where Access Analyzer could not analyze the resource, which is no finding of access."""
    error = finding.pop("error")
    return dict.fromkeys(finding, Unknown(f"access-analyzer:ListFindings has an error: {error}")) if error else finding


def _threats(aws: Aws, detectors: Any) -> Any:
    """GuardDuty's findings that are not archived; unknown where one of the calls is refused."""
    if isinstance(detectors, Unknown):
        return detectors
    findings: list[Any] = []
    for detector in detectors:
        for least, below in SEVERITIES:
            severity = {"GreaterThanOrEqual": least, "LessThan": below}
            ids = aws.every(
                "guardduty:ListFindings",
                "FindingIds",
                absent=("BadRequestException",),  # the detector is gone meanwhile
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
