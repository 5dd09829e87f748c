"""S3 buckets. Config keeps almost everything of a bucket in supplementaryConfiguration; what is off is absent there."""

from typing import Any

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource, lowered, merged_statements
from rules.shared.tags import (
    data_classification_tag_present,
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

ENCRYPTION = "supplementaryConfiguration.ServerSideEncryptionConfiguration.rules"
LIFECYCLE = "supplementaryConfiguration.BucketLifecycleConfiguration.rules"
POLICY = "supplementaryConfiguration.BucketPolicy.policyText"
PUBLIC_ACCESS = "supplementaryConfiguration.PublicAccessBlockConfiguration"
VERSIONING = "supplementaryConfiguration.BucketVersioningConfiguration.status"

BLOCKS = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
TRANSITIONS = "transitions.storageClass"
FRAGILE = ("ONEZONE_IA", "REDUCED_REDUNDANCY")  # classes that do not keep an object in three Availability Zones


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
    return compliant_if_all(BLOCKS, lambda setting: bucket.flag(f"{PUBLIC_ACCESS}.{setting}"), "off")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC08-BP01": "the key is not the account's: no key policy, no audit of its use"},
    managed_rule="S3_DEFAULT_ENCRYPTION_KMS",
    automation="AWS-EnableS3BucketEncryption",
    effort="S",
    severity="medium",
    fix="Set default encryption to SSE-KMS, with a bucket key to keep the cost of KMS requests down.",
    compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
)
def s3_default_encryption_kms(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets encrypt with a KMS key.

    Every bucket is encrypted; only with KMS does a key policy decide, and CloudTrail tell, who reads.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    kms = any_of(algorithms, lambda algorithm: algorithm.startswith("aws:kms"))
    return compliant_if(kms, otherwise=f"default encryption is {listed(algorithms) or 'AES256'}")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC09-BP02": "objects may travel in clear text"},
    managed_rule="S3_BUCKET_SSL_REQUESTS_ONLY",
    automation="AWSConfigRemediation-RestrictBucketSSLRequestsOnly",
    effort="S",
    severity="medium",
    fix="Add a bucket policy statement that denies s3:* to everybody when aws:SecureTransport is false.",
    compliant=[
        {POLICY: {"Statement": [{**TLS_ONLY, "Resource": ["arn:aws:s3:::example", "arn:aws:s3:::example/*"]}]}},
        {POLICY: {"Statement": [{**TLS_ONLY, "Resource": "*"}]}},
    ],
    non_compliant=[
        {POLICY: {"Statement": {**TLS_ONLY, "Resource": "arn:aws:s3:::example"}}},
        {POLICY: {"Statement": {**TLS_ONLY, "Resource": "arn:aws:s3:::example/logs/*"}}},
        {POLICY: {"Statement": {**TLS_ONLY, "Resource": "*", "Principal": {"AWS": "123456789012"}}}},
        {POLICY: {"Statement": {**TLS_ONLY, "Resource": "*", "NotAction": "s3:GetObject", "Action": []}}},
        {},
    ],
)
def s3_bucket_ssl_requests_only(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets refuse requests without TLS.

    One statement covers all objects: on the bucket alone it protects its listing, under a further condition a part.
    """

    def protects(statement: Statement) -> bool:
        whole = [statement.covers_service("s3"), statement.reaches_objects_of(bucket)]
        return all_of([statement.refuses_clear_text, *whole])

    refused = any_of(bucket.statements(POLICY), protects)
    return compliant_if(refused, otherwise="no statement denies everybody's requests without TLS to all objects")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "no policy ends the life of its objects",
        "SUS04-BP03": "the lifecycle of the data is left to nobody",
        "SEC07-BP04": "data is kept beyond its purpose",
    },
    managed_rule="S3_LIFECYCLE_POLICY_CHECK",
    effort="S",
    fix="Add a lifecycle rule that expires or moves objects, and one that ends incomplete multipart uploads.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "expirationInDays": 90}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Disabled", "expirationInDays": 90}]}, {}],
)
def s3_lifecycle_policy_check(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have a lifecycle rule in force.

    Without one, every object and every old version is paid for, and powered, forever.
    """
    rules = bucket.objects(LIFECYCLE)
    return compliant_if(any_of(rules, in_force), otherwise=f"none of {len(rules)} lifecycle rules is in force")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SUS04-BP02": "cold data stays on storage made for hot data",
        "COST05-BP05": "cold data is paid for as hot data",
    },
    effort="S",
    fix="Add a transition to INTELLIGENT_TIERING, or to a colder class where the access pattern is known.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"days": 30, "storageClass": "GLACIER_IR"}]}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Enabled", "expirationInDays": 90}]}, {}],
)
def s3_lifecycle_transition_configured(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets move ageing objects to a colder storage class.

    Objects written straight to another class are invisible to AWS Config: waive the check for such a bucket.
    """

    def moves(rule: Attributes) -> bool:
        return all_of([in_force(rule), any_of([rule.has("transitions"), rule.has("noncurrentVersionTransitions")])])

    rules = bucket.objects(LIFECYCLE)
    return compliant_if(any_of(rules, moves), otherwise=f"none of {len(rules)} lifecycle rules moves objects")


@check(
    "AWS::S3::Bucket",
    best_practices={"REL09-BP01": "the only copy may stand in one Availability Zone"},
    effort="S",
    severity="medium",
    fix="Move objects to STANDARD_IA or INTELLIGENT_TIERING instead, unless they can be made again.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"storageClass": "STANDARD_IA"}]}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"storageClass": "ONEZONE_IA"}]}]}],
    not_applicable=[{LIFECYCLE: [{"status": "Disabled", "transitions": [{"storageClass": "ONEZONE_IA"}]}]}, {}],
)
def s3_durable_storage_class(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets move objects only to storage classes that survive the loss of an Availability Zone.

    A class of one zone is for what can be made again.
    """

    def durable(rule: Attributes) -> bool:
        return none_of(FRAGILE, lambda fragile: contains(rule.texts(TRANSITIONS), fragile))

    def moves(rule: Attributes) -> bool:
        return all_of([in_force(rule), rule.has("transitions")])

    def classes(rule: Attributes) -> str:
        return listed(rule.texts(TRANSITIONS))

    return compliant_if_all(bucket.objects(LIFECYCLE), durable, "objects move to", named=classes, where=moves)


def in_force(rule: Attributes) -> bool:
    """Whether a lifecycle rule is enabled."""
    return rule.text("status") == "Enabled"


NAMES = {
    "KMSMasterKeyID": "kmsMasterKeyID",
    "SSEAlgorithm": "sseAlgorithm",
    "ServerSideEncryptionByDefault": "applyServerSideEncryptionByDefault",
    "Transition": "transitions",
    "NoncurrentVersionTransition": "noncurrentVersionTransitions",
    "TransitionInDays": "days",
}


def lift(bucket: TemplateResource) -> dict[str, Any]:
    """A bucket with its BucketPolicy."""
    properties = bucket.properties
    encryption = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration")
    policies = bucket.attached("AWS::S3::BucketPolicy", "Bucket")
    return {
        "configuration": {"name": properties.get("BucketName", bucket.logical_id)},
        "supplementaryConfiguration": {
            "BucketLifecycleConfiguration": lowered(properties.get("LifecycleConfiguration"), NAMES),
            "BucketPolicy": {
                "policyText": merged_statements([policy.properties.get("PolicyDocument") for policy in policies])
            },
            "BucketVersioningConfiguration": lowered(properties.get("VersioningConfiguration")),
            "PublicAccessBlockConfiguration": lowered(properties.get("PublicAccessBlockConfiguration")),
            "ServerSideEncryptionConfiguration": lowered({"rules": encryption}, NAMES),
        },
    }
