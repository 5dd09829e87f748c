"""Lambda: environment, isolation, logs, retries, destinations, synchronous calls."""
# ruff: noqa: ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from local_aws import LocalAws, Stack
from rules.catalogue import OWN, OWN_FOLDER

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

ONE = """
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: one
      Handler: one.handler
      MemorySize: 256
      Environment: {Variables: {COLOUR: green, COUNT: 3}}
"""


def call(client: Client, event: Any = None, name: str = "one") -> Any:
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


def test_the_environment_is_what_is_deployed_and_what_lambda_sets(
    deploy: Deploy, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLY_ON_THE_LAPTOP", "1")
    deploy(ONE, one="import os\ndef handler(event, context): return dict(os.environ)\n")
    result, error = call(client)
    assert error is None
    assert (result["COLOUR"], result["COUNT"], result["AWS_REGION"]) == ("green", "3", "eu-west-1")
    assert (result["AWS_LAMBDA_FUNCTION_NAME"], result["_HANDLER"]) == ("one", "one.handler")
    assert "ONLY_ON_THE_LAPTOP" not in result
    assert os.environ["ONLY_ON_THE_LAPTOP"] == "1"
    assert "COLOUR" not in os.environ


def test_the_users_own_checks_are_found_and_each_function_has_its_copy(
    deploy: Deploy, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OWN_FOLDER, "/somewhere")
    monkeypatch.setitem(sys.modules, f"{OWN}.s3_bucket", ModuleType("the command line's"))
    code = f"""
        import os, sys
        def handler(event, context):
            return [os.environ.get("{OWN_FOLDER}"), "{OWN}.s3_bucket" in sys.modules]
        """
    deploy(ONE, one=code)
    assert call(client) == (["/somewhere", False], None)
    assert f"{OWN}.s3_bucket" in sys.modules


def test_the_context_is_lambdas(deploy: Deploy, client: Client) -> None:
    deploy(
        ONE,
        one="""
        def handler(event, context):
            return [context.function_name, context.memory_limit_in_mb, context.invoked_function_arn,
                    context.get_remaining_time_in_millis() <= 3000, len(context.aws_request_id)]
        """,
    )
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:one"
    assert call(client) == (["one", 256, arn, True, 36], None)


def test_module_state_survives_between_invocations_and_belongs_to_one_function(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    two = (
        ONE.replace("One:", "Two:")
        .replace("one", "two")
        .replace("Resources:", "")
        .replace("two.handler", "one.handler")
    )
    deploy(ONE + two, one="state = []\ndef handler(event, context):\n    state.append(1)\n    return len(state)\n")
    assert [call(client)[0], call(client)[0], call(client, name="two")[0]] == [1, 2, 1]


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("nothing.handler", "Runtime.ImportModuleError"),
        ("one.nothing", "Runtime.HandlerNotFound"),
        ("handler", "Runtime.HandlerNotFound"),
    ],
)
def test_a_wrong_handler_string_fails_as_in_lambda(deploy: Deploy, client: Client, handler: str, kind: str) -> None:
    deploy(ONE.replace("one.handler", handler), one="def handler(event, context): return 1\n")
    result, error = call(client)
    assert (result["errorType"], error) == (kind, "Unhandled")


def test_a_result_that_is_not_json_fails(deploy: Deploy, client: Client) -> None:
    deploy(ONE, one="def handler(event, context): return {1, 2}\n")
    assert call(client)[0]["errorType"] == "Runtime.MarshalError"


def test_standard_output_and_logging_are_the_log(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy(
        ONE,
        one="""
        import logging, sys
        logger = logging.getLogger("mine")
        handler_of_its_own = logging.StreamHandler(sys.stdout)
        def handler(event, context):
            logger.warning("careful")
            handler_of_its_own.stream.write("kept from the cold start\\n")
            print("hello")
        """,
    )
    call(client)
    call(client)
    for done in aws.invocations:
        assert "[WARNING]" in done.log
        assert "careful" in done.log
        assert done.log.endswith("kept from the cold start\nhello\n")


FAILING = """
Resources:
  Failures: {Type: AWS::SQS::Queue}
  One:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: one
      Handler: one.handler
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}
"""
RAISES = "def handler(event, context): raise ValueError('no')\n"


def test_an_asynchronous_failure_is_retried_and_goes_to_its_destination(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    stack = deploy(FAILING, one=RAISES)
    client("lambda").invoke(FunctionName="one", InvocationType="Event", Payload=b'{"a": 1}')
    aws.run_until_idle()
    assert aws.undelivered == []
    assert [type(each.error).__name__ for each in aws.invocations] == ["ValueError", "ValueError"]
    message = client("sqs").receive_message(QueueUrl=stack.resources["Failures"])["Messages"][0]
    record = json.loads(message["Body"])
    assert record["requestPayload"] == {"a": 1}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responsePayload"]["errorType"] == "ValueError"


def test_a_destination_needs_the_roles_permission(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(FAILING, one=RAISES)
    role = stack.resources["OneRole"]
    for name in client("iam").list_role_policies(RoleName=role)["PolicyNames"]:
        client("iam").delete_role_policy(RoleName=role, PolicyName=name)
    client("lambda").invoke(FunctionName="one", InvocationType="Event", Payload=b"{}")
    aws.run_until_idle()
    assert "not authorized to perform: sqs:SendMessage" in aws.undelivered[0].reason


def test_without_a_destination_the_event_is_lost_and_the_loss_is_recorded(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    deploy(ONE, one=RAISES)
    client("lambda").invoke(FunctionName="one", InvocationType="Event", Payload=b'"x"')
    aws.run_until_idle()
    assert len(aws.invocations) == 3
    assert [(each.target, each.event) for each in aws.undelivered] == [("one", "x")]


def test_a_dead_letter_queue_receives_the_event_itself(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Resources:
      Dead: {Type: AWS::SQS::Queue}
      One:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: one
          Handler: one.handler
          DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
    """
    stack = deploy(template, one=RAISES)
    client("lambda").invoke(FunctionName="one", InvocationType="Event", Payload=b'{"a": 1}')
    aws.run_until_idle()
    assert client("sqs").receive_message(QueueUrl=stack.resources["Dead"])["Messages"][0]["Body"] == '{"a": 1}'


def test_a_topic_invokes_a_function_that_admits_it(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
      One:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: one
          Handler: one.handler
          Events: {Topic: {Type: SNS, Properties: {Topic: !Ref Topic}}}
    """
    stack = deploy(template, one="def handler(event, context): return event['Records'][0]['Sns']['Message']\n")
    client("sns").publish(TopicArn=stack.resources["Topic"], Message="hello")
    aws.run_until_idle()
    assert [each.result for each in aws.invocations] == ["hello"]
    function = aws.functions.find("one")
    assert function is not None
    function.statements.clear()
    client("sns").publish(TopicArn=stack.resources["Topic"], Message="again")
    aws.run_until_idle()
    assert len(aws.invocations) == 1
    assert "no permission for sns.amazonaws.com" in aws.undelivered[0].reason


PUT = """
import boto3, os
def handler(event, context):
    try:
        boto3.client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "a"}})
    except Exception:
        pass
    finally:
        boto3.client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "finally"}})
        print("finally")
"""
TABLE = """
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: t
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  One:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: one
      Handler: one.handler
      Policies: [{Statement: [{Effect: Allow, Action: "dynamodb:*", Resource: !GetAtt Table.Arn}]}]
"""


@pytest.mark.parametrize(("when", "rows"), [("before", 0), ("after", 1)])
def test_a_killed_function_does_nothing_more(
    aws: LocalAws, deploy: Deploy, client: Client, when: Any, rows: int
) -> None:
    deploy(TABLE, one=PUT)
    aws.kill_next(service="dynamodb", operation="PutItem", when=when)
    assert call(client)[1] == "Unhandled"
    assert client("dynamodb").scan(TableName="t")["Count"] == rows
    assert aws.invocations[0].log == ""
    assert call(client)[1] is None


def test_a_function_that_will_be_killed_is_at_the_end_of_its_time(
    aws: LocalAws, deploy: Deploy, client: Client
) -> None:
    deploy(ONE, one="def handler(event, context): return context.get_remaining_time_in_millis()\n")
    assert call(client)[0] > 1
    aws.kill_next(service="dynamodb", operation="PutItem", function="one")
    assert call(client)[0] == 1


def test_a_call_can_be_made_to_fail_once(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy(
        TABLE,
        one="""
        import boto3
        def handler(event, context):
            try:
                boto3.client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "a"}})
            except boto3.client("dynamodb").exceptions.ClientError as error:
                return error.response["Error"]["Code"]
        """,
    )
    aws.fail_next(service="dynamodb", operation="PutItem", code="ThrottlingException")
    assert [call(client)[0], call(client)[0]] == ["ThrottlingException", None]
