"""S3 Storage Lens configurations. The attributes are CloudFormation's properties."""

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
    fix="Set IsEnabled and AccountLevel.ActivityMetrics.IsEnabled to true. Activity metrics are billed.",
    compliant=[{f"{LENS}.IsEnabled": True, f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled": True}],
    non_compliant=[
        {f"{LENS}.IsEnabled": False, f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled": True},
        {f"{LENS}.IsEnabled": True},
        {},
    ],
)
def s3_storage_lens_enabled(lens: ConfigurationItem) -> Verdict:
    """S3 Storage Lens configurations are enabled with activity metrics.

    Without activity metrics, Storage Lens shows how much data is stored but not whether the data is read.
    """
    enabled, active = lens.flag(f"{LENS}.IsEnabled"), lens.flag(f"{LENS}.AccountLevel.ActivityMetrics.IsEnabled")
    return compliant_if(
        all_of([enabled, active]),
        f"IsEnabled is {in_json(enabled)}, ActivityMetrics.IsEnabled is {in_json(active)} (expected true for both)",
    )
