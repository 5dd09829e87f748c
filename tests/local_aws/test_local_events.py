"""EventBridge: what matches, what is delivered, and what is lost."""
# ruff: noqa: E501  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws, Stack

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

TEMPLATE = """
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Other: {Type: AWS::Events::EventBus, Properties: {Name: other}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q QUEUE}}
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue, !Ref Dead]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: "sqs:SendMessage", Principal: {Service: events.amazonaws.com}, Resource: "*"}
  Archive: {Type: AWS::Events::Archive, Properties: {ArchiveName: archive, SourceArn: !GetAtt Bus.Arn}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [{prefix: mi}], detail: {n: [{numeric: [">", 3]}]}}
      RULE
      Targets: [{Id: q, Arn: !GetAtt Queue.Arn TARGET}]
  KEY
"""


def prepare(deploy: Deploy, rule: str = "State: ENABLED", target: str = "", queue: str = "", key: str = "") -> Stack:
    text = TEMPLATE.replace("RULE", rule).replace("TARGET", target).replace("QUEUE", queue).replace("KEY", key)
    return deploy(text, one="def handler(event, context): return event\n")


def put(client: Client, n: int = 5, bus: str = "bus", source: str = "mine", **more: Any) -> dict[str, Any]:
    entry = {"Source": source, "DetailType": "T", "Detail": json.dumps({"n": n}), "EventBusName": bus, **more}
    answer: dict[str, Any] = client("events").put_events(Entries=[entry])
    return answer


def received(client: Client, name: str = "q") -> list[Any]:
    url = client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in found]


def test_a_matching_event_arrives_whole(deploy: Deploy, client: Client) -> None:
    prepare(deploy)
    answer = put(client, Resources=["arn:x"])
    put(client, n=3)
    put(client, source="yours")
    (event,) = received(client)
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert event | {"id": "", "time": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "T",
        "source": "mine",
        "account": "123456789012",
        "time": "",
        "region": "eu-west-1",
        "resources": ["arn:x"],
        "detail": {"n": 5},
    }


def test_a_rule_listens_to_its_own_bus_and_only_when_enabled(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    prepare(deploy, rule="State: DISABLED")
    put(client)
    put(client, bus="other")
    assert received(client) == []
    client("events").enable_rule(Name=aws.deployer.stacks["test"]["Rule"].named, EventBusName="bus")
    put(client)
    assert len(received(client)) == 1


def test_a_schedule_receives_no_events_but_fires(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Resources:
      One:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: one
          Handler: one.handler
          Events:
            Hourly: {Type: Schedule, Properties: {Schedule: rate(1 hour), Input: '{"tick": true}'}}
            Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}
    """
    deploy(template, one="def handler(event, context): return event\n")
    put(client, bus="default")
    aws.run_until_idle()
    assert aws.invocations == []
    aws.fire_schedules()
    aws.run_until_idle()
    assert [each.result for each in aws.invocations] == [{"tick": True}]


def test_an_event_for_an_unknown_bus_is_accepted_and_lost(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    prepare(deploy)
    assert put(client, bus="nowhere")["FailedEntryCount"] == 0
    assert [each.reason for each in aws.undelivered] == ["no such event bus"]


def test_requests_that_aws_refuses_are_refused(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    prepare(deploy)
    entry = {"Source": "mine", "DetailType": "T", "Detail": "{}"}
    with pytest.raises(ClientError, match="ValidationException"):
        client("events").put_events(Entries=[entry] * 11)
    with pytest.raises(ClientError, match="ValidationException"):
        client("events").put_events(Entries=[entry | {"Detail": json.dumps({"a": "x" * 2**20})}])
    answer = client("events").put_events(Entries=[entry, entry | {"Detail": "[]"}, entry | {"Source": ""}])
    assert [each.get("ErrorCode") for each in answer["Entries"]] == [None, "MalformedDetail", "InvalidArgument"]
    assert answer["FailedEntryCount"] == 2
    aws.events.failing_entries.append("InternalFailure")
    assert put(client)["Entries"][0]["ErrorCode"] == "InternalFailure"


def test_a_function_may_not_speak_for_aws(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Resources:
      One:
        Type: AWS::Serverless::Function
        Properties: {FunctionName: one, Handler: one.handler, Policies: [{Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]}
    """
    deploy(
        template,
        one="""
        import boto3
        def handler(event, context):
            entry = {"Source": "aws.config", "DetailType": "T", "Detail": "{}"}
            return boto3.client("events").put_events(Entries=[entry])["Entries"]
        """,
    )
    client("lambda").invoke(FunctionName="one", Payload=b"{}")
    assert aws.invocations[0].result[0]["ErrorCode"] == "NotAuthorizedForSourceException"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (", Input: '{\"a\": 1}'", {"a": 1}),
        (", InputPath: $.detail", {"n": 5}),
        (
            ', InputTransformer: {InputPathsMap: {n: $.detail.n, s: $.source, d: $.detail}, InputTemplate: \'{"text": "<s> has <n>", "n": <n>, "s": <s>, "d": <d>}\'}',
            {"text": "mine has 5", "n": 5, "s": "mine", "d": {"n": 5}},
        ),
    ],
)
def test_a_target_can_shape_its_input(deploy: Deploy, client: Client, target: str, expected: Any) -> None:
    prepare(deploy, target=target)
    put(client)
    assert received(client) == [expected]


def test_a_queue_that_does_not_admit_the_rule_leaves_the_event_to_the_dead_letter_queue(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    stack = prepare(deploy, target=", DeadLetterConfig: {Arn: !GetAtt Dead.Arn}")
    url = stack.resources["Queue"]
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    put(client)
    assert (len(received(client)), len(received(client, "dead"))) == (0, 1)
    client("sqs").set_queue_attributes(QueueUrl=stack.resources["Dead"], Attributes={"Policy": ""})
    put(client)
    assert "does not let events.amazonaws.com sqs:SendMessage" in aws.undelivered[0].reason


KEY = """Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {Service: SERVICE}, Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: "*"}
"""


@pytest.mark.parametrize(("service", "arrives"), [("events.amazonaws.com", 1), ("sns.amazonaws.com", 0)])
def test_an_encrypted_queue_needs_a_key_that_admits_eventbridge(
    aws: LocalAws, deploy: Deploy, client: Client, service: str, arrives: int
) -> None:
    prepare(deploy, queue=", KmsMasterKeyId: !Ref Key", key=KEY.replace("SERVICE", service))
    put(client)
    assert len(received(client)) == arrives
    assert len(aws.undelivered) == 1 - arrives


def test_events_pass_from_bus_to_bus_and_to_topics_and_functions(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Resources:
      First: {Type: AWS::Events::EventBus, Properties: {Name: first}}
      Hub: {Type: AWS::Events::EventBus, Properties: {Name: hub}}
      Forward:
        Type: AWS::Events::Rule
        Properties: {EventBusName: !Ref First, EventPattern: {source: [mine]}, Targets: [{Id: hub, Arn: !GetAtt Hub.Arn}]}
      Topic: {Type: AWS::SNS::Topic}
      Listener: {Type: AWS::SQS::Queue, Properties: {QueueName: listener}}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Listener.Arn, RawMessageDelivery: true}
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Statement: [{Effect: Allow, Action: "sns:Publish", Principal: {Service: events.amazonaws.com}, Resource: !Ref Topic}]
      Tell:
        Type: AWS::Events::Rule
        Properties: {EventBusName: !Ref Hub, EventPattern: {source: [mine]}, Targets: [{Id: topic, Arn: !Ref Topic}]}
      One:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: one
          Handler: one.handler
          Events: {Hub: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Hub, Pattern: {source: [mine]}}}}
    """
    deploy(template, one="def handler(event, context): return event['detail']\n")
    put(client, bus="first", Resources=["arn:x"])
    (event,) = received(client, "listener")
    assert (event["account"], event["resources"]) == ("123456789012", ["arn:x"])
    aws.run_until_idle()
    assert [each.result for each in aws.invocations] == [{"n": 5}]
    function = aws.functions.find("one")
    assert function is not None
    function.statements.clear()
    put(client, bus="first")
    aws.run_until_idle()
    assert len(aws.invocations) == 1
    assert "no permission for events.amazonaws.com" in aws.undelivered[0].reason


def test_an_archive_can_be_replayed(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    prepare(deploy)
    put(client)
    (first,) = received(client)
    aws.replay("archive")
    (again,) = received(client)
    assert again.pop("replay-name").startswith("replay-")
    assert again == first
