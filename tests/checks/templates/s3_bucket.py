"""Templates of s3_bucket."""

from typing import Any

from tests.checks.templates import Case, other

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": {"Fn::Sub": "${Main.Arn}/*"},
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}


def lifecycle(**rule: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [rule]}}


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
    ("s3-bucket-level-public-access-prohibited", "NON_COMPLIANT", {}, {}),
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
    ("s3-lifecycle-transition-configured", "NON_COMPLIANT", lifecycle(Status="Enabled", ExpirationInDays=30), {}),
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
]
