"""S3 buckets. Config keeps almost everything of a bucket in supplementaryConfiguration; what is off is absent there."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
    in_json,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource, by_default, each, elements, lowered, merged_statements, worded
from pillarwatch.unknown import Unknown
from rules.shared.origins import cloudfront_used_for_public_content
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
EVERY_OBJECT = {"type": "LifecyclePrefixPredicate", "prefix": ""}
FRAGILE = ("ONEZONE_IA", "REDUCED_REDUNDANCY")  # classes that do not keep an object in three Availability Zones


ACCELERATION = "supplementaryConfiguration.BucketAccelerateConfiguration.status"
CORS = "supplementaryConfiguration.BucketCrossOriginConfiguration.rules"
LOCK = "supplementaryConfiguration.ObjectLockConfiguration.objectLockEnabled"
LOCK_MODE = "supplementaryConfiguration.ObjectLockConfiguration.rule.defaultRetention.mode"
LOGGING = "supplementaryConfiguration.BucketLoggingConfiguration.destinationBucketName"
KMS = {"sseAlgorithm": "aws:kms"}
WRITES = ("DELETE", "POST", "PUT")
EVERY_SITE = ("*", "http://*", "https://*")
LOG_DELIVERY = "logging.s3.amazonaws.com"
FOR_ACCESS_LOGS = {
    POLICY: {"Statement": [{"Effect": "Allow", "Principal": {"Service": LOG_DELIVERY}, "Action": "s3:PutObject"}]}
}


def tiering(days: int) -> dict[str, Any]:
    """An example of a rule that has S3 choose the class after some days."""
    return {"status": "Enabled", "transitions": [{"storageClass": "INTELLIGENT_TIERING", "days": days}]}


MACIE = "supplementaryConfiguration.macie2.DescribeBuckets.buckets"


@check(
    "AWS::S3::Bucket",
    best_practices={
        "REL09-BP01": "overwritten or deleted objects cannot be restored",
        "SEC10-BP03": "overwritten objects cannot be examined after an incident",
        "SEC08-BP04": "objects are not protected from being overwritten or deleted",
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
    """S3 buckets have versioning enabled.

    An overwrite or a delete, by mistake or by malice, can then be undone.
    """
    status = bucket.text(VERSIONING, "not set")
    return compliant_if(status == "Enabled", otherwise=f"VersioningConfiguration.Status is {status} (expected Enabled)")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC08-BP04": "a policy or an ACL can make the data public",
        "SEC03-BP07": "public access is not blocked",
    },
    managed_rule="S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    automation="AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
    effort="S",
    exposed=True,
    fix="Turn on all four Block Public Access settings of the bucket.",
    compliant=[{f"{PUBLIC_ACCESS}.{setting}": True for setting in BLOCKS}],
    non_compliant=[{f"{PUBLIC_ACCESS}.blockPublicAcls": True}, {}],
)
def s3_bucket_level_public_access_prohibited(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have Block Public Access enabled.

    A policy or an access control list written in haste then cannot open the bucket to the world. S3 turns all four
    settings on for new buckets since April 2023, so a template that leaves them out passes, unless its policy or
    access control list is public: that deploys only with the block off. In a recorded bucket, absent is off.
    """
    return compliant_if_all(
        BLOCKS,
        lambda setting: bucket.flag(f"{PUBLIC_ACCESS}.{setting}"),
        "PublicAccessBlockConfiguration does not set to true",
    )


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC08-BP01": "the key is not the account's: no key policy, no audit of its use"},
    managed_rule="S3_DEFAULT_ENCRYPTION_KMS",
    effort="S",
    severity="low",
    fix="Set default encryption to SSE-KMS, with a bucket key to keep the cost of KMS requests down.",
    compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
    not_applicable=[FOR_ACCESS_LOGS],
)
def s3_default_encryption_kms(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets encrypt with a KMS key.

    Every bucket is encrypted; only with KMS does a key policy decide, and CloudTrail tell, who reads. S3 delivers its
    access logs to no bucket that encrypts with KMS: one whose policy lets it deliver them is not applicable.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    kms = any_of(algorithms, lambda algorithm: algorithm.startswith("aws:kms"))
    if all_of([none_of([kms]), receives_access_logs(bucket)]):
        return NOT_APPLICABLE
    return compliant_if(kms, otherwise=f"SSEAlgorithm is {listed(algorithms) or 'AES256'} (expected aws:kms)")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC09-BP02": "the bucket accepts unencrypted requests"},
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
    """S3 bucket policies deny requests without TLS.

    One statement covers all objects: on the bucket alone it protects its listing, under a further condition a part.
    """

    def protects(statement: Statement) -> bool:
        whole = [statement.covers_service("s3"), statement.reaches_objects_of(bucket)]
        return all_of([statement.refuses_clear_text, *whole])

    refused = any_of(bucket.statements(POLICY), protects)
    return compliant_if(refused, otherwise="no statement denies all requests with aws:SecureTransport false")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "no lifecycle rule expires objects",
        "SUS04-BP03": "the data has no defined life cycle",
        "SEC07-BP04": "no rule deletes data that is no longer needed",
    },
    managed_rule="S3_LIFECYCLE_POLICY_CHECK",
    effort="S",
    fix="Add a lifecycle rule that expires or moves objects, and one that ends incomplete multipart uploads.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "expirationInDays": 90}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Disabled", "expirationInDays": 90}]}, {}],
)
def s3_lifecycle_policy_check(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have an enabled lifecycle rule.

    Without a rule, every object and every old version is stored and billed until it is deleted.
    """
    rules = bucket.objects(LIFECYCLE)
    otherwise = f"{len(rules)} lifecycle rules, and none is Enabled" if rules else "no lifecycle rule"
    return compliant_if(any_of(rules, in_force), otherwise)


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SUS04-BP02": "no transition to a colder storage class",
        "COST05-BP05": "rarely read data is billed at the price of S3 Standard",
    },
    effort="S",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a transition to INTELLIGENT_TIERING, or to a colder class where the access pattern is known.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"days": 30, "storageClass": "GLACIER_IR"}]}]}],
    non_compliant=[
        {LIFECYCLE: [{"status": "Enabled", "expirationInDays": 31}]},
        {LIFECYCLE: [{"status": "Disabled", "expirationInDays": 30}]},
        {LIFECYCLE: [{"status": "Enabled", "expirationInDays": 30, "prefix": "uploads/"}]},
        {LIFECYCLE: [{"status": "Enabled", "expirationInDays": 30, "filter": {"predicate": {"prefix": "uploads/"}}}]},
        {},
    ],
    not_applicable=[
        {LIFECYCLE: [{"status": "Enabled", "expirationInDays": 30}]},
        {LIFECYCLE: [{"status": "Enabled", "expirationInDays": 30, "filter": {"predicate": EVERY_OBJECT}}]},
    ],
)
def s3_lifecycle_transition_configured(bucket: ConfigurationItem, *, short_days: int = 30) -> Verdict:
    """S3 buckets move older objects to a colder storage class.

    Not where all of them end within thirty days, before which S3 moves none to a class for rare access. Objects written
    straight to another class are invisible to AWS Config: waive the check for such a bucket.
    """

    def ends_soon(rule: Attributes) -> bool:
        days = rule.number("expirationInDays", short_days + 1)
        return all_of([in_force(rule), is_of_every_object(rule), days <= short_days])

    def moves(rule: Attributes) -> bool:
        return all_of([in_force(rule), any_of([rule.has("transitions"), rule.has("noncurrentVersionTransitions")])])

    rules = bucket.objects(LIFECYCLE)
    if all_of([any_of(rules, ends_soon), none_of(rules, moves)]):
        return NOT_APPLICABLE
    return compliant_if(
        any_of(rules, moves),
        otherwise=f"{len(rules)} lifecycle rules, and none has a transition" if rules else "no lifecycle rule",
    )


@check(
    "AWS::S3::Bucket",
    best_practices={
        "REL09-BP01": "the only copy may stand in one Availability Zone",
        "REL10-BP01": "objects are moved into a single Availability Zone",
    },
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


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC08-BP02": "no algorithm is set for new objects"},
    managed_rule="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
    automation="AWS-EnableS3BucketEncryption",
    effort="S",
    severity="low",
    fix="Set default encryption.",
    compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "NONE"}}]}],
)
def s3_bucket_server_side_encryption_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets encrypt what is written to them.

    S3 has done so by itself since 2023, also where nothing is set: tools that fail an unset bucket ask for more than
    AWS's rule can find today. With which key is another check's question.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    return compliant_if_none(algorithms, lambda name: name == "NONE", "default encryption")


@check(
    "AWS::S3::Bucket",
    best_practices={"COST05-BP05": "every object asks KMS for a key, which is billed"},
    automation="AWS-EnableS3BucketKeys",
    effort="S",
    severity="low",
    fix="Turn on the bucket key.",
    compliant=[{ENCRYPTION: [{"bucketKeyEnabled": True, "applyServerSideEncryptionByDefault": KMS}]}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": KMS}]}],
    not_applicable=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
)
def s3_bucket_key_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets with a KMS key use a bucket key.

    One request to KMS then serves many objects.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    if none_of(algorithms, lambda algorithm: algorithm == "aws:kms"):
        return NOT_APPLICABLE
    return compliant_if(any_of(bucket.objects(ENCRYPTION), has_bucket_key), otherwise="BucketKeyEnabled is not true")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC04-BP01": "access to objects is not logged"},
    managed_rule="S3_BUCKET_LOGGING_ENABLED",
    automation="AWS-ConfigureS3BucketLogging",
    effort="S",
    severity="medium",
    fix="Turn on server access logging to a bucket for logs.",
    compliant=[{LOGGING: "logs"}],
    non_compliant=[{LOGGING: ""}, {}],
    not_applicable=[FOR_ACCESS_LOGS],
)
def s3_bucket_logging_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have access logs enabled.

    Not where a bucket's policy lets S3 deliver access logs, though AWS's own rule fails it: a bucket for logs that logs
    into itself writes about its own writing, without end. One that takes them by its ACL says nothing here: waive it.
    """
    if all_of([none_of([bucket.has(LOGGING)]), receives_access_logs(bucket)]):
        return NOT_APPLICABLE
    return compliant_if(bucket.has(LOGGING), otherwise="LoggingConfiguration is not set")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC08-BP04": "evidence can be deleted by users with permission",
        "REL09-BP02": "backups can be deleted with what they back up",
        "SEC10-BP03": "evidence can be changed after the fact",
    },
    managed_rule="S3_BUCKET_DEFAULT_LOCK_ENABLED",
    effort="M",
    severity="medium",
    fix="Turn on versioning and Object Lock, with a default retention unless whoever writes sets one.",
    compliant=[
        {"tags.DataClassification": "evidence", LOCK: "Enabled"},
        {
            "tags.DataClassification": "Backup",
            LOCK: "Enabled",
            LOCK_MODE: "COMPLIANCE",
            "parameters.mode": "COMPLIANCE",
        },
    ],
    non_compliant=[
        {"tags.DataClassification": "evidence"},
        {"tags.DataClassification": "evidence", LOCK: "Enabled", "parameters.mode": "COMPLIANCE"},
    ],
    not_applicable=[{"tags.DataClassification": "Internal"}, {}],
)
def s3_bucket_default_lock_enabled(
    bucket: ConfigurationItem, *, locked_classes: tuple[str, ...] = ("audit", "backup", "evidence"), mode: str = ""
) -> Verdict:
    """S3 buckets for evidence and backups have Object Lock enabled.

    Only where the tag DataClassification says so; AWS's own rule asks it of every bucket. As there, Object Lock is
    enough unless `mode` asks for a default retention, GOVERNANCE or COMPLIANCE: software for backups sets it by itself.
    """
    if none_of([contains(locked_classes, bucket.tag("DataClassification").lower())]):
        return NOT_APPLICABLE
    locks, default = bucket.text(LOCK) == "Enabled", bucket.text(LOCK_MODE, "none")
    right = all_of([locks, contains(("", default), mode)])
    return compliant_if(right, otherwise=f"Object Lock is on: {in_json(locks)}, default retention: {default}")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC03-BP01": "the CORS rules allow writes from any origin"},
    effort="S",
    severity="low",
    fix="List the origins that can write in AllowedOrigins.",
    compliant=[
        {CORS: [{"allowedOrigins": ["*"], "allowedMethods": ["GET"]}]},
        {CORS: [{"allowedOrigins": ["https://example.com"], "allowedMethods": ["PUT"]}]},
        {},
    ],
    non_compliant=[
        {CORS: [{"allowedOrigins": ["*"], "allowedMethods": ["GET", "PUT"]}]},
        {CORS: [{"allowedOrigins": ["https://*"], "allowedMethods": ["POST"]}]},
    ],
)
def s3_bucket_cors_restrictive(bucket: ConfigurationItem) -> Verdict:
    """S3 bucket CORS rules allow writes from named origins only.

    Such a script needs a signed request as everybody does. Reading from anywhere may be what the bucket is for.
    """

    def lavish(rule: Attributes) -> bool:
        writes = any_of(WRITES, lambda method: contains(rule.texts("allowedMethods"), method))
        every = any_of(EVERY_SITE, lambda site: contains(rule.texts("allowedOrigins"), site))
        return all_of([every, writes])

    def methods(rule: Attributes) -> str:
        return listed(rule.texts("allowedMethods"))

    return compliant_if_none(bucket.objects(CORS), lavish, "from every site", named=methods)


@check(
    "AWS::S3::Bucket",
    best_practices={"PERF04-BP02": "uploads from far away take the open internet"},
    effort="S",
    severity="low",
    fix="Turn on transfer acceleration, and have clients use its endpoint.",
    compliant=[{"tags.Uploads": "remote", ACCELERATION: "Enabled"}],
    non_compliant=[{"tags.Uploads": "remote", ACCELERATION: "Suspended"}, {"tags.Uploads": "remote"}],
    not_applicable=[{}],
)
def s3_transfer_acceleration_evaluated(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets that are written to from far away are accelerated.

    Only where the tag Uploads says `remote`.
    """
    if bucket.tag("Uploads") != "remote":
        return NOT_APPLICABLE
    status = bucket.text(ACCELERATION, "off")
    return compliant_if(status == "Enabled", otherwise=f"acceleration is {status.lower()}")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST05-BP05": "nobody moves recordings by how often they are read",
        "SUS04-BP02": "what is read once stays on storage made for hot data",
    },
    effort="S",
    severity="low",
    fix="Add a transition to INTELLIGENT_TIERING within thirty days.",
    compliant=[{"tags.Content": "recordings", LIFECYCLE: [tiering(30)]}],
    non_compliant=[{"tags.Content": "recordings", LIFECYCLE: [tiering(31)]}, {"tags.Content": "recordings"}],
    not_applicable=[{LIFECYCLE: [tiering(31)]}, {}],
)
def s3_intelligent_tiering_enabled(bucket: ConfigurationItem, *, most_days: int = 30) -> Verdict:
    """S3 buckets with recordings let S3 choose the storage class.

    Only where the tag Content says `recordings` or `data`.
    """
    if none_of([contains(("data", "recordings"), bucket.tag("Content"))]):
        return NOT_APPLICABLE

    def soon(transition: Attributes) -> bool:
        return all_of(
            [transition.text("storageClass") == "INTELLIGENT_TIERING", transition.number("days") <= most_days]
        )

    def tiers(rule: Attributes) -> bool:
        return all_of([in_force(rule), any_of(rule.objects("transitions"), soon)])

    return compliant_if(any_of(bucket.objects(LIFECYCLE), tiers), otherwise="no transition in time")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "noncurrent versions are stored and billed without end",
        "SUS04-BP05": "noncurrent versions that are no longer needed are kept",
    },
    managed_rule="S3_VERSION_LIFECYCLE_POLICY_CHECK",
    effort="S",
    severity="low",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a lifecycle rule that expires noncurrent versions.",
    compliant=[
        {VERSIONING: "Enabled", LIFECYCLE: [{"status": "Enabled", "noncurrentVersionExpirationInDays": 90}]},
        {VERSIONING: "Enabled", LIFECYCLE: [{"status": "Enabled", "noncurrentVersionExpiration": {"days": 90}}]},
    ],
    non_compliant=[
        {VERSIONING: "Enabled"},
        {VERSIONING: "Enabled", LIFECYCLE: [{"status": "Disabled", "noncurrentVersionExpirationInDays": 90}]},
    ],
    not_applicable=[{VERSIONING: "Off"}, {}],
)
def s3_version_lifecycle_policy_check(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets with versioning expire noncurrent versions.

    Without a rule a bucket only grows. AWS's own rule takes any lifecycle; one for current objects leaves old versions.
    """
    if bucket.text(VERSIONING, "Off") != "Enabled":
        return NOT_APPLICABLE

    def expires(rule: Attributes) -> bool:
        names = ("noncurrentVersionExpirationInDays", "noncurrentVersionExpiration")
        return all_of([in_force(rule), any_of(names, rule.has)])

    return compliant_if(any_of(bucket.objects(LIFECYCLE), expires), otherwise="no NoncurrentVersionExpiration")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "parts of incomplete uploads are billed but not listed",
        "SUS04-BP05": "parts of incomplete uploads are kept",
    },
    automation="AWS-CreateS3PolicyToExpireMultipartUploads",
    effort="S",
    severity="low",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a lifecycle rule with AbortIncompleteMultipartUpload after seven days.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]}],
    non_compliant=[
        {LIFECYCLE: [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 8}}]},
        {},
    ],
)
def s3_incomplete_multipart_upload_expiration(bucket: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """S3 buckets abort incomplete multipart uploads.

    An upload that is incomplete after a week is rarely completed.
    """

    def ends(rule: Attributes) -> bool:
        days = rule.number("abortIncompleteMultipartUpload.daysAfterInitiation", most_days + 1)
        return all_of([in_force(rule), days <= most_days])

    return compliant_if(any_of(bucket.objects(LIFECYCLE), ends), otherwise="no AbortIncompleteMultipartUpload")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC07-BP03": "sensitive data is not looked for where it is said to be",
        "SEC08-BP03": "nothing tells when data stands where it should not",
    },
    effort="S",
    collector="sensitive-data",
    live=True,
    fix="Turn on automated discovery in Macie, or schedule a job for the bucket.",
    compliant=[
        {"tags.DataClassification": "Confidential", MACIE: [{"automatedDiscoveryMonitoringStatus": "MONITORED"}]},
        {"tags.DataClassification": "Confidential", MACIE: [{"jobDetails": {"isDefinedInJob": "TRUE"}}]},
    ],
    non_compliant=[
        {"tags.DataClassification": "Restricted", MACIE: [{"jobDetails": {"isDefinedInJob": "FALSE"}}]},
        {"tags.DataClassification": "Confidential", MACIE: []},
    ],
    not_applicable=[{"tags.DataClassification": "Public", MACIE: []}, {MACIE: []}],
)
def macie_sensitive_data_discovery_covers_bucket(
    bucket: ConfigurationItem, *, classes: Sequence[str] = ("Confidential", "Restricted")
) -> Verdict:
    """Macie looks into buckets that are said to hold sensitive data.

    By the tag DataClassification. AWS's own rule asks whether automated discovery is on in the account.
    """
    if none_of([contains(classes, bucket.tag("DataClassification"))]):
        return NOT_APPLICABLE

    def covers(found: Attributes) -> bool:
        by_itself = found.text("automatedDiscoveryMonitoringStatus") == "MONITORED"
        return any_of([by_itself, found.text("jobDetails.isDefinedInJob") == "TRUE"])

    return compliant_if(any_of(bucket.objects(MACIE), covers), otherwise="Macie does not monitor the bucket")


def receives_access_logs(bucket: ConfigurationItem) -> bool:
    """Whether the bucket's policy lets S3 deliver the access logs of other buckets to it."""

    def delivers(statement: Statement) -> bool:
        named = contains(statement.principals, LOG_DELIVERY)
        return all_of([statement.allows, statement.covers("s3:PutObject"), named])

    return any_of(bucket.statements(POLICY), delivers)


def has_bucket_key(rule: Attributes) -> bool:
    """Whether an encryption rule uses a bucket key."""
    return rule.flag("bucketKeyEnabled")


def in_force(rule: Attributes) -> bool:
    """Whether a lifecycle rule is enabled."""
    return rule.text("status") == "Enabled"


def is_of_every_object(rule: Attributes) -> bool:
    """Whether a lifecycle rule is about all of the bucket: neither a prefix nor anything else filters."""
    kind = rule.text("filter.predicate.type", EVERY_OBJECT["type"])
    prefixed = any_of([rule.has("prefix"), rule.has("filter.predicate.prefix")])
    return all_of([kind == EVERY_OBJECT["type"], none_of([prefixed])])


PUBLIC_ACLS = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
BY_DEFAULT = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": by_default("AES256", "since January 2023")}}
    ]
}
FILTERS = ("tagFilters", "objectSizeGreaterThan", "objectSizeLessThan")
NAMES = {
    "NoncurrentDays": "days",
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
    encryption = properties.get("BucketEncryption", BY_DEFAULT).get("ServerSideEncryptionConfiguration")
    policies = bucket.attached("AWS::S3::BucketPolicy", "Bucket")
    policy = merged_statements([policy.properties.get("PolicyDocument") for policy in policies])
    return {
        "configuration": {"name": properties.get("BucketName", bucket.logical_id)},
        "supplementaryConfiguration": {
            "BucketLifecycleConfiguration": {
                "rules": each(lowered(properties.get("LifecycleConfiguration", {}).get("Rules"), NAMES), _filtered)
            },
            "BucketPolicy": {"policyText": policy},
            "BucketVersioningConfiguration": lowered(properties.get("VersioningConfiguration")),
            "BucketAccelerateConfiguration": {
                "status": properties.get("AccelerateConfiguration", {}).get("AccelerationStatus")
            },
            "BucketCrossOriginConfiguration": {
                "rules": lowered(properties.get("CorsConfiguration", {}).get("CorsRules"), NAMES)
            },
            "BucketLoggingConfiguration": {
                "destinationBucketName": _log_bucket(properties.get("LoggingConfiguration"))
            },
            "ObjectLockConfiguration": {
                "rule": lowered(properties.get("ObjectLockConfiguration", {}).get("Rule")),
                "objectLockEnabled": worded(properties.get("ObjectLockEnabled"), "Enabled", "Disabled"),
            },
            "PublicAccessBlockConfiguration": _block(properties, policy),
            "ServerSideEncryptionConfiguration": lowered({"rules": encryption}, NAMES),
        },
    }


def _block(properties: dict[str, Any], policy: dict[str, Any] | None) -> Any:
    """Block Public Access as the template sets it, else as S3 does for a new bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: all four settings are
    on for new buckets, and a public policy or access control list is then refused.
    """
    if "PublicAccessBlockConfiguration" in properties:
        return lowered(properties["PublicAccessBlockConfiguration"])
    acl = properties.get("AccessControl")
    if acl in PUBLIC_ACLS:
        return dict.fromkeys(BLOCKS, by_default(False, f"is true, which refuses AccessControl {acl}"))
    statements = [Statement(statement) for statement in elements(policy["Statement"] if policy else None)]
    if any_of(statements, lambda statement: statement.admits_anybody) is True:
        return dict.fromkeys(BLOCKS, by_default(False, "is true, which refuses the public bucket policy"))
    return dict.fromkeys(BLOCKS, by_default(True, "since April 2023"))


def _filtered(rule: Any) -> Any:
    """A lifecycle rule with its filter as S3 tells of it: a prefix stays, by what else it filters decides nothing."""
    if isinstance(rule, dict) and any(key in rule for key in FILTERS):
        return {**rule, "filter": {"predicate": {"type": "LifecycleAndOperator"}}}
    return rule


def _log_bucket(logging: Any) -> Any:
    """Where access is logged to: the bucket itself, where no other one is named; to some bucket in any case."""
    if logging is None or isinstance(logging, Unknown):
        return logging
    destination = logging.get("DestinationBucketName", "itself")
    return Unknown(destination.why, present=True) if isinstance(destination, Unknown) else destination
