"""Requests that AWS refuses by its documentation."""
# templates in flow style, a resource a line

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from local_aws import DeployError, LocalAws, Stack
from local_aws.config_service import ONLY_CLOUDFORMATIONS

Client = Callable[[str], Any]
Deploy = Callable[..., Stack]

QUEUES, TOPICS = "arn:aws:sqs:eu-west-1:123456789012:", "arn:aws:sns:eu-west-1:123456789012:"


@pytest.fixture(autouse=True)
def running(aws: LocalAws) -> LocalAws:
    return aws


def policy(*resources: Any) -> str:
    statements = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": resource} for resource in resources]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
# A statement has one resource, and "the value must match the ARN of the policy's topic"
@pytest.mark.parametrize(
    "wrong",
    [
        policy([TOPICS + "one", TOPICS + "two"]),
        policy(TOPICS + "one", TOPICS + "two"),
        policy(TOPICS + "two"),
        policy("*"),
        policy([]),
        "no JSON",
        "[]",
        '{"Statement": ["text"]}',
    ],
)
def test_the_policy_of_a_topic_names_its_topic_alone(client: Client, wrong: str) -> None:
    sns = client("sns")
    arn = sns.create_topic(Name="one", Attributes={"Policy": policy(TOPICS + "one")})["TopicArn"]
    with pytest.raises(ClientError, match="InvalidParameter"):
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=wrong)
    with pytest.raises(ClientError, match="InvalidParameter"):
        sns.create_topic(Name="other", Attributes={"Policy": wrong})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy([arn], arn))


# http://docs.amazonwebservices.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/AccessPolicyLanguage_SpecialInfo.html
# "Each policy must cover only a single queue"; wildcards:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html
@pytest.mark.parametrize(
    "wrong",
    [
        policy([QUEUES + "one", QUEUES + "two"]),
        policy(QUEUES + "one", QUEUES + "two"),
        policy(QUEUES + "two"),
        policy([]),
        "no JSON",
        "[]",
        '{"Statement": 1}',
    ],
)
def test_the_policy_of_a_queue_covers_its_queue_alone(client: Client, wrong: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="one", Attributes={"Policy": policy(QUEUES + "one")})["QueueUrl"]
    with pytest.raises(ClientError, match="InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": wrong})
    with pytest.raises(ClientError, match="InvalidAttributeValue"):
        sqs.create_queue(QueueName="other", Attributes={"Policy": wrong})
    for right in (policy(QUEUES + "one"), policy("arn:aws:sqs:*:123456789012:one"), ""):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": right})


@pytest.mark.parametrize(
    ("kind", "targets", "resources"),
    [
        ("SNS::TopicPolicy", "Topics: [!Ref One]", "[!Ref One, !Ref Two]"),
        ("SNS::TopicPolicy", "Topics: [!Ref One, !Ref Two]", "!Ref One"),
        ("SQS::QueuePolicy", "Queues: [!Ref Three]", "[!GetAtt Three.Arn, !GetAtt Four.Arn]"),
        ("SQS::QueuePolicy", "Queues: [!Ref Three, !Ref Four]", "!GetAtt Three.Arn"),
    ],
)
def test_a_template_with_a_policy_of_several_does_not_deploy(
    deploy: Deploy, kind: str, targets: str, resources: str
) -> None:
    with pytest.raises(DeployError, match="Policy"):
        deploy(f"""
        Resources:
          One: {{Type: AWS::SNS::Topic}}
          Two: {{Type: AWS::SNS::Topic}}
          Three: {{Type: AWS::SQS::Queue}}
          Four: {{Type: AWS::SQS::Queue}}
          Policy:
            Type: AWS::{kind}
            Properties:
              {targets}
              PolicyDocument: {{Statement: [{{Effect: Allow, Principal: "*", Action: "*", Resource: {resources}}}]}}
        """)


# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
# A subject is "UTF-8 text with no line breaks or control characters, and less than 100 characters long".
@pytest.mark.parametrize("subject", ["x" * 100, "two\nlines", "two\u2028lines", "bell\x07", "tab\t", ""])
def test_a_subject_is_short_and_one_line(client: Client, subject: str) -> None:
    sns = client("sns")
    arn = sns.create_topic(Name="one")["TopicArn"]
    with pytest.raises(ClientError, match="Subject"):
        sns.publish(TopicArn=arn, Message="m", Subject=subject)
    with pytest.raises(ClientError, match="Subject"):
        sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=[{"Id": "1", "Message": "m", "Subject": subject}])
    sns.publish(TopicArn=arn, Message="m", Subject="x" * 99)


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_message_has_no_control_characters(client: Client, character: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="one")["QueueUrl"]
    with pytest.raises(ClientError, match="InvalidMessageContents"):
        sqs.send_message(QueueUrl=url, MessageBody=f"a{character}b")
    with pytest.raises(ClientError, match="InvalidMessageContents"):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": f"a{character}b"}])
    sqs.send_message(QueueUrl=url, MessageBody="\t\r\n \x7f\x85é\ud7ff\ue000\ufffd\U00010000\U0010ffff")


# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
def test_no_entry_has_a_source_of_aws(client: Client) -> None:
    entry = {"Source": "mine", "DetailType": "T", "Detail": "{}"}
    answer = client("events").put_events(Entries=[entry | {"Source": "aws.config"}, entry])
    assert [each.get("ErrorCode") for each in answer["Entries"]] == ["NotAuthorizedForSourceException", None]


# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
# "the total entry size must be less than 1MB"
def test_the_entries_of_a_request_are_less_than_1_mb(client: Client) -> None:
    entry = {"Source": "mine", "DetailType": "T"}

    def detail(size: int) -> str:
        return json.dumps({"a": "x" * (size - len('{"a": ""}'))})

    half, rest = 2**19 - 5, 2**19 - 5
    with pytest.raises(ClientError, match="ValidationException"):
        client("events").put_events(Entries=[entry | {"Detail": detail(half)}, entry | {"Detail": detail(rest)}])
    answer = client("events").put_events(
        Entries=[entry | {"Detail": detail(half)}, entry | {"Detail": detail(rest - 1)}]
    )
    assert answer["FailedEntryCount"] == 0


# The answer: https://github.com/awslabs/aws-config-rdk/issues/290; CloudFormation's types:
# https://repost.aws/knowledge-center/config-rule-unsupported-resource-type
@pytest.mark.parametrize("wrong", ["AWS::EC2::Snapshot", "AWS::Account", "Custom::Thing"])
def test_evaluations_are_of_types_that_config_or_cloudformation_has(client: Client, wrong: str) -> None:
    def put(resource_type: str) -> Any:
        evaluation = {
            "ComplianceResourceType": resource_type,
            "ComplianceResourceId": "one",
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
        }
        return client("config").put_evaluations(Evaluations=[evaluation], ResultToken="none", TestMode=True)

    with pytest.raises(ClientError, match="Only the following values are permitted"):
        put(wrong)
    for right in ("AWS::S3::Bucket", "AWS::::Account", *ONLY_CLOUDFORMATIONS):
        assert put(right) == put("AWS::S3::Bucket")


def test_types_that_only_cloudformation_has_are_in_its_registry() -> None:
    assert set(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")) >= ONLY_CLOUDFORMATIONS
