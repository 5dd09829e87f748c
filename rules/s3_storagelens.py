"""Storage Lens configurations: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

LENS = "configuration.StorageLensConfiguration"


@check(
    "AWS::S3::StorageLens",
    best_practices={
        "SUS04-BP02": "the access frequency of the data is not known",
        "COST03-BP01": "storage cost cannot be related to its use",
        "SUS04-BP05": "unused data is not identified",
    },
    effort="S",
    fix="Enable the configuration, with activity metrics.",
    compliant=[{f"{LENS}.IsEnabled": True, f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled": True}],
    non_compliant=[
        {f"{LENS}.IsEnabled": False, f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled": True},
        {f"{LENS}.IsEnabled": True},
        {},
    ],
)
def s3_storage_lens_enabled(lens: ConfigurationItem) -> Verdict:
    """S3 Storage Lens is enabled with activity metrics.

    Activity metrics tell what is read; without them there are only sizes.
    """
    enabled, active = lens.flag(f"{LENS}.IsEnabled"), lens.flag(f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled")
    return compliant_if(
        all_of([enabled, active]),
        otherwise=f"IsEnabled is {in_json(enabled)}, ActivityMetrics.IsEnabled is {in_json(active)}",
    )
