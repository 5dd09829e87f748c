"""Checks of the AWS security services that protect the account in a Region."""

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
)  # of GuardDuty, in addition to its foundational data sources


def on(plan: str) -> dict[str, str]:
    """An example of an enabled protection plan."""
    return {"Name": plan, "Status": "ENABLED"}


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "no CloudTrail trail records API calls in the account",
        "SEC10-BP03": "no trail is available to reconstruct an incident",
    },
    managed_rule="CLOUD_TRAIL_ENABLED",
    automation="AWSConfigRemediation-CreateCloudTrailMultiRegionTrail",
    effort="S",
    collector="account-protection",
    fix="Create a multi-Region trail, preferably for the whole organization.",
    compliant=[{TRAILS: [{"IsLogging": False}, {"IsLogging": True}]}],
    non_compliant=[{TRAILS: [{"IsLogging": False}]}, {TRAILS: []}],
)
def cloudtrail_enabled(account: ConfigurationItem) -> Verdict:
    """The account has a CloudTrail trail that is logging.

    Without a trail, you cannot investigate API calls that are older than 90 days, and no data events at all.
    """
    trails = account.objects(TRAILS)
    logging = any_of(trails, lambda trail: trail.flag("IsLogging"))
    return compliant_if(logging, otherwise="trails with IsLogging true: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"SEC04-BP03": "no service analyzes the logs of the account for threats"},
    managed_rule="GUARDDUTY_ENABLED_CENTRALIZED",
    automation="AWSConfigRemediation-CreateGuardDutyDetector",
    effort="S",
    severity="high",
    collector="account-protection",
    fix="Enable GuardDuty in every used Region, preferably from the organization's delegated administrator account.",
    compliant=[{DETECTORS: [{"Status": "ENABLED"}]}],
    non_compliant=[{DETECTORS: [{"Status": "DISABLED"}]}, {DETECTORS: []}],
)
def guardduty_enabled_centralized(account: ConfigurationItem) -> Verdict:
    """The account has GuardDuty enabled in the Region.

    Without GuardDuty, stolen credentials, crypto mining and other attacks are not detected in CloudTrail events, DNS
    logs and VPC flow logs.
    """
    states = account.texts(f"{DETECTORS}.Status")
    otherwise = f"the status of GuardDuty detectors is {listed(states) or 'none'} (expected ENABLED)"
    return compliant_if(contains(states, "ENABLED"), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP05": "attacks on instances, containers and functions are not detected automatically",
        "SEC04-BP03": "GuardDuty does not analyze all data sources of the account",
    },
    effort="S",
    collector="account-protection",
    fix="Set Status of the protection plans in Features to ENABLED. Each plan is billed by usage.",
    compliant=[{DETECTORS: [{"Status": "ENABLED", "Features": [on(plan) for plan in PLANS]}]}],
    non_compliant=[
        {DETECTORS: [{"Status": "ENABLED", "Features": [on(plan) for plan in PLANS[1:]]}]},
        {DETECTORS: [{"Status": "ENABLED", "Features": [{**on(plan), "Status": "DISABLED"} for plan in PLANS]}]},
        {DETECTORS: [{"Status": "ENABLED"}]},
    ],
    not_applicable=[{DETECTORS: [{"Status": "DISABLED"}]}, {DETECTORS: []}],
)
def guardduty_protection_plans_enabled(account: ConfigurationItem, *, plans: Sequence[str] = PLANS) -> Verdict:
    """GuardDuty detectors have all protection plans enabled.

    The plans cover S3, EKS, RDS, Lambda, EBS volumes and runtimes. Without a plan, GuardDuty does not detect attacks on
    the resources that the plan covers. Applies to Regions with GuardDuty enabled.
    """
    detectors = [each for each in account.objects(DETECTORS) if each.text("Status") == "ENABLED"]
    if not detectors:
        return NOT_APPLICABLE
    features = [feature for detector in detectors for feature in detector.objects("Features")]

    def is_enabled(plan: str) -> bool:
        return any_of(
            features, lambda feature: all_of([feature.text("Name") == plan, feature.text("Status") == "ENABLED"])
        )

    return compliant_if_all(plans, is_enabled, "protection plans are not ENABLED")


@check(
    ACCOUNT,
    best_practices={
        "SEC08-BP03": "the encryption of new EBS volumes is not enforced",
        "SEC08-BP02": "new EBS volumes can be unencrypted",
    },
    managed_rule="EC2_EBS_ENCRYPTION_BY_DEFAULT",
    automation="AWSConfigRemediation-EnableEbsEncryptionByDefault",
    effort="S",
    collector="account-protection",
    fix="Enable EBS encryption by default in every Region. Existing volumes stay as they are.",
    compliant=[{EBS: True}],
    non_compliant=[{EBS: False}, {EBS: None}],
)
def ec2_ebs_encryption_by_default(account: ConfigurationItem) -> Verdict:
    """The account has EBS encryption by default enabled in the Region.

    Without encryption by default, each new volume is unencrypted unless its creator requests encryption. The setting is
    separate for each Region and off by default.
    """
    return compliant_if(account.flag(EBS), otherwise="EbsEncryptionByDefault is false (expected true)")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP01": "known vulnerabilities in container images are not found",
        "SEC11-BP02": "container images are not tested after their build",
        "SEC06-BP05": "container images are not scanned automatically",
    },
    managed_rule="INSPECTOR_ECR_SCAN_ENABLED",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Activate Amazon ECR scanning in Amazon Inspector. Inspector bills each scan.",
    compliant=[{INSPECTOR: [{"resourceState": {"ecr": {"status": "ENABLED"}}}]}],
    non_compliant=[{INSPECTOR: [{"resourceState": {"ecr": {"status": "DISABLED"}}}]}, {INSPECTOR: []}],
)
def inspector_ecr_scan_enabled(account: ConfigurationItem) -> Verdict:
    """Amazon Inspector scans the ECR images of the account.

    Without continuous scanning, vulnerabilities that become known after the push of an image are not found.
    """
    states = account.texts(f"{INSPECTOR}.resourceState.ecr.status")
    return compliant_if(contains(states, "ENABLED"), f"ecr.status is {listed(states) or 'not set'} (expected ENABLED)")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP01": "known vulnerabilities in Lambda functions are not found",
        "SEC11-BP02": "the dependencies of Lambda functions are not tested after deployment",
        "SEC06-BP05": "Lambda functions are not scanned automatically",
    },
    managed_rule="INSPECTOR_LAMBDA_STANDARD_SCAN_ENABLED",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Activate Lambda standard scanning in Amazon Inspector. Inspector bills each function.",
    compliant=[{INSPECTOR: [{"resourceState": {"lambda": {"status": "ENABLED"}}}]}],
    non_compliant=[{INSPECTOR: [{"resourceState": {"lambda": {"status": "DISABLED"}}}]}, {INSPECTOR: []}],
)
def inspector_lambda_standard_scan_enabled(account: ConfigurationItem) -> Verdict:
    """The account has Amazon Inspector standard scanning of Lambda functions enabled.

    Without continuous scanning, vulnerabilities that become known after the deployment of a function are not found.
    """
    states = account.texts(f"{INSPECTOR}.resourceState.lambda.status")
    return compliant_if(contains(states, "ENABLED"), f"lambda.status is {listed(states) or 'none'} (expected ENABLED)")


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP03": "no security standard validates the controls of the account",
        "SEC04-BP02": "security findings are not collected in one place",
        "SEC04-BP03": "findings of several services are not correlated",
    },
    managed_rule="SECURITYHUB_ENABLED",
    automation="AWSConfigRemediation-EnableSecurityHub",
    effort="S",
    severity="medium",
    collector="account-protection",
    fix="Enable Security Hub CSPM with a security standard, for example AWS Foundational Security Best Practices.",
    compliant=[{STANDARDS: [{"StandardsStatus": "INCOMPLETE"}, {"StandardsStatus": "READY"}]}],
    non_compliant=[{STANDARDS: [{"StandardsStatus": "FAILED"}]}, {STANDARDS: []}],
)
def securityhub_enabled(account: ConfigurationItem) -> Verdict:
    """The account has Security Hub CSPM enabled with a security standard.

    Without a standard in the status READY, Security Hub CSPM does not check the resources of the account. The newer
    service AWS Security Hub does not replace it here.
    """
    states = account.texts(f"{STANDARDS}.StandardsStatus")
    otherwise = f"StandardsStatus of the security standards is {listed(states) or 'none'} (expected READY)"
    return compliant_if(contains(states, "READY"), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP03": "severe findings are not processed in time",
        "SEC06-BP01": "known vulnerabilities are not fixed in time",
    },
    effort="M",
    severity="high",
    collector="account-protection",
    fix="Fix the causes of the findings, or set their workflow status to SUPPRESSED with a note.",
    compliant=[{FINDINGS: [{"Title": "new", "CreatedAt": "2025-12-16T12:00:00Z"}]}, {FINDINGS: []}],
    non_compliant=[{FINDINGS: [{"Title": "old", "CreatedAt": "2025-12-16T11:59:00Z"}]}],
    not_applicable=[{HUB: None}],
)
def security_findings_triaged_within_sla(account: ConfigurationItem, *, sla_days: int = 30) -> Verdict:
    """Security Hub findings of high severity are resolved within 30 days.

    An old finding of high or critical severity is a known weakness that an attacker can use. The check treats a
    suppressed finding as resolved. The check includes findings of other scanners that are imported into Security Hub.
    Applies to Regions with Security Hub CSPM enabled.
    """
    if not account.has(HUB):
        return NOT_APPLICABLE
    return compliant_if_none(
        account.objects(FINDINGS),
        lambda finding: finding.days_since("CreatedAt", default=0) > sla_days,
        f"findings are open for more than {sla_days} days",
        named="Title",
    )


@check(
    ACCOUNT,
    best_practices={"SEC07-BP03": "sensitive data is not identified automatically"},
    managed_rule="MACIE_STATUS_CHECK",
    effort="S",
    collector="account-protection",
    fix="Enable Amazon Macie in every Region with data in S3. Macie bills buckets and scanned data.",
    compliant=[{f"{MACIE}.status": "ENABLED"}],
    non_compliant=[{f"{MACIE}.status": "PAUSED"}, {MACIE: None}],
)
def macie_status_check(account: ConfigurationItem) -> Verdict:
    """The account has Amazon Macie enabled in the Region.

    Without Macie, sensitive data in S3 buckets is not found, and its buckets are not protected accordingly.
    """
    status = account.text(f"{MACIE}.status", "not set")
    return compliant_if(status == "ENABLED", otherwise=f"the status of Macie is {status} (expected ENABLED)")


@check(
    ACCOUNT,
    best_practices={
        "SEC08-BP04": "an EBS snapshot can be public",
        "SEC03-BP07": "public sharing of EBS snapshots is not blocked",
        "SEC08-BP03": "public sharing is not blocked for all EBS snapshots",
    },
    managed_rule="EBS_SNAPSHOT_BLOCK_PUBLIC_ACCESS",
    effort="S",
    collector="account-protection",
    fix="Set block public access for EBS snapshots to block-all-sharing in every Region.",
    compliant=[{SNAPSHOTS: "block-all-sharing"}],
    non_compliant=[{SNAPSHOTS: "block-new-sharing"}, {SNAPSHOTS: "unblocked"}, {SNAPSHOTS: None}],
)
def ebs_snapshot_block_public_access(account: ConfigurationItem) -> Verdict:
    """The account blocks public sharing of EBS snapshots in the Region.

    One mistaken permission can make the data of a volume public. With block-new-sharing, public snapshots stay public.
    """
    state = account.text(SNAPSHOTS, "unblocked")
    otherwise = f"block public access for snapshots is {state} (expected block-all-sharing)"
    return compliant_if(state == "block-all-sharing", otherwise)


@check(
    ACCOUNT,
    best_practices={"SEC05-BP04": "Shield Advanced is required but not active"},
    effort="L",
    severity="low",
    collector="account-organization",
    fix="Subscribe to Shield Advanced, and add protections for the resources. The subscription runs for one year.",
    compliant=[{SHIELD: "ACTIVE", "parameters.required": True}],
    non_compliant=[{SHIELD: "INACTIVE", "parameters.required": True}],
    not_applicable=[{SHIELD: "INACTIVE"}, {SHIELD: None}],
)
def shield_protection_in_place(account: ConfigurationItem, *, required: bool = False) -> Verdict:
    """The account has a Shield Advanced subscription.

    Without Shield Advanced, large DDoS attacks on applications are not mitigated automatically. Shield Standard is
    always on and free of charge. Applies if the parameter `required` is true.
    """
    if required:
        state = account.text(SHIELD, "INACTIVE")
        return compliant_if(state == "ACTIVE", otherwise=f"SubscriptionState is {state} (expected ACTIVE)")
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={"SEC10-BP06": "Amazon Detective or a runbook for incidents is missing"},
    effort="M",
    collector="account-protection",
    fix="Enable Amazon Detective, and create an Automation runbook that isolates a resource.",
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
    """The account has Amazon Detective and a runbook for security incidents.

    Without prepared tools, the investigation and the containment of an incident start late. An account that is a member
    of another account's behavior graph, and any Automation document of the account, is compliant.
    """
    member = contains(account.texts(f"{MEMBERSHIPS}.Status"), "ENABLED")
    ready = {"Amazon Detective": any_of([account.has(GRAPHS), member]), "a runbook": account.has(RUNBOOKS)}
    return compliant_if_all(ready, ready.__getitem__, "missing tools")
