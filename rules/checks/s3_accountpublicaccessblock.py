"""S3 Block Public Access of the account. The attributes are the API's names in camelCase."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if_all

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@check(
    "AWS::S3::AccountPublicAccessBlock",
    best_practices={
        "SEC08-BP04": "any bucket of the account can become public",
        "SEC03-BP07": "public access is not blocked for the account",
        "SEC08-BP03": "public access is not blocked for all buckets at once",
    },
    managed_rule="S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS",
    automation="AWSConfigRemediation-ConfigureS3PublicAccessBlock",
    effort="S",
    severity="medium",
    live=True,
    fix="Set all four Block Public Access settings of the account to true. Public buckets stop being public.",
    compliant=[{f"configuration.{block}": True for block in BLOCKS}],
    non_compliant=[{"configuration.blockPublicAcls": True}, {}],
)
def s3_account_level_public_access_blocks(account: ConfigurationItem) -> Verdict:
    """The account blocks public access to all S3 buckets.

    Without this block, a policy or access control list can make any current or future bucket public.
    """
    return compliant_if_all(BLOCKS, lambda block: account.flag(f"configuration.{block}"), "not true (expected true)")
