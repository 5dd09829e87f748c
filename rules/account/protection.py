"""What watches over the account and its region."""

from collections.abc import Sequence

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
    listed,
)

DETECTORS = "configuration.guardduty.GetDetector"
EBS = "configuration.ec2.GetEbsEncryptionByDefault.EbsEncryptionByDefault"
HUB = "configuration.securityhub.GetFindings"
FINDINGS = f"{HUB}.Findings"
GRAPHS = "configuration.detective.ListGraphs.GraphList"
MEMBERSHIPS = "configuration.detective.ListInvitations.Invitations"
INSPECTOR = "configuration.inspector2.BatchGetAccountStatus.accounts"
MACIE = "configuration.macie2.GetMacieSession"
RUNBOOKS = "configuration.ssm.ListDocuments.DocumentIdentifiers"
SHIELD = "configuration.shield.GetSubscriptionState.SubscriptionState"
SNAPSHOTS = "configuration.ec2.GetSnapshotBlockPublicAccessState.State"
STANDARDS = "configuration.securityhub.GetEnabledStandards.StandardsSubscriptions"
TRAILS = "configuration.cloudtrail.GetTrailStatus"

PLANS = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)  # GuardDuty's, beyond what it always reads


def on(plan: str) -> dict[str, str]:
    """An example of a protection plan."""
    return {"Name": plan, "Status": "ENABLED"}


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "API calls in the account are not recorded",
        "SEC10-BP03": "there is no record from which an incident could be reconstructed",
    },
    managed_rule="CLOUD_TRAIL_ENABLED",
    automation="AWSConfigRemediation-CreateCloudTrailMultiRegionTrail",
    effort="S",
    collector="account-protection",
    fix="Create a multi-region trail, best for the whole organization.",
    compliant=[{TRAILS: [{"IsLogging": False}, {"IsLogging": True}]}],
    non_compliant=[{TRAILS: [{"IsLogging": False}]}, {TRAILS: []}],
)
def cloudtrail_enabled(account: ConfigurationItem) -> Verdict:
    """A trail records what happens in the account.

    CloudTrail's own history forgets after 90 days, and anybody can look at it but nobody can query it.
    """
    trails = account.objects(TRAILS)
    logging = any_of(trails, lambda trail: trail.flag("IsLogging"))
    return compliant_if(logging, otherwise=f"IsLogging is true for 0 of {len(trails)} trails (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"SEC04-BP03": "nothing looks for threats in what is recorded"},
    managed_rule="GUARDDUTY_ENABLED_CENTRALIZED",
    automation="AWSConfigRemediation-CreateGuardDutyDetector",
    effort="S",
    severity="high",
    collector="account-protection",
    fix="Turn GuardDuty on in every region that is in use, from the organization's administrator account.",
    compliant=[{DETECTORS: [{"Status": "ENABLED"}]}],
    non_compliant=[{DETECTORS: [{"Status": "DISABLED"}]}, {DETECTORS: []}],
)
def guardduty_enabled_centralized(account: ConfigurationItem) -> Verdict:
    """GuardDuty looks for threats in the region.

    It reads what CloudTrail, DNS and the network record anyway, and tells what is unusual in it.
    """
    states = account.texts(f"{DETECTORS}.Status")
    return compliant_if(contains(states, "ENABLED"), otherwise=f"detectors: {listed(states) or 'none'}")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP05": "attacks on machines, containers and functions are not detected by themselves",
        "SEC04-BP03": "alerts lack what these sources would tell",
    },
    effort="S",
    collector="account-protection",
    fix="Turn on the protection plans; one for a service that is not in use costs nothing.",
    compliant=[{DETECTORS: [{"Status": "ENABLED", "Features": [on(plan) for plan in PLANS]}]}],
    non_compliant=[
        {DETECTORS: [{"Status": "ENABLED", "Features": [on(plan) for plan in PLANS[1:]]}]},
        {DETECTORS: [{"Status": "ENABLED", "Features": [{**on(plan), "Status": "DISABLED"} for plan in PLANS]}]},
        {DETECTORS: [{"Status": "ENABLED"}]},
    ],
    not_applicable=[{DETECTORS: [{"Status": "DISABLED"}]}, {DETECTORS: []}],
)
def guardduty_protection_plans_enabled(account: ConfigurationItem, *, plans: Sequence[str] = PLANS) -> Verdict:
    """GuardDuty looks into storage, databases, machines, containers and functions too.

    Where GuardDuty is off, that is another check's finding.
    """
    detectors = [each for each in account.objects(DETECTORS) if each.text("Status") == "ENABLED"]
    if not detectors:
        return NOT_APPLICABLE
    features = [feature for detector in detectors for feature in detector.objects("Features")]

    def is_on(plan: str) -> bool:
        return any_of(
            features, lambda feature: all_of([feature.text("Name") == plan, feature.text("Status") == "ENABLED"])
        )

    return compliant_if_all(plans, is_on, "not ENABLED")


@check(
    ACCOUNT,
    best_practices={
        "SEC08-BP03": "encryption of volumes depends on each creator",
        "SEC08-BP02": "new volumes can be unencrypted",
    },
    managed_rule="EC2_EBS_ENCRYPTION_BY_DEFAULT",
    automation="AWSConfigRemediation-EnableEbsEncryptionByDefault",
    effort="S",
    collector="account-protection",
    fix="Turn on encryption by default for EBS, in every region.",
    compliant=[{EBS: True}],
    non_compliant=[{EBS: False}, {EBS: None}],
)
def ec2_ebs_encryption_by_default(account: ConfigurationItem) -> Verdict:
    """EBS encryption by default is enabled in the Region.

    It is a switch per region, and off unless somebody has turned it on.
    """
    return compliant_if(account.flag(EBS), otherwise="encryption by default is off")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP01": "known vulnerabilities of deployed images go unseen",
        "SEC11-BP02": "images are not tested after their build",
        "SEC06-BP05": "nothing by itself looks for vulnerabilities in containers that run",
    },
    managed_rule="INSPECTOR_ECR_SCAN_ENABLED",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Turn on Amazon Inspector for ECR.",
    compliant=[{INSPECTOR: [{"resourceState": {"ecr": {"status": "ENABLED"}}}]}],
    non_compliant=[{INSPECTOR: [{"resourceState": {"ecr": {"status": "DISABLED"}}}]}, {INSPECTOR: []}],
)
def inspector_ecr_scan_enabled(account: ConfigurationItem) -> Verdict:
    """Inspector scans container images, again whenever a vulnerability becomes known.

    A scan on push is out of date the next day.
    """
    states = account.texts(f"{INSPECTOR}.resourceState.ecr.status")
    return compliant_if(contains(states, "ENABLED"), otherwise=f"scanning of ECR is {listed(states) or 'off'}")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP01": "known vulnerabilities of deployed functions go unseen",
        "SEC11-BP02": "the code of functions is not tested after its release",
        "SEC06-BP05": "nothing by itself looks for vulnerabilities in functions that run",
    },
    managed_rule="INSPECTOR_LAMBDA_STANDARD_SCAN_ENABLED",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Turn on Amazon Inspector for Lambda.",
    compliant=[{INSPECTOR: [{"resourceState": {"lambda": {"status": "ENABLED"}}}]}],
    non_compliant=[{INSPECTOR: [{"resourceState": {"lambda": {"status": "DISABLED"}}}]}, {INSPECTOR: []}],
)
def inspector_lambda_standard_scan_enabled(account: ConfigurationItem) -> Verdict:
    """Inspector scans the packages of Lambda functions, again whenever a vulnerability becomes known.

    What was sound when it was built may not be any more.
    """
    states = account.texts(f"{INSPECTOR}.resourceState.lambda.status")
    return compliant_if(contains(states, "ENABLED"), otherwise=f"scanning of Lambda is {listed(states) or 'off'}")


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP03": "no standard validates the controls that were chosen",
        "SEC04-BP02": "findings stand in many places",
        "SEC04-BP03": "findings of several services are not brought together",
    },
    managed_rule="SECURITYHUB_ENABLED",
    automation="AWSConfigRemediation-EnableSecurityHub",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Turn on Security Hub CSPM with the standard that fits the workload.",
    compliant=[{STANDARDS: [{"StandardsStatus": "INCOMPLETE"}, {"StandardsStatus": "READY"}]}],
    non_compliant=[{STANDARDS: [{"StandardsStatus": "FAILED"}]}, {STANDARDS: []}],
)
def securityhub_enabled(account: ConfigurationItem) -> Verdict:
    """Security Hub CSPM measures the account against a standard.

    AWS's own rule asks for Security Hub CSPM only; without a standard that is READY it has no findings of its own. The
    newer AWS Security Hub, which brings findings together, is another service.
    """
    states = account.texts(f"{STANDARDS}.StandardsStatus")
    return compliant_if(contains(states, "READY"), otherwise=f"standards: {listed(states) or 'none'}")


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP03": "severe findings are not processed for weeks",
        "SEC06-BP01": "known vulnerabilities are not fixed in time",
    },
    effort="M",
    severity="high",
    collector="account-protection",
    fix="Fix the cause of the findings, or suppress them with a reason.",
    compliant=[{FINDINGS: [{"Title": "new", "CreatedAt": "2025-12-16T12:00:00Z"}]}, {FINDINGS: []}],
    non_compliant=[{FINDINGS: [{"Title": "old", "CreatedAt": "2025-12-16T11:59:00Z"}]}],
    not_applicable=[{HUB: None}],
)
def security_findings_triaged_within_sla(account: ConfigurationItem, *, sla_days: int = 30) -> Verdict:
    """Severe findings are resolved or suppressed in time.

    Security Hub's findings of high and critical severity that are active and neither resolved nor suppressed, of this
    account and region. What other scanners find counts once it is imported there; where Security Hub is off, there is
    nothing to judge.
    """
    if not account.has(HUB):
        return NOT_APPLICABLE
    return compliant_if_none(
        account.objects(FINDINGS),
        lambda finding: finding.days_since("CreatedAt", default=0) > sla_days,
        f"open for more than {sla_days} days",
        named="Title",
    )


@check(
    ACCOUNT,
    best_practices={"SEC07-BP03": "sensitive data is not found unless somebody remembers it"},
    managed_rule="MACIE_STATUS_CHECK",
    effort="S",
    collector="account-protection",
    fix="Turn on Amazon Macie in every region that holds data.",
    compliant=[{f"{MACIE}.status": "ENABLED"}],
    non_compliant=[{f"{MACIE}.status": "PAUSED"}, {MACIE: None}],
)
def macie_status_check(account: ConfigurationItem) -> Verdict:
    """Macie looks for sensitive data in the region's buckets.

    Nobody knows by heart what a bucket has come to hold.
    """
    status = account.text(f"{MACIE}.status", "off")
    return compliant_if(status == "ENABLED", otherwise=f"Macie is {status.lower()}")


@check(
    ACCOUNT,
    best_practices={
        "SEC08-BP04": "a snapshot can be shared with everybody",
        "SEC03-BP07": "public sharing of snapshots is not ruled out",
        "SEC08-BP03": "public access is not ruled out for every snapshot at once",
    },
    managed_rule="EBS_SNAPSHOT_BLOCK_PUBLIC_ACCESS",
    effort="S",
    collector="account-protection",
    fix="Block all public sharing of EBS snapshots in the region.",
    compliant=[{SNAPSHOTS: "block-all-sharing"}],
    non_compliant=[{SNAPSHOTS: "block-new-sharing"}, {SNAPSHOTS: "unblocked"}, {SNAPSHOTS: None}],
)
def ebs_snapshot_block_public_access(account: ConfigurationItem) -> Verdict:
    """No snapshot of a volume can be shared with everybody.

    As AWS's own rule reads it, blocking new sharing only is not enough: what is public already stays so.
    """
    state = account.text(SNAPSHOTS, "unblocked")
    return compliant_if(state == "block-all-sharing", otherwise=f"sharing is {state}")


@check(
    ACCOUNT,
    best_practices={"SEC05-BP04": "no service answers a flood of requests by itself"},
    effort="L",
    severity="low",
    collector="account-organization",
    fix="Subscribe to Shield Advanced, and protect the distributions and load balancers.",
    compliant=[{SHIELD: "ACTIVE", "parameters.required": True}],
    non_compliant=[{SHIELD: "INACTIVE", "parameters.required": True}],
    not_applicable=[{SHIELD: "INACTIVE"}, {SHIELD: None}],
)
def shield_protection_in_place(account: ConfigurationItem, *, required: bool = False) -> Verdict:
    """The account has Shield Advanced where it is required.

    Shield Standard protects everybody and cannot be turned off, so it cannot fail; say `required` where that is too
    little.
    """
    if required:
        state = account.text(SHIELD, "INACTIVE")
        return compliant_if(state == "ACTIVE", otherwise=f"Shield Advanced is {state.lower()}")
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={"SEC10-BP06": "responders have neither a way to investigate nor runbooks to contain"},
    effort="M",
    collector="account-protection",
    fix="Turn on Amazon Detective, and keep an automation document that isolates a resource in the account.",
    compliant=[
        {GRAPHS: [{"Arn": "arn"}], MEMBERSHIPS: [], RUNBOOKS: [{"Name": "ContainInstance"}]},
        {GRAPHS: [], MEMBERSHIPS: [{"Status": "ENABLED"}], RUNBOOKS: [{"Name": "ContainInstance"}]},
    ],
    non_compliant=[
        {GRAPHS: [{"Arn": "arn"}], MEMBERSHIPS: [], RUNBOOKS: []},
        {GRAPHS: [], MEMBERSHIPS: [{"Status": "INVITED"}], RUNBOOKS: [{"Name": "ContainInstance"}]},
        {GRAPHS: [], MEMBERSHIPS: [], RUNBOOKS: []},
    ],
)
def incident_tools_predeployed(account: ConfigurationItem) -> Verdict:
    """Tools to investigate and to contain an incident stand ready in the account.

    Detective, of the account's own or as a member of another's, and an automation document of one's own: in the hour
    of need neither is learnt nor installed.
    """
    member = contains(account.texts(f"{MEMBERSHIPS}.Status"), "ENABLED")
    ready = {"Detective": any_of([account.has(GRAPHS), member]), "a runbook": account.has(RUNBOOKS)}
    return compliant_if_all(ready, ready.__getitem__, "missing")
