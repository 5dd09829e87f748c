"""Templates of sqs_queue."""

from typing import Any

from tests.rules.checks.templates import Case, other

SOURCE = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "Main.Arn"}, "maxReceiveCount": 5}},
}

DEPTH: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
        "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
    },
}

SET_ASIDE: dict[str, dict[str, Any]] = {
    "AWS::Events::EventBus": {"DeadLetterConfig": {"Arn": {"Fn::GetAtt": "Main.Arn"}}},
    "AWS::IoT::TopicRule": {"TopicRulePayload": {"ErrorAction": {"Sqs": {"QueueUrl": {"Ref": "Main"}}}}},
    "AWS::Pipes::Pipe": {
        "SourceParameters": {"KinesisStreamParameters": {"DeadLetterConfig": {"Arn": {"Fn::GetAtt": "Main.Arn"}}}}
    },
}

OWN = {"AWS": {"Ref": "AWS::AccountId"}}


def allowed(principal: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}]}


CASES: list[Case] = [
    ("sqs-long-polling-enabled", "NON_COMPLIANT", {}, {}),
    *(
        ("sqs-long-polling-enabled", "NOT_APPLICABLE", {}, {"Reader": other(kind, **{by: {"Fn::GetAtt": "Main.Arn"}})})
        for kind, by in (("AWS::Lambda::EventSourceMapping", "EventSourceArn"), ("AWS::Pipes::Pipe", "Source"))
    ),
    ("sqs-long-polling-enabled", "NOT_APPLICABLE", {}, {"Source": SOURCE}),
    (
        "sqs-queue-no-public-access",
        "NON_COMPLIANT",
        {},
        {"Open": other("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Main"}], PolicyDocument=allowed("*"))},
    ),
    (
        "sqs-queue-no-public-access",
        "COMPLIANT",
        {},
        {"Own": other("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Main"}], PolicyDocument=allowed(OWN))},
    ),
    (
        "sqs-queue-no-public-access",
        "NON_COMPLIANT",
        {},
        {"Open": other("AWS::SQS::QueueInlinePolicy", Queue={"Ref": "Main"}, PolicyDocument=allowed("*"))},
    ),
    (
        "sqs-queue-no-public-access",
        "COMPLIANT",
        {},
        {"Own": other("AWS::SQS::QueueInlinePolicy", Queue={"Ref": "Main"}, PolicyDocument=allowed(OWN))},
    ),
    (
        "sqs-queue-no-public-access",
        "INSUFFICIENT_DATA",
        {},
        {
            "Own": other(
                "AWS::SQS::QueuePolicy",
                Queues=[{"Ref": "Main"}],
                PolicyDocument={"Fn::Sub": '{"Statement": [${AWS::StackName}]}'},
            )
        },
    ),
    *(
        ("sqs-queue-dlq-check", "NOT_APPLICABLE", {}, {"Sender": other(kind, **properties)})
        for kind, properties in SET_ASIDE.items()
    ),
    ("sqs-queue-encrypted", "COMPLIANT", {}, {}),
    ("sqs-queue-encrypted", "NON_COMPLIANT", {"SqsManagedSseEnabled": False}, {}),
    ("sqs-queue-dlq-check", "COMPLIANT", {"RedrivePolicy": {"deadLetterTargetArn": "a", "maxReceiveCount": 3}}, {}),
    ("dead-letter-retention", "NON_COMPLIANT", {}, {"Orders": SOURCE}),
    ("dead-letter-retention", "COMPLIANT", {"MessageRetentionPeriod": 1209600}, {"Orders": SOURCE}),
    ("sqs-queue-dlq-check", "NON_COMPLIANT", {}, {}),
    (
        "sqs-queue-dlq-check",
        "NOT_APPLICABLE",
        {},
        {"Send": other("AWS::Lambda::Function", DeadLetterConfig={"TargetArn": {"Fn::GetAtt": "Main.Arn"}})},
    ),
    (
        "dead-letter-retention",
        "NON_COMPLIANT",
        {},
        {
            "Nightly": other(
                "AWS::Events::Rule",
                Targets=[{"Id": "1", "Arn": "arn", "DeadLetterConfig": {"Arn": {"Fn::GetAtt": "Main.Arn"}}}],
            )
        },
    ),
    ("dlq-depth-alarm-configured", "COMPLIANT", {"QueueName": "dead"}, {"Orders": SOURCE, "Depth": DEPTH}),
    (
        "dlq-depth-alarm-configured",
        "NON_COMPLIANT",
        {"QueueName": "dead"},
        {"Orders": SOURCE, "Depth": {**DEPTH, "Properties": {**DEPTH["Properties"], "ActionsEnabled": False}}},
    ),
]
