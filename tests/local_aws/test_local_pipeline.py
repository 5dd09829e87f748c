"""From a recorded item to a row in the table, and what breaks when one line of the template is missing."""
# ruff: noqa: ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from local_aws import DeployError, LocalAws, Stack

BUCKET = {"resourceType": "AWS::S3::Bucket", "resourceId": "a"}
Deploy = Callable[..., Stack]
Client = Callable[[str], Any]


def rows(client: Client, stack: Stack) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client("dynamodb").scan(TableName=stack.outputs["Table"])["Items"]
    return items


def test_a_recorded_item_becomes_an_evaluation_and_a_row(aws: LocalAws, deploy_toy: Deploy, client: Client) -> None:
    stack = deploy_toy()
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    assert aws.config.compliance("toy") == {("AWS::S3::Bucket", "a"): ("COMPLIANT", "seen")}
    assert rows(client, stack) == [{"pk": {"S": "a"}, "seen": {"N": "1"}}]
    assert [each.error for each in aws.invocations] == [None, None]
    assert aws.invocations[0].log == "judged a\n"
    assert aws.undelivered == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("[AWS::S3::Bucket]", "[AWS::SQS::Queue]", id="the rule's scope"),
        pytest.param("source: [toy]", "source: [other]", id="the event pattern"),
        pytest.param("EventBusName: !Ref Bus", "EventBusName: default", id="the EventBridge rule's bus"),
        pytest.param("- {Arn: !GetAtt Queue.Arn, Id: queue}", "[]", id="the target"),
        pytest.param(
            "Principal: {Service: events.amazonaws.com}", "Principal: {Service: sns.amazonaws.com}", id="queue policy"
        ),
        pytest.param("BatchSize: 10", "Enabled: false", id="the event source mapping"),
        pytest.param("evaluator.handler", "evaluator.handle", id="a handler's attribute"),
        pytest.param("counter.handler", "count.handler", id="a handler's module"),
        pytest.param("BUS: !Ref Bus", "BUSES: !Ref Bus", id="an environment variable"),
        pytest.param("TABLE: !Ref Table", "TABLE: elsewhere", id="a wrong environment variable"),
        pytest.param("Action: events:PutEvents", "Action: events:PutRule", id="permission to put events"),
        pytest.param("Action: dynamodb:UpdateItem", "Action: dynamodb:GetItem", id="permission to write"),
    ],
)
def test_a_missing_line_stops_delivery(aws: LocalAws, deploy_toy: Deploy, client: Client, old: str, new: str) -> None:
    stack = deploy_toy((old, new))
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    assert rows(client, stack) == []
    queue = client("sqs").get_queue_url(QueueName=stack.resources["Queue"].rpartition("/")[2])["QueueUrl"]
    counted = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    visible = (
        any(each.error for each in aws.invocations)
        or aws.undelivered
        or counted["ApproximateNumberOfMessages"] != "0"
        or len(aws.invocations) < 2
    )
    assert visible


def test_without_permission_for_config_the_rule_is_refused_as_in_aws(deploy_toy: Deploy) -> None:
    with pytest.raises(DeployError, match=r"Rule \(AWS::Config::ConfigRule\).*cannot be invoked"):
        deploy_toy(("Principal: config.amazonaws.com", "Principal: sns.amazonaws.com"))


def test_a_permission_taken_away_later_is_a_refused_invocation(aws: LocalAws, deploy_toy: Deploy) -> None:
    deploy_toy()
    for function in aws.functions.functions.values():
        function.statements.clear()
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    assert aws.invocations == []
    assert [each.reason for each in aws.undelivered] == ["no permission for config.amazonaws.com with this SourceArn"]


def test_a_deleted_resource_invokes_the_rules(aws: LocalAws, deploy_toy: Deploy, client: Client) -> None:
    stack = deploy_toy()
    aws.recorder.record(BUCKET)
    aws.recorder.delete("AWS::S3::Bucket", "a")
    aws.run_until_idle()
    assert rows(client, stack) == [{"pk": {"S": "a"}, "seen": {"N": "2"}}]


def test_hundreds_of_items_take_seconds(aws: LocalAws, deploy_toy: Deploy, client: Client) -> None:
    stack = deploy_toy()
    for number in range(200):
        aws.recorder.record(BUCKET | {"resourceId": f"bucket-{number}"})
    aws.run_until_idle()
    assert len(rows(client, stack)) == 200


def test_two_local_aws_share_nothing(deploy_toy: Deploy, aws: LocalAws, client: Client) -> None:
    deploy_toy()
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    with LocalAws(region="us-east-1", account="210987654321") as other:
        assert client("sts").get_caller_identity()["Account"] == "210987654321"
        assert other.invocations == []


def test_nothing_remains_after_the_with_statement(client: Client) -> None:
    before = vars(BaseClient)["_make_api_call"]
    with LocalAws():
        assert vars(BaseClient)["_make_api_call"] is not before
    assert vars(BaseClient)["_make_api_call"] is before
