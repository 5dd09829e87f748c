"""EBS snapshots, which Config does not record: listed by a collector, as the API describes them."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

ABOUT = "configuration.Description"
STARTED = "configuration.StartTime"
TIER = "configuration.StorageTier"

OLD = "2025-10-17T11:59:00+00:00"  # more than 90 days before the examples are judged
# How snapshots of an image begin their description: they go with the image.
OF_IMAGES = ("Created by CreateImage", "Copied for DestinationAmi")
LIFECYCLES = ("aws:dlm:lifecycle-policy-id", "aws:backup:source-resource")  # tags of those whose end is decided


@check(
    "AWS::EC2::Snapshot",
    best_practices={
        "COST04-BP05": "no rule ends the life of snapshots made by hand",
        "SUS04-BP05": "old copies of disks are kept and never looked at",
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
        {STARTED: OLD, ABOUT: "Created by CreateImage(i-1) for ami-1"},
        {},
    ],
)
def ebs_snapshot_age_within_limit(snapshot: ConfigurationItem, *, most_days: int = 90) -> Verdict:
    """Snapshots of volumes that were made by hand do not outlive their purpose.

    Those of Data Lifecycle Manager and AWS Backup end by their plan, those of an image with the image.
    """
    planned = any_of(LIFECYCLES, lambda key: snapshot.tag(key) != "")
    of_image = any_of(OF_IMAGES, snapshot.text(ABOUT).startswith)
    if any_of([planned, of_image, snapshot.text(STARTED) == ""]):
        return NOT_APPLICABLE
    days = snapshot.days_since(STARTED)
    kept = any_of([days <= most_days, snapshot.text(TIER) == "archive", snapshot.tag("RetentionException") != ""])
    return compliant_if(kept, otherwise=f"{days:.0f} days old")
