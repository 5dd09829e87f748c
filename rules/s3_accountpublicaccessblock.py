"""The account's own block on public buckets: the API's camelCase."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if_all

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@check(
    "AWS::S3::AccountPublicAccessBlock",
    best_practices={
        "SEC08-BP04": "any bucket of the account may be opened to everybody",
        "SEC03-BP07": "public access is not ruled out for the account",
        "SEC08-BP03": "public access is not ruled out for every bucket at once",
    },
    managed_rule="S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS",
    automation="AWSConfigRemediation-ConfigureS3PublicAccessBlock",
    effort="S",
    severity="medium",
    live=True,
    fix="Turn on all four settings for the account.",
    compliant=[{f"configuration.{block}": True for block in BLOCKS}],
    non_compliant=[{"configuration.blockPublicAcls": True}, {}],
)
def s3_account_level_public_access_blocks(account: ConfigurationItem) -> Verdict:
    """The account blocks public access to all its buckets.

    Also to those of tomorrow.
    """
    return compliant_if_all(BLOCKS, lambda block: account.flag(f"configuration.{block}"), "not true (expected true)")
