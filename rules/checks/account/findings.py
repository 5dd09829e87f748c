"""Checks of open findings of GuardDuty and IAM Access Analyzer, and of the logging of Session Manager sessions."""

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
    compliant_if_none,
)

ANALYZERS = "configuration.accessanalyzer.ListAnalyzers.analyzers"
DETECTORS = "configuration.guardduty.ListDetectors.DetectorIds"
NODES = "configuration.ssm.DescribeInstanceInformation.InstanceInformationList"
ACCESS = "configuration.accessanalyzer.ListFindingsV2.findings"
SESSIONS = "configuration.ssm.GetDocument.Content.inputs"
FINDINGS = "configuration.guardduty.GetFindings.Findings"

HIGH, MEDIUM = 7, 4  # the lowest values of GuardDuty's severities


def threat(severity: float, created_at: str) -> dict[str, object]:
    """An example of a GuardDuty finding."""
    return {"Type": "UnauthorizedAccess:EC2/SSHBruteForce", "Severity": severity, "CreatedAt": created_at}


ENABLED = {DETECTORS: ["d"]}
EXTERNAL = {ANALYZERS: [{"type": "ACCOUNT", "status": "ACTIVE"}]}
MANAGED = {NODES: [{"InstanceId": "i-1"}]}


@check(
    ACCOUNT,
    best_practices={
        "OPS10-BP01": "GuardDuty findings are not processed in time",
        "SEC04-BP03": "GuardDuty findings are not investigated in time",
    },
    managed_rule="GUARDDUTY_NON_ARCHIVED_FINDINGS",
    effort="M",
    collector="account-findings",
    fix="Investigate the findings, contain the threats, and archive the findings.",
    compliant=[
        {
            **ENABLED,
            FINDINGS: [
                threat(8, "2026-01-14T12:00:00Z"),
                threat(5, "2026-01-08T12:00:00Z"),
                threat(2, "2025-12-16T12:00:00Z"),
            ],
        },
        {**ENABLED, FINDINGS: []},
    ],
    non_compliant=[
        {**ENABLED, FINDINGS: [threat(7, "2026-01-14T11:59:00Z")]},
        {**ENABLED, FINDINGS: [threat(4, "2026-01-08T11:59:00Z")]},
        {**ENABLED, FINDINGS: [threat(3.9, "2025-12-16T11:59:00Z")]},
    ],
    not_applicable=[{DETECTORS: [], FINDINGS: []}],
)
def guardduty_non_archived_findings(
    account: ConfigurationItem, *, days_high_sev: int = 1, days_medium_sev: int = 7, days_low_sev: int = 30
) -> Verdict:
    """GuardDuty findings are archived in time.

    Without a response, an attack that GuardDuty found can continue. The limits are 1 day for high severity, 7 days for
    medium severity and 30 days for low severity. They begin with the creation of the finding.
    """

    def is_overdue(finding: Attributes) -> bool:
        severity, days = finding.number("Severity"), finding.days_since("CreatedAt")
        return any_of(
            [
                all_of([severity >= HIGH, days > days_high_sev]),
                all_of([severity >= MEDIUM, days > days_medium_sev]),
                days > days_low_sev,
            ]
        )

    if not account.has(DETECTORS):
        return NOT_APPLICABLE
    return compliant_if_none(account.objects(FINDINGS), is_overdue, "findings are not archived in time", named="Type")


@check(
    ACCOUNT,
    best_practices={"SEC03-BP07": "findings of external access are not reviewed in time"},
    effort="M",
    severity="medium",
    collector="account-findings",
    fix="Remove the external access, or archive the finding with an archive rule if the access is intended.",
    compliant=[{**EXTERNAL, ACCESS: [{"createdAt": "2025-12-16T12:00:00Z"}]}, {**EXTERNAL, ACCESS: []}],
    non_compliant=[{**EXTERNAL, ACCESS: [{"resource": "arn:aws:s3:::shared", "createdAt": "2025-12-16T11:59:00Z"}]}],
    not_applicable=[{ANALYZERS: [], ACCESS: []}],
)
def access_analyzer_findings_resolved(account: ConfigurationItem, *, most_days: int = 30) -> Verdict:
    """IAM Access Analyzer findings of external access are resolved within 30 days.

    An active finding means that a principal outside the account or organization has access that was not reviewed. A
    finding is active until it is archived or the access is removed. Applies to accounts with an external access
    analyzer.
    """
    if not account.has(ANALYZERS):
        return NOT_APPLICABLE
    return compliant_if_none(
        account.objects(ACCESS),
        lambda finding: finding.days_since("createdAt") > most_days,
        f"findings are active for more than {most_days} days",
        named="resource",
    )


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "Session Manager sessions are not logged",
        "SEC06-BP03": "interactive access to managed nodes is not logged",
    },
    effort="S",
    severity="low",
    collector="account-findings",
    fix="Set an encrypted CloudWatch log group or S3 bucket in the preferences of Session Manager.",
    compliant=[
        {**MANAGED, SESSIONS: {"cloudWatchLogGroupName": "sessions", "cloudWatchEncryptionEnabled": True}},
        {**MANAGED, SESSIONS: {"s3BucketName": "sessions", "s3EncryptionEnabled": True}},
    ],
    non_compliant=[
        {**MANAGED, SESSIONS: {"s3BucketName": "sessions", "s3EncryptionEnabled": False}},
        {**MANAGED, SESSIONS: {"s3BucketName": "", "s3EncryptionEnabled": True, "cloudWatchLogGroupName": ""}},
        {**MANAGED, "configuration.ssm.GetDocument": None},
    ],
    not_applicable=[{NODES: [], SESSIONS: {}}],
)
def session_manager_logging_enabled(account: ConfigurationItem) -> Verdict:
    """Session Manager sessions are logged to an encrypted log group or bucket.

    Without session logs, the commands of a session are unknown, because CloudTrail records only its start and end.
    Applies to accounts with managed nodes in Systems Manager.
    """
    if not account.has(NODES):
        return NOT_APPLICABLE
    logged = [
        all_of([account.has(f"{SESSIONS}.{place}"), account.flag(f"{SESSIONS}.{encrypted}")])
        for place, encrypted in (
            ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
            ("s3BucketName", "s3EncryptionEnabled"),
        )
    ]
    return compliant_if(any_of(logged), otherwise="Session Manager has no encrypted log group or bucket (expected one)")
