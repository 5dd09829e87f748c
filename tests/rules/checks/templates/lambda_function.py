"""Templates of lambda_function."""

from typing import Any

from tests.rules.checks.templates import Case, other

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

RESOLVER = other("AWS::AppSync::DataSource", LambdaConfig={"LambdaFunctionArn": {"Fn::GetAtt": "Main.Arn"}})


def callable_by(principal: str) -> dict[str, Any]:
    """A permission to invoke the function."""
    invoke = "lambda:InvokeFunction"
    return other("AWS::Lambda::Permission", FunctionName={"Ref": "Main"}, Principal=principal, Action=invoke)


def called_by_url(**by_url: Any) -> dict[str, Any]:
    return other("AWS::Lambda::Permission", FunctionName={"Ref": "Main"}, Principal="*", **by_url)


READER = {"Map": other("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Main"})}
ZONES = [{"Fn::Select": [at, {"Fn::GetAZs": ""}]} for at in (0, 1)]
SUBNETS = {"VpcConfig": {"SubnetIds": [{"Ref": "One"}, {"Ref": "Two"}]}}


def zones(first: Any, second: Any) -> dict[str, Any]:
    return {
        "One": other("AWS::EC2::Subnet", AvailabilityZone=first),
        "Two": other("AWS::EC2::Subnet", AvailabilityZone=second),
    }


CASES: list[Case] = [
    ("lambda-vpc-multi-az-check", "COMPLIANT", SUBNETS, zones("eu-west-1a", "eu-west-1b")),
    (
        "lambda-vpc-multi-az-check",
        "COMPLIANT",
        SUBNETS,
        zones(*ZONES),
    ),
    ("lambda-vpc-multi-az-check", "NON_COMPLIANT", SUBNETS, zones("eu-west-1a", "eu-west-1a")),
    ("lambda-vpc-multi-az-check", "INSUFFICIENT_DATA", SUBNETS, zones("eu-west-1a", {"Fn::ImportValue": "zone"})),
    ("lambda-vpc-multi-az-check", "INSUFFICIENT_DATA", {"VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"]}}, {}),
    *(
        ("lambda-environment-no-plaintext-secrets", verdict, {"Environment": {"Variables": variables}}, {})
        for verdict, variables in (
            ("COMPLIANT", {"TABLE": {"Ref": "AWS::StackName"}, "LOG_LEVEL": "INFO"}),
            ("COMPLIANT", {"DB_PASSWORD": "/shop/db/password", "apiKey": "", "DB_SECRET": "shop/db"}),
            ("NON_COMPLIANT", {"AWS_ACCESS_KEY_ID": "of-the-shop"}),
            ("NON_COMPLIANT", {"dbPassword": "open sesame"}),
            ("NON_COMPLIANT", {"KEY": "AKIAIOSFODNN7EXAMPLE"}),
            ("INSUFFICIENT_DATA", {"DB_PASSWORD": "{{resolve:secretsmanager:db}}"}),
        )
    ),
    ("lambda-function-xray-enabled", "COMPLIANT", {"TracingConfig": {"Mode": "Active"}}, {}),
    ("lambda-function-xray-enabled", "NON_COMPLIANT", {}, {}),
    ("lambda-dlq-check", "COMPLIANT", {"DeadLetterConfig": {"TargetArn": {"Ref": "Elsewhere"}}}, {"Elsewhere": SOURCE}),
    ("lambda-dlq-check", "NOT_APPLICABLE", {}, {"Resolver": RESOLVER}),
    ("lambda-dlq-check", "NOT_APPLICABLE", {}, {"Resolver": RESOLVER, "Call": callable_by("apigateway.amazonaws.com")}),
    ("lambda-dlq-check", "NON_COMPLIANT", {}, {"Resolver": RESOLVER, "Call": callable_by("s3.amazonaws.com")}),
    ("lambda-dlq-check", "NON_COMPLIANT", {}, {"Call": callable_by("123456789012")}),
    *(
        ("lambda-dlq-check", "NOT_APPLICABLE", {}, {"Call": called_by_url(**by_url)})
        for by_url in ({"FunctionUrlAuthType": "NONE"}, {"InvokedViaFunctionUrl": True})
    ),
    ("lambda-dlq-check", "NOT_APPLICABLE", {}, {"Pipe": other("AWS::Pipes::Pipe", Enrichment={"Ref": "Main"})}),
    ("lambda-inside-vpc", "NOT_APPLICABLE", {}, {}),
    ("lambda-concurrency-check", "NOT_APPLICABLE", {}, {}),
    (
        "lambda-dlq-check",
        "NOT_APPLICABLE",
        {},
        READER,
    ),
    ("lambda-permission-source-restricted", "NON_COMPLIANT", {}, {"Call": callable_by("s3.amazonaws.com")}),
    ("lambda-function-public-access-prohibited", "COMPLIANT", {}, {"Call": callable_by("s3.amazonaws.com")}),
    (
        "lambda-dlq-check",
        "COMPLIANT",
        {},
        {
            "Live": other("AWS::Lambda::Alias", FunctionName={"Ref": "Main"}),
            "Failing": other(
                "AWS::Lambda::EventInvokeConfig",
                FunctionName={"Ref": "Main"},
                Qualifier={"Ref": "Live"},
                DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:failed"}},
            ),
        },
    ),
    (
        "lambda-dlq-check",
        "INSUFFICIENT_DATA",
        {},
        {"Failing": other("AWS::Lambda::EventInvokeConfig", FunctionName="main")},
    ),
    ("lambda-concurrency-check", "COMPLIANT", {"ReservedConcurrentExecutions": 0}, {}),
    ("lambda-memory-size-deliberate", "COMPLIANT", {"MemorySize": 512}, {}),
    ("lambda-memory-size-deliberate", "COMPLIANT", {"MemorySize": 128}, {}),
    ("lambda-memory-size-deliberate", "NON_COMPLIANT", {"Code": {"S3Bucket": "b", "S3Key": "k"}}, {}),
    ("lambda-memory-size-deliberate", "NOT_APPLICABLE", {"Code": {"ZipFile": "def handler(event, context): pass"}}, {}),
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
    (
        "lambda-function-public-access-prohibited",
        "NON_COMPLIANT",
        {},
        {
            "Live": other("AWS::Lambda::Alias", FunctionName={"Ref": "Main"}),
            "Open": other("AWS::Lambda::Permission", FunctionName={"Ref": "Live"}, Principal="*", Action="lambda:*"),
        },
    ),
    *(
        (
            "lambda-permission-source-restricted",
            verdict,
            {},
            {
                "Call": other("AWS::Lambda::Permission", FunctionName={"Ref": "Main"}, Action="lambda:*", **named),
                "Orders": other("AWS::SNS::Topic"),
            },
        )
        for verdict, named in (
            ("COMPLIANT", {"Principal": "123456789012"}),
            ("COMPLIANT", {"Principal": 123456789012}),
            ("COMPLIANT", {"Principal": {"Ref": "AWS::AccountId"}}),
            ("COMPLIANT", {"Principal": "arn:aws:iam::123456789012:root"}),
            ("NON_COMPLIANT", {"Principal": "sns.amazonaws.com"}),
            ("COMPLIANT", {"Principal": "sns.amazonaws.com", "SourceArn": {"Ref": "Orders"}}),
            ("COMPLIANT", {"Principal": "sns.amazonaws.com", "SourceAccount": {"Ref": "AWS::AccountId"}}),
            ("COMPLIANT", {"Principal": "s3.amazonaws.com", "SourceAccount": {"Ref": "AWS::AccountId"}}),
            ("NON_COMPLIANT", {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::photos"}),
        )
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
        "lambda-duration-alarm-configured",
        "COMPLIANT",
        {},
        {"Duration": {**ERRORS, "Properties": {**ERRORS["Properties"], "MetricName": "Duration"}}},
    ),
    (
        "lambda-esm-batching-configured",
        "COMPLIANT",
        {},
        {"Source": other("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Main"}, BatchSize=10)},
    ),
    (
        "lambda-esm-batching-configured",
        "NON_COMPLIANT",
        {},
        {
            "Live": other("AWS::Lambda::Alias", FunctionName={"Ref": "Main"}),
            "Source": other("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Live"}, BatchSize=1),
        },
    ),
    (
        "lambda-esm-on-failure-destination",
        "COMPLIANT",
        {},
        {
            "Source": other(
                "AWS::Lambda::EventSourceMapping",
                FunctionName={"Ref": "Main"},
                StartingPosition="LATEST",
                DestinationConfig={"OnFailure": {"Destination": "arn"}},
            )
        },
    ),
    (
        "lambda-esm-on-failure-destination",
        "NON_COMPLIANT",
        {},
        {"Source": other("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Main"}, StartingPosition="LATEST")},
    ),
    (
        "lambda-insights-enabled",
        "COMPLIANT",
        {
            "Tags": [{"Key": "Criticality", "Value": "critical"}],
            "Layers": ["arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38"],
        },
        {},
    ),
    (
        "lambda-insights-enabled",
        "NON_COMPLIANT",
        {
            "Tags": [{"Key": "Criticality", "Value": "critical"}],
            "Layers": ["arn:aws:lambda:eu-west-1:580247275435:layer:Other:38"],
        },
        {},
    ),
    (
        "production-log-level-restricted",
        "COMPLIANT",
        {
            "Tags": [{"Key": "Environment", "Value": "production"}],
            "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "WARN"},
        },
        {},
    ),
    (
        "production-log-level-restricted",
        "NON_COMPLIANT",
        {
            "Tags": [{"Key": "Environment", "Value": "production"}],
            "Environment": {"Variables": {"LOG_LEVEL": "DEBUG"}},
        },
        {},
    ),
    (
        "dedicated-iam-role-per-component",
        "COMPLIANT",
        {"Role": {"Fn::GetAtt": "Role.Arn"}},
        {"Role": other("AWS::IAM::Role")},
    ),
    (
        "dedicated-iam-role-per-component",
        "NON_COMPLIANT",
        {"Role": {"Fn::GetAtt": "Role.Arn"}},
        {
            "Role": other("AWS::IAM::Role"),
            "Other": other("AWS::Lambda::Function", Role={"Fn::GetAtt": "Role.Arn"}),
        },
    ),
]
