"""EBS snapshots as DescribeSnapshots returns them. A collector lists them, because AWS Config does not record them."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

DESCRIPTION = "configuration.Description"
STARTED = "configuration.StartTime"
TIER = "configuration.StorageTier"

OLD = "2025-10-17T11:59:00+00:00"  # more than 90 days before the evaluation of the examples
# The beginnings of the descriptions of snapshots that belong to an image.
OF_IMAGES = ("Created by CreateImage", "Copied for DestinationAmi")
# Tags of snapshots with a lifecycle policy.
LIFECYCLE_TAGS = ("aws:dlm:lifecycle-policy-id", "aws:backup:source-resource")


@check(
    "AWS::EC2::Snapshot",
    best_practices={
        "COST04-BP05": "no policy deletes manual snapshots",
        "SUS04-BP05": "old snapshots are kept in storage",
    },
    automation="AWS-ArchiveEBSSnapshots",
    effort="S",
    severity="low",
    collector="snapshots",
    live=True,
    fix="Archive or delete the snapshot, or tag it with RetentionException and the reason.",
    compliant=[
        {STARTED: "2025-10-17T12:00:00+00:00"},
        {STARTED: OLD, TIER: "archive"},
        {STARTED: OLD, "tags.RetentionException": "audit"},
    ],
    non_compliant=[{STARTED: OLD, TIER: "standard"}, {STARTED: OLD}],
    not_applicable=[
        {STARTED: OLD, "tags.aws:dlm:lifecycle-policy-id": "policy-1"},
        {STARTED: OLD, DESCRIPTION: "Created by CreateImage(i-1) for ami-1"},
        {},
    ],
)
def ebs_snapshot_age_within_limit(snapshot: ConfigurationItem, *, most_days: int = 90) -> Verdict:
    """Manual EBS snapshots are archived or deleted after 90 days.

    Snapshots are charged until they are deleted. Snapshots of Data Lifecycle Manager, AWS Backup and AMIs are not
    evaluated, because a policy or the image determines their lifetime.
    """
    managed = any_of(LIFECYCLE_TAGS, lambda key: snapshot.tag(key) != "")
    of_image = any_of(OF_IMAGES, snapshot.text(DESCRIPTION).startswith)
    if any_of([managed, of_image, snapshot.text(STARTED) == ""]):
        return NOT_APPLICABLE

    recent = snapshot.days_since(STARTED) <= most_days
    accepted = any_of([recent, snapshot.text(TIER) == "archive", snapshot.tag("RetentionException") != ""])
    return compliant_if(
        accepted, otherwise=f"StartTime is {snapshot.text(STARTED)} (expected at most {most_days} days ago)"
    )
