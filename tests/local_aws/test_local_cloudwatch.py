"""CloudWatch: embedded metrics, metric filters, alarms and their notices."""
# ruff: noqa: E501  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws import LocalAws, Stack
from local_aws.cloudwatch import filter_matches

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

TEMPLATE = """
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: alerts}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/lambda/one, RetentionInDays: 7}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: '{ $.level = "ERROR" }'
      MetricTransformations: [{MetricNamespace: toy, MetricName: Problems, MetricValue: "1"}]
  One:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: one, Handler: one.handler}
  Low:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: low
      Namespace: toy
      MetricName: Score
      Dimensions: [{Name: Pillar, Value: security}]
      Statistic: Minimum
      Period: "60"
      EvaluationPeriods: 1
      Threshold: 70
      ComparisonOperator: LessThanThreshold
      AlarmActions: [!Ref Topic]
      OKActions: [!Ref Topic]
  Failing:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: failing
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Ref One}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
  Either: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmName: either, AlarmRule: 'ALARM(low) OR ALARM("failing")', AlarmActions: [!Ref Topic]}}
"""
SCORE = """
import json, time
def handler(event, context):
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [
        {"Namespace": "toy", "Dimensions": [["Pillar"], []], "Metrics": [{"Name": "Score", "Unit": "Percent"}]}]},
        "Pillar": "security", "Score": event["score"]}))
    print(json.dumps({"level": event.get("level", "INFO")}))
    assert not event.get("fail")
"""


def run(client: Client, **event: Any) -> None:
    client("lambda").invoke(FunctionName="one", Payload=json.dumps(event))


def listen(client: Client) -> Callable[[], list[Any]]:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="mail")["QueueUrl"]
    client("sns").subscribe(
        TopicArn="arn:aws:sns:eu-west-1:123456789012:alerts",
        Protocol="sqs",
        Endpoint="arn:aws:sqs:eu-west-1:123456789012:mail",
        Attributes={"RawMessageDelivery": "true"},
    )

    def read() -> list[Any]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        notices = [json.loads(each["Body"]) for each in messages]
        return [(each["AlarmName"], each["OldStateValue"], each["NewStateValue"]) for each in notices]

    return read


def total(client: Client, name: str, namespace: str = "toy", **dimensions: str) -> float:
    now = datetime.now(UTC)
    answer = client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
        Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
    )
    return float(sum(each["Sum"] for each in answer["Datapoints"]))


def test_embedded_metrics_and_filters_become_metrics(deploy: Deploy, client: Client) -> None:
    deploy(TEMPLATE, one=SCORE)
    run(client, score=[80, 60], level="ERROR")
    assert total(client, "Score", Pillar="security") == 140
    assert total(client, "Problems") == 1
    assert total(client, "Invocations", "AWS/Lambda", FunctionName="one") == 1


def test_a_role_that_may_not_log_has_no_metrics(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(TEMPLATE, one=SCORE)
    role = stack.resources["OneRole"]
    for policy in client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        client("iam").detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    run(client, score=80)
    assert total(client, "Score", Pillar="security") == 0
    assert "logs:PutLogEvents" in aws.undelivered[0].reason


def test_an_alarm_notifies_its_topic_when_it_changes_and_only_then(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    deploy(TEMPLATE, one=SCORE)
    read = listen(client)
    assert aws.evaluate_alarms() == {"low": "INSUFFICIENT_DATA", "failing": "OK", "either": "OK"}
    run(client, score=80)
    aws.evaluate_alarms()
    assert read() == [("low", "INSUFFICIENT_DATA", "OK")]
    run(client, score=60)
    assert aws.evaluate_alarms()["low"] == "ALARM"
    assert aws.evaluate_alarms()["either"] == "ALARM"
    assert sorted(read()) == [("either", "OK", "ALARM"), ("low", "OK", "ALARM")]


def test_errors_of_a_function_are_a_metric(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy(TEMPLATE, one=SCORE)
    run(client, score=80, fail=True)
    assert aws.evaluate_alarms()["failing"] == "ALARM"


def test_messages_in_a_queue_are_a_metric(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy("""
    Resources:
      Dead: {Type: AWS::SQS::Queue}
      Alarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: dead-letters
          Namespace: AWS/SQS
          MetricName: ApproximateNumberOfMessagesVisible
          Dimensions: [{Name: QueueName, Value: !GetAtt Dead.QueueName}]
          Statistic: Maximum
          Period: 60
          EvaluationPeriods: 1
          Threshold: 0
          ComparisonOperator: GreaterThanThreshold
    """)
    assert aws.evaluate_alarms() == {"dead-letters": "OK"}
    client("sqs").send_message(QueueUrl=stack.resources["Dead"], MessageBody="x")
    assert aws.evaluate_alarms() == {"dead-letters": "ALARM"}


def test_a_topic_whose_policy_does_not_admit_cloudwatch_stays_silent(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    policy = """
      Policy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: "sns:Publish"
                Principal: {Service: events.amazonaws.com}
                Resource: !Ref Topic
    """
    deploy(TEMPLATE + policy.replace("\n    ", "\n").rstrip(), one=SCORE)
    read = listen(client)
    run(client, score=10)
    aws.evaluate_alarms()
    assert read() == []
    assert any("cloudwatch.amazonaws.com" in each.reason for each in aws.undelivered)


@pytest.mark.parametrize(
    ("expression", "state"),
    [("a / FILL(b, 1) * 100", "ALARM"), ("IF(a > 10, a, 0)", "OK"), ("a - b", "INSUFFICIENT_DATA")],
)
def test_metric_math_of_the_simple_kind_is_calculated(
    aws: LocalAws, deploy: Deploy, client: Client, expression: str, state: str
) -> None:
    deploy(f"""
    Resources:
      Alarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: math
          EvaluationPeriods: 1
          Threshold: 50
          ComparisonOperator: GreaterThanThreshold
          Metrics:
            - {{Id: e, Expression: "{expression}"}}
            - {{Id: a, ReturnData: false, MetricStat: {{Metric: {{Namespace: n, MetricName: a}}, Period: 60, Stat: Sum}}}}
            - {{Id: b, ReturnData: false, MetricStat: {{Metric: {{Namespace: n, MetricName: b}}, Period: 60, Stat: Sum}}}}
    """)
    client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "a", "Value": 3}])
    assert aws.evaluate_alarms() == {"math": state}


def test_composite_alarms_are_described_on_request(deploy: Deploy, client: Client) -> None:
    deploy(TEMPLATE, one=SCORE)
    cloudwatch = client("cloudwatch")
    assert cloudwatch.describe_alarms().get("CompositeAlarms", []) == []
    answer = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])
    assert [each["AlarmName"] for each in answer["CompositeAlarms"]] == ["either"]


@pytest.mark.parametrize(
    ("pattern", "line", "matches"),
    [
        ("ERROR", "[ERROR] x", True),
        ('"not found" -ignored', "it was not found", True),
        ('"not found" -ignored', "not found, ignored", False),
        ("?a ?b", "only b", True),
        ('{ $.status >= 500 && $.path = "/x" }', '{"status": 502, "path": "/x"}', True),
        ("{ ($.status >= 500) || ($.ok = false) }", '{"status": 200, "ok": false}', True),
        ("{ $.status >= 500 }", "plain text", False),
    ],
)
def test_filter_patterns(pattern: str, line: str, matches: bool) -> None:
    assert filter_matches(pattern, line) is matches
