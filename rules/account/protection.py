"""What watches over the account and its region."""

from pillarwatch import ACCOUNT, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, listed

DETECTORS = "configuration.guardduty.GetDetector"
EBS = "configuration.ec2.GetEbsEncryptionByDefault.EbsEncryptionByDefault"
INSPECTOR = "configuration.inspector2.BatchGetAccountStatus.accounts"
TRAILS = "configuration.cloudtrail.GetTrailStatus"


@check(
    ACCOUNT,
    best_practices={"SEC04-BP01": "nobody records who did what"},
    managed_rule="CLOUD_TRAIL_ENABLED",
    automation="AWS-EnableCloudTrail",
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
    return compliant_if(logging, otherwise=f"none of {len(trails)} trails is logging")


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP03": "nothing looks for threats in what is recorded",
        "SEC04-BP01": "the detective control is off",
    },
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
        "SEC08-BP03": "encryption of disks is left to whoever makes them",
        "SEC08-BP02": "a disk may be unencrypted",
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
    """New EBS volumes of the region are encrypted, whoever makes them.

    It is a switch per region, and off unless somebody has turned it on.
    """
    return compliant_if(account.flag(EBS), otherwise="encryption by default is off")


@check(
    ACCOUNT,
    best_practices={
        "SEC06-BP01": "known vulnerabilities of deployed images go unseen",
        "SEC11-BP02": "images are not tested after their build",
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
