"""A template's resource and the recorded item of what it becomes are judged alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.lift import Lift
from rules.catalogue import all_checks, checks_of

NOW = datetime(2026, 1, 15, tzinfo=UTC)
CFN_TYPES = {"AWS::IAM::Policy": "AWS::IAM::ManagedPolicy"}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": {"Fn::Sub": "${Main.Arn}/*"},
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}
ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}
READ_ALL = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}
PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}
ERRORS: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Main"}}],
        "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
    },
}


def on(function: Any) -> dict[str, Any]:
    """The alarm, on another function."""
    dimension = {"Name": "FunctionName", "Value": function}
    return {**ERRORS, "Properties": {**ERRORS["Properties"], "Dimensions": [dimension]}}


ERROR_RATE = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
        "Metrics": [
            {"Id": "rate", "Expression": "errors / calls"},
            {
                "Id": "errors",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": "Errors",
                        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Main"}}],
                    }
                },
            },
        ],
    },
}
SOURCE = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "Main.Arn"}, "maxReceiveCount": 5}},
}


def behavior(**settings: Any) -> dict[str, Any]:
    return {"DistributionConfig": {"DefaultCacheBehavior": settings}}


def certificate(**settings: Any) -> dict[str, Any]:
    return {"DistributionConfig": {"ViewerCertificate": settings}}


def lifecycle(**rule: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [rule]}}


def ingress(cidr: str, port: int) -> dict[str, Any]:
    return {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}]}


def other(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


# Check, verdict, the properties of its first type's resource `Main`, and other resources of the template.
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("api-gw-xray-enabled", "COMPLIANT", {"TracingEnabled": True}, {}),
    ("api-gw-xray-enabled", "NON_COMPLIANT", {}, {}),
    (
        "apigateway-stage-access-logs-enabled",
        "COMPLIANT",
        {"AccessLogSetting": {"DestinationArn": "a", "Format": "b"}},
        {},
    ),
    ("apigateway-stage-access-logs-enabled", "NON_COMPLIANT", {"AccessLogSetting": {"DestinationArn": "a"}}, {}),
    ("api-gw-associated-with-waf", "NON_COMPLIANT", {}, {}),
    (
        "api-gw-associated-with-waf",
        "COMPLIANT",
        {},
        {"Link": other("AWS::WAFv2::WebACLAssociation", ResourceArn={"Fn::Sub": "arn:x/${Main}"}, WebACLArn="arn")},
    ),
    (
        "api-gw-cache-enabled-and-encrypted",
        "COMPLIANT",
        {
            "CacheClusterEnabled": True,
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "CachingEnabled": True, "CacheDataEncrypted": True}
            ],
        },
        {},
    ),
    ("api-gw-cache-enabled-and-encrypted", "NON_COMPLIANT", {"CacheClusterEnabled": True}, {}),
    (
        "api-gw-stage-throttling-configured",
        "COMPLIANT",
        {
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 5}
            ]
        },
        {},
    ),
    ("api-gw-stage-throttling-configured", "NON_COMPLIANT", {}, {}),
    ("api-cors-allowlist-explicit", "NON_COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"]}}, {}),
    ("cors-preflight-cached", "COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 7200}}, {}),
    (
        "api-gwv2-access-logs-enabled",
        "COMPLIANT",
        {"AccessLogSettings": {"DestinationArn": "a", "Format": "b"}},
        {},
    ),
    (
        "api-gwv2-stage-default-route-detailed-metrics-enabled",
        "COMPLIANT",
        {"DefaultRouteSettings": {"DetailedMetricsEnabled": True}},
        {},
    ),
    ("appsync-graphql-api-xray-enabled", "COMPLIANT", {"XrayEnabled": True}, {}),
    ("cloud-trail-log-file-validation-enabled", "COMPLIANT", {"EnableLogFileValidation": True}, {}),
    ("cloud-trail-encryption-enabled", "COMPLIANT", {"KMSKeyId": "key"}, {}),
    ("multi-region-cloudtrail-enabled", "COMPLIANT", {"IsMultiRegionTrail": True}, {}),
    ("multi-region-cloudtrail-enabled", "NON_COMPLIANT", {}, {}),
    ("cloudfront-viewer-policy-https", "COMPLIANT", behavior(ViewerProtocolPolicy="https-only"), {}),
    ("cloudfront-viewer-policy-https", "NON_COMPLIANT", behavior(ViewerProtocolPolicy="allow-all"), {}),
    ("cloudfront-compression-enabled", "COMPLIANT", behavior(Compress=True), {}),
    ("cloudfront-response-headers-policy-attached", "COMPLIANT", behavior(ResponseHeadersPolicyId="1"), {}),
    ("cloudfront-security-policy-check", "COMPLIANT", certificate(MinimumProtocolVersion="TLSv1.2_2021"), {}),
    ("cloudfront-custom-ssl-certificate", "COMPLIANT", certificate(AcmCertificateArn="arn"), {}),
    ("cloudfront-sni-enabled", "NON_COMPLIANT", certificate(SslSupportMethod="vip"), {}),
    ("cloudfront-associated-with-waf", "COMPLIANT", {"DistributionConfig": {"WebACLId": "arn"}}, {}),
    ("cloudfront-accesslogs-enabled", "COMPLIANT", {"DistributionConfig": {"Logging": {"Bucket": "b"}}}, {}),
    ("cloudfront-accesslogs-enabled", "NON_COMPLIANT", {"DistributionConfig": {}}, {}),
    ("cloudfront-price-class-reviewed", "COMPLIANT", {"DistributionConfig": {"PriceClass": "PriceClass_100"}}, {}),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "COMPLIANT",
        {"DistributionConfig": {"Origins": [{"Id": "o", "S3OriginConfig": {"x": 1}, "OriginAccessControlId": "E"}]}},
        {},
    ),
    ("cloudwatch-alarm-action-check", "COMPLIANT", {"AlarmActions": ["arn"]}, {}),
    ("cloudwatch-alarm-action-enabled-check", "NON_COMPLIANT", {"AlarmActions": ["a"], "ActionsEnabled": False}, {}),
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "NON_COMPLIANT",
        {"ApplicationName": {"Ref": "App"}, "DeploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"},
        {"App": other("AWS::CodeDeploy::Application", ComputePlatform="Lambda")},
    ),
    (
        "codedeploy-auto-rollback-monitor-enabled",
        "COMPLIANT",
        {"AutoRollbackConfiguration": {"Enabled": True}, "AlarmConfiguration": {"Enabled": True}},
        {},
    ),
    ("cognito-user-pool-mfa-enabled", "COMPLIANT", {"MfaConfiguration": "ON"}, {}),
    ("cognito-user-pool-mfa-enabled", "NON_COMPLIANT", {"MfaConfiguration": "OPTIONAL"}, {}),
    ("cw-loggroup-retention-period-check", "COMPLIANT", {"RetentionInDays": 30}, {}),
    ("cw-loggroup-retention-period-check", "NON_COMPLIANT", {}, {}),
    (
        "dynamodb-pitr-enabled",
        "COMPLIANT",
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "true"}},
        {},
    ),
    ("dynamodb-pitr-enabled", "NON_COMPLIANT", {}, {}),
    ("dynamodb-table-encrypted-kms", "COMPLIANT", {"SSESpecification": {"SSEEnabled": True}}, {}),
    ("dynamodb-table-encrypted-kms", "NON_COMPLIANT", {}, {}),
    ("dynamodb-ttl-enabled", "COMPLIANT", {"TimeToLiveSpecification": {"AttributeName": "e", "Enabled": True}}, {}),
    ("dynamodb-autoscaling-enabled", "COMPLIANT", {"BillingMode": "PAY_PER_REQUEST"}, {}),
    ("dynamodb-autoscaling-enabled", "INSUFFICIENT_DATA", {"BillingMode": "PROVISIONED"}, {}),
    (
        "dynamodb-autoscaling-enabled",
        "NON_COMPLIANT",
        {},
        {
            "Read": other(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ResourceId={"Fn::Sub": "table/${Main}"},
                ScalableDimension="dynamodb:table:ReadCapacityUnits",
            )
        },
    ),
    (
        "sparse-index-design",
        "NON_COMPLIANT",
        {"GlobalSecondaryIndexes": [{"Projection": {"ProjectionType": "ALL"}}]},
        {},
    ),
    (
        "ecs-container-insights-enabled",
        "COMPLIANT",
        {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
        {},
    ),
    ("ecs-task-definition-log-configuration", "NON_COMPLIANT", {"ContainerDefinitions": [{"Name": "web"}]}, {}),
    (
        "ecs-service-autoscaling-configured",
        "COMPLIANT",
        {},
        {
            "Scaling": other(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ResourceId={"Fn::Sub": "service/cluster/${Main.Name}"},
                MinCapacity=1,
                MaxCapacity=3,
            )
        },
    ),
    (
        "elb-logging-enabled",
        "COMPLIANT",
        {"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]},
        {},
    ),
    ("elbv2-multiple-az", "COMPLIANT", {"Subnets": ["subnet-1", "subnet-2"]}, {}),
    ("elbv2-multiple-az", "NON_COMPLIANT", {"Subnets": ["subnet-1"]}, {}),
    ("iam-policy-no-statements-with-admin-access", "NON_COMPLIANT", {"PolicyDocument": ADMIN}, {}),
    ("iam-policy-no-statements-with-admin-access", "COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
    ("iam-role-data-actions-resource-scoped", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}),
    (
        "iam-role-data-actions-resource-scoped",
        "NON_COMPLIANT",
        {},
        {"More": other("AWS::IAM::Policy", Roles=[{"Ref": "Main"}], PolicyDocument=READ_ALL)},
    ),
    ("cmk-backing-key-rotation-enabled", "COMPLIANT", {"EnableKeyRotation": True}, {}),
    ("cmk-backing-key-rotation-enabled", "NON_COMPLIANT", {}, {}),
    ("kms-key-policy-no-public-access", "NON_COMPLIANT", {"KeyPolicy": PUBLIC}, {}),
    ("lambda-function-xray-enabled", "COMPLIANT", {"TracingConfig": {"Mode": "Active"}}, {}),
    ("lambda-function-xray-enabled", "NON_COMPLIANT", {}, {}),
    ("lambda-dlq-check", "COMPLIANT", {"DeadLetterConfig": {"TargetArn": {"Ref": "Elsewhere"}}}, {"Elsewhere": SOURCE}),
    ("lambda-concurrency-check", "COMPLIANT", {"ReservedConcurrentExecutions": 0}, {}),
    ("lambda-memory-size-deliberate", "COMPLIANT", {"MemorySize": 512}, {}),
    ("lambda-function-arm64-architecture", "COMPLIANT", {"Architectures": ["arm64"]}, {}),
    ("lambda-runtime-supported", "NON_COMPLIANT", {"Runtime": "python3.8"}, {}),
    (
        "lambda-function-public-access-prohibited",
        "NON_COMPLIANT",
        {},
        {"Open": other("AWS::Lambda::Permission", FunctionName={"Ref": "Main"}, Principal="*", Action="lambda:*")},
    ),
    (
        "lambda-function-public-access-prohibited",
        "COMPLIANT",
        {},
        {
            "Open": other(
                "AWS::Lambda::Permission",
                FunctionName={"Ref": "Main"},
                Principal="*",
                Action="lambda:InvokeFunction",
                PrincipalOrgID="o-1",
            )
        },
    ),
    ("lambda-errors-alarm-configured", "COMPLIANT", {}, {"Errors": ERRORS}),
    ("lambda-errors-alarm-configured", "COMPLIANT", {}, {"Rate": ERROR_RATE}),
    ("lambda-errors-alarm-configured", "COMPLIANT", {"FunctionName": "main"}, {"Errors": ERRORS}),
    (
        "lambda-errors-alarm-configured",
        "COMPLIANT",
        {"FunctionName": {"Fn::Sub": "${AWS::StackName}-main"}},
        {"Errors": on({"Fn::Sub": "${AWS::StackName}-main"})},
    ),
    ("lambda-errors-alarm-configured", "COMPLIANT", {"FunctionName": "main"}, {"Errors": on("main")}),
    ("lambda-errors-alarm-configured", "NON_COMPLIANT", {"FunctionName": "main"}, {"Errors": on("other")}),
    ("lambda-errors-alarm-configured", "INSUFFICIENT_DATA", {}, {}),
    ("lambda-duration-alarm-configured", "NON_COMPLIANT", {}, {"Errors": ERRORS}),
    (
        "lambda-esm-batching-configured",
        "NON_COMPLIANT",
        {},
        {"Source": other("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Main"}, BatchSize=1)},
    ),
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
    ("secretsmanager-rotation-enabled-check", "NON_COMPLIANT", {}, {}),
    (
        "secretsmanager-rotation-enabled-check",
        "COMPLIANT",
        {},
        {
            "Schedule": other(
                "AWS::SecretsManager::RotationSchedule",
                SecretId={"Ref": "Main"},
                RotationRules={"AutomaticallyAfterDays": 30},
            )
        },
    ),
    ("sns-encrypted-kms", "COMPLIANT", {"KmsMasterKeyId": {"Ref": "Key"}}, {"Key": other("AWS::KMS::Key")}),
    ("sqs-queue-encrypted", "COMPLIANT", {}, {}),
    ("sqs-queue-encrypted", "NON_COMPLIANT", {"SqsManagedSseEnabled": False}, {}),
    ("sqs-queue-dlq-check", "COMPLIANT", {"RedrivePolicy": {"deadLetterTargetArn": "a", "maxReceiveCount": 3}}, {}),
    ("dead-letter-retention", "NON_COMPLIANT", {}, {"Orders": SOURCE}),
    ("dead-letter-retention", "COMPLIANT", {"MessageRetentionPeriod": 1209600}, {"Orders": SOURCE}),
    ("step-functions-state-machine-tracing-enabled", "COMPLIANT", {"TracingConfiguration": {"Enabled": True}}, {}),
    ("restricted-ssh", "NON_COMPLIANT", ingress("0.0.0.0/0", 22), {}),
    ("restricted-ssh", "COMPLIANT", ingress("0.0.0.0/0", 443), {}),
    (
        "restricted-ssh",
        "NON_COMPLIANT",
        {},
        {
            "Rule": other(
                "AWS::EC2::SecurityGroupIngress",
                GroupId={"Fn::GetAtt": "Main.GroupId"},
                IpProtocol="-1",
                CidrIpv6="::/0",
            )
        },
    ),
    ("security-group-ingress-least-privilege", "NON_COMPLIANT", ingress("10.0.0.0/16", 5432), {}),
    ("vpc-sg-open-only-to-authorized-ports", "COMPLIANT", ingress("0.0.0.0/0", 443), {}),
]


@pytest.mark.parametrize(
    ("check_id", "verdict", "properties", "others"),
    CASES,
    ids=[f"{check_id}-{verdict.lower()}-{number}" for number, (check_id, verdict, *_) in enumerate(CASES)],
)
def test_a_template_is_judged_as_the_item_it_becomes(
    check_id: str, verdict: str, properties: dict[str, Any], others: dict[str, Any]
) -> None:
    check = all_checks()[check_id]
    kind = check.resource_types[0]
    template = {"Resources": {"Main": other(CFN_TYPES.get(kind, kind), **properties), **others}}
    lift = Lift(template, NOW)
    (item,) = lift.variants("Main").items
    judged = check.judge(item)
    assert judged.compliance == verdict, judged.annotation
    assert not lift.warnings


@pytest.mark.parametrize(
    "kind", sorted({check.resource_types[0] for check in all_checks().values()} - {"AWS::::Account"})
)
def test_a_template_of_unknown_values_fails_no_lift(kind: str) -> None:
    """Every property a parameter without a default: nothing passes, nothing crashes."""
    import cfnlint.schema.manager as schemas  # noqa: PLC0415 - slow to load

    name = CFN_TYPES.get(kind, kind)
    properties = schemas.PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema["properties"]
    template = {
        "Parameters": {"Anything": {"Type": "String"}},
        "Resources": {"Main": other(name, **{key: {"Ref": "Anything"} for key in properties})},
    }
    lift = Lift(template, NOW)
    for item in lift.variants("Main").items:
        for check in (check for check in checks_of(kind) if not check.live):
            judged = check.judge(item)
            assert not judged.crashed, f"{check.id}: {judged.annotation}"
            assert judged.compliance != "COMPLIANT" or check.id in PRESENCE, f"{check.id} passes"
    assert not lift.warnings


# Decided by other resources of the template alone, here by the absence of any.
PRESENCE = {"lambda-function-public-access-prohibited"}
