"""What AWS has found in the account and nobody has closed yet, and whether sessions on machines leave a trace."""

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
MACHINES = "configuration.ssm.DescribeInstanceInformation.InstanceInformationList"
OUTSIDE = "configuration.accessanalyzer.ListFindingsV2.findings"
SESSIONS = "configuration.ssm.GetDocument.Content.inputs"
THREATS = "configuration.guardduty.GetFindings.Findings"

HIGH, MEDIUM = 7, 4  # where GuardDuty's severities begin


def threat(severity: float, created_at: str) -> dict[str, object]:
    """An example of a finding of GuardDuty."""
    return {"Type": "UnauthorizedAccess:EC2/SSHBruteForce", "Severity": severity, "CreatedAt": created_at}


ON = {DETECTORS: ["d"]}
EXTERNAL = {ANALYZERS: [{"type": "ACCOUNT", "status": "ACTIVE"}]}
MANAGED = {MACHINES: [{"InstanceId": "i-1"}]}


@check(
    ACCOUNT,
    best_practices={
        "OPS10-BP01": "findings on attacks are not processed",
        "SEC04-BP03": "findings on threats are not processed for days",
    },
    managed_rule="GUARDDUTY_NON_ARCHIVED_FINDINGS",
    effort="M",
    collector="account-findings",
    fix="Investigate the findings, contain the threat, and archive them.",
    compliant=[
        {
            **ON,
            THREATS: [
                threat(8, "2026-01-14T12:00:00Z"),
                threat(5, "2026-01-08T12:00:00Z"),
                threat(2, "2025-12-16T12:00:00Z"),
            ],
        },
        {**ON, THREATS: []},
    ],
    non_compliant=[
        {**ON, THREATS: [threat(7, "2026-01-14T11:59:00Z")]},
        {**ON, THREATS: [threat(4, "2026-01-08T11:59:00Z")]},
        {**ON, THREATS: [threat(3.9, "2025-12-16T11:59:00Z")]},
    ],
    not_applicable=[{DETECTORS: [], THREATS: []}],
)
def guardduty_non_archived_findings(
    account: ConfigurationItem, *, days_high_sev: int = 1, days_medium_sev: int = 7, days_low_sev: int = 30
) -> Verdict:
    """GuardDuty findings are processed in time, severe ones within a day.

    Who has looked archives them. A finding counts from when it was made, also if it is seen again and again.
    """

    def has_waited(finding: Attributes) -> bool:
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
    return compliant_if_none(account.objects(THREATS), has_waited, "waiting", named="Type")


@check(
    ACCOUNT,
    best_practices={"SEC03-BP07": "access from outside was found, and nobody has judged it"},
    effort="M",
    severity="medium",
    collector="account-findings",
    fix="Take the access away, or archive the finding with a rule that says why it is meant.",
    compliant=[{**EXTERNAL, OUTSIDE: [{"createdAt": "2025-12-16T12:00:00Z"}]}, {**EXTERNAL, OUTSIDE: []}],
    non_compliant=[{**EXTERNAL, OUTSIDE: [{"resource": "arn:aws:s3:::shared", "createdAt": "2025-12-16T11:59:00Z"}]}],
    not_applicable=[{ANALYZERS: [], OUTSIDE: []}],
)
def access_analyzer_findings_resolved(account: ConfigurationItem, *, most_days: int = 30) -> Verdict:
    """Access from outside is meant, or taken away within a month.

    What IAM Access Analyzer finds is active until somebody archives it or the access ends.
    """
    if not account.has(ANALYZERS):
        return NOT_APPLICABLE
    return compliant_if_none(
        account.objects(OUTSIDE),
        lambda finding: finding.days_since("createdAt") > most_days,
        f"active for more than {most_days} days",
        named="resource",
    )


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "what is done by hand on a machine is not recorded",
        "SEC06-BP03": "interactive access leaves no trace",
    },
    effort="S",
    severity="low",
    collector="account-findings",
    fix="Have Session Manager send its sessions to an encrypted log group or bucket.",
    compliant=[
        {**MANAGED, SESSIONS: {"cloudWatchLogGroupName": "sessions", "cloudWatchEncryptionEnabled": True}},
        {**MANAGED, SESSIONS: {"s3BucketName": "sessions", "s3EncryptionEnabled": True}},
    ],
    non_compliant=[
        {**MANAGED, SESSIONS: {"s3BucketName": "sessions", "s3EncryptionEnabled": False}},
        {**MANAGED, SESSIONS: {"s3BucketName": "", "s3EncryptionEnabled": True, "cloudWatchLogGroupName": ""}},
        {**MANAGED, "configuration.ssm.GetDocument": None},
    ],
    not_applicable=[{MACHINES: [], SESSIONS: {}}],
)
def session_manager_logging_enabled(account: ConfigurationItem) -> Verdict:
    """Sessions on machines are recorded, and the records encrypted.

    CloudTrail tells who began a session, and not what was typed. Only where Systems Manager has machines.
    """
    if not account.has(MACHINES):
        return NOT_APPLICABLE
    recorded = [
        all_of([account.has(f"{SESSIONS}.{place}"), account.flag(f"{SESSIONS}.{encrypted}")])
        for place, encrypted in (
            ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
            ("s3BucketName", "s3EncryptionEnabled"),
        )
    ]
    return compliant_if(any_of(recorded), otherwise="sessions go to no encrypted log group or bucket")
