"""S3 buckets. AWS Config records most settings in supplementaryConfiguration, and omits those that are off."""

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
from pillarwatch.template_resource import (
    TemplateResource,
    by_default,
    each,
    elements,
    lowered,
    merged_statements,
    worded,
)
from pillarwatch.unknown import Unknown
from rules.checks.shared.origins import cloudfront_used_for_public_content
from rules.checks.shared.tags import (
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
LESS_DURABLE = ("ONEZONE_IA", "REDUCED_REDUNDANCY")  # classes without copies in three Availability Zones


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
    """An example of a lifecycle rule that moves objects to INTELLIGENT_TIERING after some days."""
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
    fix="Set VersioningConfiguration.Status to Enabled, and expire noncurrent versions with a lifecycle rule.",
    compliant=[{VERSIONING: "Enabled"}],
    non_compliant=[{VERSIONING: "Suspended"}, {VERSIONING: "Off"}, {}],
)
def s3_bucket_versioning_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have versioning enabled.

    Without versioning, an object that is overwritten or deleted by mistake or by an attacker cannot be restored.
    """
    status = bucket.text(VERSIONING, "not set")
    return compliant_if(status == "Enabled", otherwise=f"VersioningConfiguration.Status is {status} (expected Enabled)")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC08-BP04": "a bucket policy or ACL can make the data public",
        "SEC03-BP07": "public access to the bucket is not blocked",
    },
    managed_rule="S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    automation="AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
    effort="S",
    exposed=True,
    fix="Set all four settings of PublicAccessBlockConfiguration to true.",
    compliant=[{f"{PUBLIC_ACCESS}.{setting}": True for setting in BLOCKS}],
    non_compliant=[{f"{PUBLIC_ACCESS}.blockPublicAcls": True}, {}],
)
def s3_bucket_level_public_access_prohibited(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have Block Public Access enabled.

    Without this block, one mistake in a policy or access control list makes the bucket public. S3 turns the settings on
    for new buckets. A bucket in a template therefore passes without these settings, unless its policy or access control
    list is public. In a bucket that AWS Config recorded, a missing setting is off.
    """
    return compliant_if_all(
        BLOCKS,
        lambda setting: bucket.flag(f"{PUBLIC_ACCESS}.{setting}"),
        "PublicAccessBlockConfiguration is not true (expected true) for",
    )


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC08-BP01": "the encryption key has no key policy and no audit trail"},
    managed_rule="S3_DEFAULT_ENCRYPTION_KMS",
    effort="S",
    severity="low",
    fix="Set SSEAlgorithm to aws:kms and BucketKeyEnabled to true. KMS keys and requests are billed.",
    compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
    not_applicable=[FOR_ACCESS_LOGS],
)
def s3_default_encryption_kms(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets use a KMS key as default encryption.

    With the default SSE-S3, no key policy limits who can decrypt the objects, and CloudTrail records no use of the key.
    S3 cannot deliver access logs to a bucket with SSE-KMS, so buckets that receive access logs are not judged.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    kms = any_of(algorithms, lambda algorithm: algorithm.startswith("aws:kms"))
    if all_of([none_of([kms]), receives_access_logs(bucket)]):
        return NOT_APPLICABLE
    return compliant_if(kms, otherwise=f"SSEAlgorithm is {listed(algorithms) or 'AES256'} (expected aws:kms)")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC09-BP02": "the bucket accepts requests without TLS"},
    managed_rule="S3_BUCKET_SSL_REQUESTS_ONLY",
    automation="AWSConfigRemediation-RestrictBucketSSLRequestsOnly",
    effort="S",
    severity="medium",
    fix="Add a bucket policy statement that denies s3:* to any principal when aws:SecureTransport is false.",
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

    Without this statement, objects can be read and written over unencrypted HTTP. The statement must cover all actions
    and all objects, without a further condition.
    """

    def protects(statement: Statement) -> bool:
        whole = [statement.covers_service("s3"), statement.reaches_objects_of(bucket)]
        return all_of([statement.refuses_clear_text, *whole])

    denied = any_of(bucket.statements(POLICY), protects)
    return compliant_if(denied, otherwise="no statement denies all requests with aws:SecureTransport false")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "no lifecycle rule expires objects",
        "SUS04-BP03": "the data has no defined lifecycle",
        "SEC07-BP04": "no lifecycle rule deletes data that is no longer needed",
    },
    managed_rule="S3_LIFECYCLE_POLICY_CHECK",
    effort="S",
    fix="Add a rule to LifecycleConfiguration.Rules that expires or moves objects. Expired objects are deleted.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "expirationInDays": 90}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Disabled", "expirationInDays": 90}]}, {}],
)
def s3_lifecycle_policy_check(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have an enabled lifecycle rule.

    Without a rule, every object and every old version is stored and billed until it is deleted manually.
    """
    rules = bucket.objects(LIFECYCLE)
    return compliant_if(any_of(rules, in_force), "enabled lifecycle rules: 0 (expected 1 or more)")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SUS04-BP02": "no lifecycle rule moves objects to a colder storage class",
        "COST05-BP05": "rarely read data is billed at the price of S3 Standard",
    },
    effort="S",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a transition to INTELLIGENT_TIERING or, for a known access pattern, to a colder storage class.",
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

    Without a transition, rarely read objects are billed at the price of the storage class S3 Standard. Waive the check
    if objects are uploaded to another storage class. Buckets that expire all objects within 30 days are not judged.
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
        otherwise="enabled lifecycle rules with a transition: 0 (expected 1 or more)",
    )


@check(
    "AWS::S3::Bucket",
    best_practices={
        "REL09-BP01": "the only copy of an object can be in one Availability Zone",
        "REL10-BP01": "objects are moved into a single Availability Zone",
    },
    effort="S",
    severity="medium",
    fix="Change the StorageClass of the transition to STANDARD_IA or INTELLIGENT_TIERING.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"storageClass": "STANDARD_IA"}]}]}],
    non_compliant=[{LIFECYCLE: [{"status": "Enabled", "transitions": [{"storageClass": "ONEZONE_IA"}]}]}],
    not_applicable=[{LIFECYCLE: [{"status": "Disabled", "transitions": [{"storageClass": "ONEZONE_IA"}]}]}, {}],
)
def s3_durable_storage_class(bucket: ConfigurationItem) -> Verdict:
    """S3 lifecycle rules use storage classes with several Availability Zones.

    Objects in the class ONEZONE_IA are lost when their Availability Zone is destroyed.
    """

    def durable(rule: Attributes) -> bool:
        return none_of(LESS_DURABLE, lambda storage: contains(rule.texts(TRANSITIONS), storage))

    def moves(rule: Attributes) -> bool:
        return all_of([in_force(rule), rule.has("transitions")])

    def classes(rule: Attributes) -> str:
        return listed(rule.texts(TRANSITIONS))

    otherwise = "lifecycle rules move objects to a class with one Availability Zone"
    return compliant_if_all(bucket.objects(LIFECYCLE), durable, otherwise, named=classes, where=moves)


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC08-BP02": "default encryption of new objects is turned off"},
    managed_rule="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
    automation="AWS-EnableS3BucketEncryption",
    effort="S",
    severity="low",
    fix="Set SSEAlgorithm in BucketEncryption to aws:kms or AES256.",
    compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "NONE"}}]}],
)
def s3_bucket_server_side_encryption_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have default encryption.

    Unencrypted objects are readable to anybody with access to the storage. S3 encrypts new objects of every bucket
    since January 2023, so a bucket without the setting is compliant.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    return compliant_if_none(algorithms, lambda name: name == "NONE", "SSEAlgorithm is not AES256 or aws:kms")


@check(
    "AWS::S3::Bucket",
    best_practices={"COST05-BP05": "a KMS request is billed for each object that is read or written"},
    automation="AWS-EnableS3BucketKeys",
    effort="S",
    severity="low",
    fix="Set BucketKeyEnabled to true.",
    compliant=[{ENCRYPTION: [{"bucketKeyEnabled": True, "applyServerSideEncryptionByDefault": KMS}]}],
    non_compliant=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": KMS}]}],
    not_applicable=[{ENCRYPTION: [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}, {}],
)
def s3_bucket_key_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets with SSE-KMS have an S3 Bucket Key enabled.

    Without a bucket key, S3 sends a billed request to KMS for each object.
    """
    algorithms = bucket.texts(f"{ENCRYPTION}.applyServerSideEncryptionByDefault.sseAlgorithm")
    if none_of(algorithms, lambda algorithm: algorithm == "aws:kms"):
        return NOT_APPLICABLE
    return compliant_if(any_of(bucket.objects(ENCRYPTION), has_bucket_key), "BucketKeyEnabled is false (expected true)")


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC04-BP01": "access to the objects of the bucket is not logged"},
    managed_rule="S3_BUCKET_LOGGING_ENABLED",
    automation="AWS-ConfigureS3BucketLogging",
    effort="S",
    severity="medium",
    fix="Set LoggingConfiguration.DestinationBucketName to a bucket for logs.",
    compliant=[{LOGGING: "logs"}],
    non_compliant=[{LOGGING: ""}, {}],
    not_applicable=[FOR_ACCESS_LOGS],
)
def s3_bucket_logging_enabled(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets have server access logging enabled.

    Without access logs, it is unknown who read or deleted objects during an incident. Buckets with a policy that allows
    S3 to deliver access logs are not judged. Waive the check for buckets that receive access logs through an ACL.
    """
    if all_of([none_of([bucket.has(LOGGING)]), receives_access_logs(bucket)]):
        return NOT_APPLICABLE
    return compliant_if(bucket.has(LOGGING), otherwise="LoggingConfiguration is not set (expected a log bucket)")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC08-BP04": "evidence can be deleted by users with permission",
        "REL09-BP02": "an attacker with permission can delete the backups",
        "SEC10-BP03": "evidence can be changed after an incident",
    },
    managed_rule="S3_BUCKET_DEFAULT_LOCK_ENABLED",
    effort="M",
    severity="medium",
    fix="Enable versioning, and set ObjectLockEnabled to true and a default retention in ObjectLockConfiguration.",
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

    Without Object Lock, an attacker or an administrator can delete evidence and backups. The parameter `mode` also
    requires a default retention in the mode GOVERNANCE or COMPLIANCE. Applies if the tag DataClassification is audit,
    backup or evidence.
    """
    if none_of([contains(locked_classes, bucket.tag("DataClassification").lower())]):
        return NOT_APPLICABLE
    enabled, default = bucket.text(LOCK) == "Enabled", bucket.text(LOCK_MODE, "not set")
    found = f"ObjectLockEnabled is {in_json(enabled)} (expected true), the default retention mode is {default}"
    otherwise = f"{found} (expected {mode})" if mode else found
    return compliant_if(all_of([enabled, contains(("", default), mode)]), otherwise)


@check(
    "AWS::S3::Bucket",
    best_practices={"SEC03-BP01": "the CORS rules allow writes from any origin"},
    effort="S",
    severity="low",
    fix="Set AllowedOrigins of the CORS rules with PUT, POST or DELETE to the origins that must write.",
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

    With any origin allowed, scripts of any website can write to the bucket with a signed request. Rules that allow only
    GET and HEAD are compliant.
    """

    def allows_any_origin(rule: Attributes) -> bool:
        writes = any_of(WRITES, lambda method: contains(rule.texts("allowedMethods"), method))
        every = any_of(EVERY_SITE, lambda site: contains(rule.texts("allowedOrigins"), site))
        return all_of([every, writes])

    def methods(rule: Attributes) -> str:
        return listed(rule.texts("allowedMethods"))

    otherwise = "CORS rules allow writes from any origin with the methods"
    return compliant_if_none(bucket.objects(CORS), allows_any_origin, otherwise, named=methods)


@check(
    "AWS::S3::Bucket",
    best_practices={"PERF04-BP02": "uploads from other parts of the world use the public internet only"},
    effort="S",
    severity="low",
    fix="Set AccelerationStatus to Enabled, and let clients use the accelerate endpoint. Accelerated data is billed.",
    compliant=[{"tags.Uploads": "remote", ACCELERATION: "Enabled"}],
    non_compliant=[{"tags.Uploads": "remote", ACCELERATION: "Suspended"}, {"tags.Uploads": "remote"}],
    not_applicable=[{}],
)
def s3_transfer_acceleration_evaluated(bucket: ConfigurationItem) -> Verdict:
    """S3 buckets with remote uploads have S3 Transfer Acceleration enabled.

    Without acceleration, uploads over long distances are slow. Applies if the tag Uploads is remote.
    """
    if bucket.tag("Uploads") != "remote":
        return NOT_APPLICABLE
    status = bucket.text(ACCELERATION, "not set")
    return compliant_if(status == "Enabled", otherwise=f"AccelerationStatus is {status} (expected Enabled)")


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST05-BP05": "rarely read recordings are billed at the price of S3 Standard",
        "SUS04-BP02": "rarely read recordings stay in a storage class for frequent access",
    },
    effort="S",
    severity="low",
    fix="Add a lifecycle transition with StorageClass INTELLIGENT_TIERING and TransitionInDays of 30 or less.",
    compliant=[{"tags.Content": "recordings", LIFECYCLE: [tiering(30)]}],
    non_compliant=[{"tags.Content": "recordings", LIFECYCLE: [tiering(31)]}, {"tags.Content": "recordings"}],
    not_applicable=[{LIFECYCLE: [tiering(31)]}, {}],
)
def s3_intelligent_tiering_enabled(bucket: ConfigurationItem, *, most_days: int = 30) -> Verdict:
    """S3 buckets with recordings or data use S3 Intelligent-Tiering.

    Without Intelligent-Tiering, objects that are read rarely stay in a storage class that costs more. Applies if the
    tag Content is recordings or data.
    """
    if none_of([contains(("data", "recordings"), bucket.tag("Content"))]):
        return NOT_APPLICABLE

    def soon(transition: Attributes) -> bool:
        return all_of(
            [transition.text("storageClass") == "INTELLIGENT_TIERING", transition.number("days") <= most_days]
        )

    def tiers(rule: Attributes) -> bool:
        return all_of([in_force(rule), any_of(rule.objects("transitions"), soon)])

    otherwise = f"no transition to INTELLIGENT_TIERING within {most_days} days (expected one)"
    return compliant_if(any_of(bucket.objects(LIFECYCLE), tiers), otherwise)


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "noncurrent versions are stored and billed forever",
        "SUS04-BP05": "noncurrent versions that are no longer needed are kept",
    },
    managed_rule="S3_VERSION_LIFECYCLE_POLICY_CHECK",
    effort="S",
    severity="low",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a lifecycle rule with NoncurrentVersionExpiration. Expired versions are deleted.",
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

    Without this rule, every overwritten or deleted object is stored and billed forever. Applies to buckets with
    versioning enabled.
    """
    if bucket.text(VERSIONING, "Off") != "Enabled":
        return NOT_APPLICABLE

    def expires(rule: Attributes) -> bool:
        names = ("noncurrentVersionExpirationInDays", "noncurrentVersionExpiration")
        return all_of([in_force(rule), any_of(names, rule.has)])

    otherwise = "enabled lifecycle rules with NoncurrentVersionExpiration: 0 (expected 1 or more)"
    return compliant_if(any_of(bucket.objects(LIFECYCLE), expires), otherwise)


@check(
    "AWS::S3::Bucket",
    best_practices={
        "COST04-BP05": "parts of incomplete multipart uploads are billed",
        "SUS04-BP05": "parts of incomplete multipart uploads are kept without a use",
    },
    automation="AWS-CreateS3PolicyToExpireMultipartUploads",
    effort="S",
    severity="low",
    same_cause_as="s3-lifecycle-policy-check",
    fix="Add a lifecycle rule with AbortIncompleteMultipartUpload.DaysAfterInitiation of 7 or less.",
    compliant=[{LIFECYCLE: [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]}],
    non_compliant=[
        {LIFECYCLE: [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 8}}]},
        {},
    ],
)
def s3_incomplete_multipart_upload_expiration(bucket: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """S3 buckets abort incomplete multipart uploads.

    The parts of an incomplete upload are billed until they are deleted, but lists of objects do not show them.
    """

    def ends(rule: Attributes) -> bool:
        days = rule.number("abortIncompleteMultipartUpload.daysAfterInitiation", most_days + 1)
        return all_of([in_force(rule), days <= most_days])

    otherwise = f"no enabled lifecycle rule with AbortIncompleteMultipartUpload within {most_days} days (expected one)"
    return compliant_if(any_of(bucket.objects(LIFECYCLE), ends), otherwise)


@check(
    "AWS::S3::Bucket",
    best_practices={
        "SEC07-BP03": "Amazon Macie does not analyze the bucket for sensitive data",
        "SEC08-BP03": "unexpected sensitive data in the bucket is not detected",
    },
    effort="S",
    collector="sensitive-data",
    live=True,
    fix="Enable automated sensitive data discovery in Macie, or create a discovery job for the bucket.",
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
    """S3 buckets with confidential data are analyzed by Amazon Macie.

    Without this analysis, sensitive data in unexpected places is not found. Applies if the tag DataClassification is
    Confidential or Restricted.
    """
    if none_of([contains(classes, bucket.tag("DataClassification"))]):
        return NOT_APPLICABLE

    def covers(found: Attributes) -> bool:
        automated = found.text("automatedDiscoveryMonitoringStatus") == "MONITORED"
        return any_of([automated, found.text("jobDetails.isDefinedInJob") == "TRUE"])

    otherwise = "neither automated discovery nor a job of Macie covers the bucket (expected one)"
    return compliant_if(any_of(bucket.objects(MACIE), covers), otherwise)


def receives_access_logs(bucket: ConfigurationItem) -> bool:
    """Whether the bucket policy allows S3 to deliver access logs of other buckets to the bucket."""

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
    """Whether a lifecycle rule covers all objects: it has no prefix and no other filter."""
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


def to_configuration_item(bucket: TemplateResource) -> dict[str, Any]:
    """A template's bucket with its bucket policy."""
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
    """Block Public Access as the template sets it, otherwise the default of a new bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: all four settings are
    on for new buckets, and S3 rejects a public policy or access control list.
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
    """A lifecycle rule with its filter as S3 returns it. No check reads filters other than the prefix."""
    if isinstance(rule, dict) and any(key in rule for key in FILTERS):
        return {**rule, "filter": {"predicate": {"type": "LifecycleAndOperator"}}}
    return rule


def _log_bucket(logging: Any) -> Any:
    """The destination bucket of access logs: the bucket itself where none is named, Unknown but present otherwise."""
    if logging is None or isinstance(logging, Unknown):
        return logging
    destination = logging.get("DestinationBucketName", "itself")
    return Unknown(destination.why, present=True) if isinstance(destination, Unknown) else destination
