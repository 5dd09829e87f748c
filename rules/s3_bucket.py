"""S3 buckets. Config keeps almost everything of a bucket in supplementaryConfiguration; what is off is absent there."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, failing
from pillarwatch.lift import TemplateResource, lowered, merged_statements

PUBLIC_ACCESS = "supplementaryConfiguration.PublicAccessBlockConfiguration"
BLOCKS = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
VERSIONING = "supplementaryConfiguration.BucketVersioningConfiguration.status"


@check(
    "AWS::S3::Bucket",
    best_practices={
        "REL09-BP01": "versions are the backup of an object",
        "SEC10-BP03": "overwritten objects cannot be examined after an incident",
    },
    managed_rule="S3_BUCKET_VERSIONING_ENABLED",
    automation="AWS-ConfigureS3BucketVersioning",
    effort="S",
    severity="medium",
    fix="Turn on versioning, and expire noncurrent versions with a lifecycle rule.",
    compliant=[{VERSIONING: "Enabled"}],
    non_compliant=[{VERSIONING: "Suspended"}, {VERSIONING: "Off"}, {}],
)
def s3_bucket_versioning_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets keep previous versions of their objects.

    An overwrite or a delete, by mistake or by malice, can then be undone.
    """
    status = bucket.text(VERSIONING, "Off")
    return compliant_if(status == "Enabled", otherwise=f"versioning is {status}")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC08-BP04": "anybody on the internet may reach the data",
        "SEC03-BP07": "public access is not ruled out",
    },
    managed_rule="S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    automation="AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
    effort="S",
    severity="critical",
    fix="Turn on all four Block Public Access settings of the bucket.",
    compliant=[{f"{PUBLIC_ACCESS}.{setting}": True for setting in BLOCKS}],
    non_compliant=[{f"{PUBLIC_ACCESS}.blockPublicAcls": True}, {}],
)
def s3_bucket_level_public_access_prohibited(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets block public access by themselves.

    A policy or an access control list written in haste then cannot open the bucket to the world.
    """

    def on(setting: str) -> bool:
        return bucket.flag(f"{PUBLIC_ACCESS}.{setting}")

    return compliant_if(all_of(map(on, BLOCKS)), otherwise=f"off: {', '.join(failing(BLOCKS, on))}")


def lift(bucket: TemplateResource) -> dict[str, Any]:
    """A bucket with its BucketPolicy."""
    properties = bucket.properties
    supplementary: dict[str, Any] = {}
    if "VersioningConfiguration" in properties:
        supplementary["BucketVersioningConfiguration"] = lowered(properties["VersioningConfiguration"])
    if "PublicAccessBlockConfiguration" in properties:
        supplementary["PublicAccessBlockConfiguration"] = lowered(properties["PublicAccessBlockConfiguration"])
    policies = [
        policy.properties.get("PolicyDocument") for policy in bucket.attached("AWS::S3::BucketPolicy", "Bucket")
    ]
    supplementary["BucketPolicy"] = {"policyText": merged_statements(policies)}
    return {
        "configuration": {"name": properties.get("BucketName", bucket.logical_id)},
        "supplementaryConfiguration": supplementary,
    }
