"""SQS event source mappings: batches, partial failures, dead letters."""
# ruff: noqa: E501, ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws import LocalAws, NeverSettles, Stack

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

TEMPLATE = """
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {ReceiveMessageWaitTimeSeconds: 20, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  One:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: one
      Handler: one.handler
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures]}}
"""
WHOLE = TEMPLATE.replace(", FunctionResponseTypes: [ReportBatchItemFailures]", "")
REPORTS = """
def handler(event, context):
    bad = [each["messageId"] for each in event["Records"] if each["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}
"""
RAISES = """
def handler(event, context):
    if any(each["body"] == "bad" for each in event["Records"]):
        raise ValueError("bad")
"""


def send(client: Client, stack: Stack, *bodies: str) -> None:
    for body in bodies:
        client("sqs").send_message(QueueUrl=stack.resources["Queue"], MessageBody=body)


def left(client: Client, stack: Stack, name: str) -> int:
    attributes = client("sqs").get_queue_attributes(QueueUrl=stack.resources[name], AttributeNames=["All"])[
        "Attributes"
    ]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def bodies(aws: LocalAws) -> list[list[str]]:
    return [[each["body"] for each in done.event["Records"]] for done in aws.invocations]


def test_messages_come_in_batches_and_are_deleted(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(TEMPLATE, one=REPORTS)
    send(client, stack, *"abcdefg")
    aws.run_until_idle()
    assert bodies(aws) == [list("abcde"), list("fg")]
    assert left(client, stack, "Queue") == 0


def test_a_batch_can_be_larger_than_one_receive(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(TEMPLATE.replace("BatchSize: 5", "BatchSize: 25, MaximumBatchingWindowInSeconds: 5"), one=REPORTS)
    send(client, stack, *map(str, range(30)))
    aws.run_until_idle()
    assert [len(each) for each in bodies(aws)] == [25, 5]


def test_a_record_has_the_shape_of_sqs(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(TEMPLATE, one=REPORTS)
    attribute = {"colour": {"DataType": "String", "StringValue": "green"}}
    client("sqs").send_message(QueueUrl=stack.resources["Queue"], MessageBody="a", MessageAttributes=attribute)
    aws.run_until_idle()
    record = aws.invocations[0].event["Records"][0]
    assert set(record) == {
        "messageId",
        "receiptHandle",
        "body",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
        "md5OfMessageAttributes",
    }
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["colour"]["stringValue"] == "green"
    assert (record["eventSource"], record["eventSourceARN"].rpartition(":")[2][:10]) == ("aws:sqs", "test-Queue")


def test_only_reported_messages_come_back_and_end_as_dead_letters(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    stack = deploy(TEMPLATE, one=REPORTS)
    send(client, stack, "good", "bad")
    aws.run_until_idle()
    assert bodies(aws) == [["good", "bad"], ["bad"], ["bad"]]
    assert (left(client, stack, "Queue"), left(client, stack, "Dead")) == (0, 1)


def test_a_report_that_was_not_requested_is_ignored(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(WHOLE, one=REPORTS)
    send(client, stack, "good", "bad")
    aws.run_until_idle()
    assert bodies(aws) == [["good", "bad"]]
    assert (left(client, stack, "Queue"), left(client, stack, "Dead")) == (0, 0)


@pytest.mark.parametrize("template", [TEMPLATE, WHOLE])
def test_an_error_brings_back_the_whole_batch(aws: LocalAws, deploy: Deploy, client: Client, template: str) -> None:
    stack = deploy(template, one=RAISES)
    send(client, stack, "good", "bad")
    aws.run_until_idle()
    assert bodies(aws) == [["good", "bad"]] * 3
    assert left(client, stack, "Dead") == 2


@pytest.mark.parametrize(
    "answer", ['{"batchItemFailures": [{"itemIdentifier": "unknown"}]}', '{"batchItemFailures": [{}]}', '"failed"']
)
def test_an_answer_that_makes_no_sense_fails_the_batch(
    aws: LocalAws, deploy: Deploy, client: Client, answer: str
) -> None:
    stack = deploy(TEMPLATE, one=f"def handler(event, context): return {answer}\n")
    send(client, stack, "good")
    aws.run_until_idle()
    assert left(client, stack, "Dead") == 1


def test_a_message_that_always_fails_and_has_no_way_out_is_an_error(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    template = TEMPLATE.replace(", RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}", "")
    stack = deploy(template, one=RAISES)
    send(client, stack, "bad")
    with pytest.raises(NeverSettles, match="bad"):
        aws.run_until_idle()


def test_a_subscribed_queue_receives_what_a_topic_publishes(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy("Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: alerts}}}")
    sqs, sns = client("sqs"), client("sns")
    url = sqs.create_queue(QueueName="mail")["QueueUrl"]
    topic = "arn:aws:sns:eu-west-1:123456789012:alerts"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:mail")
    sns.publish(TopicArn=topic, Subject="s", Message="m")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "m"
