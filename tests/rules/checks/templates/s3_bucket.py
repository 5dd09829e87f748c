"""Templates of s3_bucket."""

import json
from typing import Any

from tests.rules.checks.templates import Case, other

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": {"Fn::Sub": "${Main.Arn}/*"},
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}


def lifecycle(**rule: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [rule]}}


def delivery(service: str) -> dict[str, Any]:
    """A statement that lets a service write to the bucket."""
    objects = {"Fn::Sub": "${Main.Arn}/*"}
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "s3:PutObject", "Resource": objects}


VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}


def tagged(key: str, value: str) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value}]}


def encryption(**by_default: Any) -> dict[str, Any]:
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]}}


def read_by(principal: Any) -> dict[str, Any]:
    """A bucket policy that lets a principal read."""
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${Main.Arn}/*"},
    }
    return {"Policy": other("AWS::S3::BucketPolicy", Bucket={"Ref": "Main"}, PolicyDocument={"Statement": [statement]})}


READ_BY_ANYBODY = read_by("*")
READ_BY_CLOUDFRONT = read_by({"Service": "cloudfront.amazonaws.com"})

CASES: list[Case] = [
    (
        "s3-bucket-level-public-access-prohibited",
        "COMPLIANT",
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            }
        },
        {},
    ),
    ("s3-bucket-level-public-access-prohibited", "COMPLIANT", {}, {}),
    ("s3-bucket-level-public-access-prohibited", "NON_COMPLIANT", {"AccessControl": "PublicRead"}, {}),
    ("s3-bucket-level-public-access-prohibited", "COMPLIANT", {"AccessControl": "LogDeliveryWrite"}, {}),
    (
        "s3-bucket-level-public-access-prohibited",
        "NON_COMPLIANT",
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        {},
    ),
    ("s3-bucket-level-public-access-prohibited", "NON_COMPLIANT", {}, READ_BY_ANYBODY),
    ("s3-bucket-level-public-access-prohibited", "COMPLIANT", {}, READ_BY_CLOUDFRONT),
    ("s3-bucket-versioning-enabled", "COMPLIANT", {"VersioningConfiguration": {"Status": "Enabled"}}, {}),
    (
        "s3-bucket-ssl-requests-only",
        "COMPLIANT",
        {},
        {"Policy": other("AWS::S3::BucketPolicy", Bucket={"Ref": "Main"}, PolicyDocument={"Statement": [TLS_ONLY]})},
    ),
    *(
        (
            "s3-bucket-ssl-requests-only",
            verdict,
            properties,
            {
                "Policy": other(
                    "AWS::S3::BucketPolicy",
                    Bucket={"Ref": "Main"},
                    PolicyDocument={"Statement": [{**TLS_ONLY, "Resource": resource}]},
                )
            },
        )
        for verdict, properties, resource in (
            ("COMPLIANT", {}, {"Fn::Sub": "arn:aws:s3:::${Main}/*"}),
            ("COMPLIANT", {}, {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Main}/*"}),
            ("COMPLIANT", {"BucketName": "b"}, "arn:aws:s3:::b/*"),
            ("COMPLIANT", {}, {"Fn::Sub": "${Main.Arn}*"}),
            (
                "COMPLIANT",
                {"BucketName": {"Fn::Sub": "b-${AWS::AccountId}"}},
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::b-${AWS::AccountId}/*"},
            ),
            (
                "COMPLIANT",
                {"BucketName": {"Fn::Sub": "b-${AWS::Region}"}},
                {"Fn::Sub": "arn:aws:s3:::b-${AWS::Region}/*"},
            ),
            ("NON_COMPLIANT", {}, {"Fn::GetAtt": "Main.Arn"}),
            ("NON_COMPLIANT", {"BucketName": "b"}, "arn:aws:s3:::b/logs/*"),
            ("NON_COMPLIANT", {}, {"Fn::Sub": "${Main.Arn}/logs"}),
        )
    ),
    (
        "s3-bucket-ssl-requests-only",
        "COMPLIANT",
        {"BucketName": "b"},
        {
            "Policy": other(
                "AWS::S3::BucketPolicy",
                Bucket={"Ref": "Main"},
                PolicyDocument=json.dumps({"Statement": {**TLS_ONLY, "Resource": "arn:aws:s3:::b/*"}}),
            )
        },
    ),
    ("s3-bucket-ssl-requests-only", "NON_COMPLIANT", {}, {}),
    (
        "s3-default-encryption-kms",
        "COMPLIANT",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            }
        },
        {},
    ),
    ("s3-lifecycle-policy-check", "COMPLIANT", lifecycle(Status="Enabled", ExpirationInDays=30), {}),
    ("s3-lifecycle-transition-configured", "NON_COMPLIANT", lifecycle(Status="Enabled", ExpirationInDays=365), {}),
    ("s3-lifecycle-transition-configured", "NOT_APPLICABLE", lifecycle(Status="Enabled", ExpirationInDays="30"), {}),
    (
        "s3-lifecycle-transition-configured",
        "NON_COMPLIANT",
        lifecycle(Status="Enabled", ExpirationInDays=30, Prefix="uploads/"),
        {},
    ),
    (
        "s3-lifecycle-transition-configured",
        "NON_COMPLIANT",
        lifecycle(Status="Enabled", ExpirationInDays=30, TagFilters=[{"Key": "Temporary", "Value": "yes"}]),
        {},
    ),
    (
        "s3-lifecycle-transition-configured",
        "COMPLIANT",
        lifecycle(Status="Enabled", Transition={"StorageClass": "GLACIER", "TransitionInDays": 30}),
        {},
    ),
    (
        "s3-durable-storage-class",
        "NON_COMPLIANT",
        lifecycle(Status="Enabled", Transitions=[{"StorageClass": "ONEZONE_IA", "TransitionInDays": 30}]),
        {},
    ),
    (
        "s3-durable-storage-class",
        "COMPLIANT",
        lifecycle(Status="Enabled", Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 30}]),
        {},
    ),
    ("s3-bucket-server-side-encryption-enabled", "COMPLIANT", {}, {}),
    ("s3-bucket-server-side-encryption-enabled", "NON_COMPLIANT", encryption(SSEAlgorithm="NONE"), {}),
    ("s3-bucket-key-enabled", "NON_COMPLIANT", encryption(SSEAlgorithm="aws:kms"), {}),
    (
        "s3-bucket-key-enabled",
        "COMPLIANT",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
                ]
            }
        },
        {},
    ),
    ("s3-bucket-logging-enabled", "COMPLIANT", {"LoggingConfiguration": {"LogFilePrefix": "self/"}}, {}),
    (
        "s3-bucket-logging-enabled",
        "COMPLIANT",
        {"LoggingConfiguration": {"DestinationBucketName": {"Fn::Transform": {"Name": "LogBucket"}}}},
        {},
    ),
    ("s3-bucket-logging-enabled", "NON_COMPLIANT", {}, {}),
    *(
        (
            check,
            verdict,
            {},
            {"Policy": other("AWS::S3::BucketPolicy", Bucket={"Ref": "Main"}, PolicyDocument=document)},
        )
        for check in ("s3-bucket-logging-enabled", "s3-default-encryption-kms")
        for verdict, document in (
            ("NOT_APPLICABLE", {"Statement": [TLS_ONLY, delivery("logging.s3.amazonaws.com")]}),
            ("NON_COMPLIANT", {"Statement": [TLS_ONLY, delivery("cloudtrail.amazonaws.com")]}),
        )
    ),
    (
        "s3-bucket-default-lock-enabled",
        "COMPLIANT",
        {**tagged("DataClassification", "Backup"), "ObjectLockEnabled": True},
        {},
    ),
    ("s3-bucket-default-lock-enabled", "NON_COMPLIANT", tagged("DataClassification", "Backup"), {}),
    ("s3-bucket-cors-restrictive", "COMPLIANT", {}, {}),
    (
        "s3-bucket-cors-restrictive",
        "NON_COMPLIANT",
        {"CorsConfiguration": {"CorsRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"]}]}},
        {},
    ),
    (
        "s3-transfer-acceleration-evaluated",
        "COMPLIANT",
        {**tagged("Uploads", "remote"), "AccelerateConfiguration": {"AccelerationStatus": "Enabled"}},
        {},
    ),
    ("s3-transfer-acceleration-evaluated", "NON_COMPLIANT", tagged("Uploads", "remote"), {}),
    (
        "s3-intelligent-tiering-enabled",
        "COMPLIANT",
        {
            **tagged("Content", "recordings"),
            **lifecycle(Status="Enabled", Transitions=[{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]),
        },
        {},
    ),
    ("s3-intelligent-tiering-enabled", "NON_COMPLIANT", tagged("Content", "recordings"), {}),
    ("s3-version-lifecycle-policy-check", "NON_COMPLIANT", VERSIONED, {}),
    (
        "s3-version-lifecycle-policy-check",
        "COMPLIANT",
        {**VERSIONED, **lifecycle(Status="Enabled", NoncurrentVersionExpiration={"NoncurrentDays": 30})},
        {},
    ),
    ("s3-incomplete-multipart-upload-expiration", "NON_COMPLIANT", {}, {}),
    (
        "s3-incomplete-multipart-upload-expiration",
        "COMPLIANT",
        lifecycle(Status="Enabled", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
        {},
    ),
]
