"""Execution roles, key policies, resource policies."""
# ruff: noqa: E501, ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws import LocalAws, Stack

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

TEMPLATE = """
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: t
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: g, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: by-g, KeySchema: [{AttributeName: g, KeyType: HASH}], Projection: {ProjectionType: ALL}}
  Secret:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: secret
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt Key.Arn}
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q, KmsMasterKeyId: !Ref Key}}
  One:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: one
      Handler: one.handler
      Policies: [{Statement: STATEMENTS}]
"""
CALLS = """
import boto3
def handler(event, context):
    service, operation, parameters = event
    try:
        getattr(boto3.client(service), operation)(**parameters)
    except Exception as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
"""
PUT = ["dynamodb", "put_item", {"TableName": "t", "Item": {"pk": {"S": "a"}}}]
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def attempt(deploy: Deploy, client: Client, statements: list[Any], request: Any) -> Any:
    deploy(TEMPLATE.replace("STATEMENTS", json.dumps(statements)), one=CALLS)
    answer = client("lambda").invoke(FunctionName="one", Payload=json.dumps(request))
    return json.loads(answer["Payload"].read())


@pytest.mark.parametrize(
    "statements",
    [
        [allow("dynamodb:PutItem", TABLE)],
        [allow("DynamoDB:put*", "arn:aws:dynamodb:*:*:table/?")],
        [allow(["sqs:*", "dynamodb:*"])],
        [{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::*"}],
        [allow("dynamodb:PutItem", TABLE, Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})],
        [allow("dynamodb:PutItem"), deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    ],
)
def test_a_role_may_what_a_statement_grants(deploy: Deploy, client: Client, statements: list[Any]) -> None:
    assert attempt(deploy, client, statements, PUT) is None


@pytest.mark.parametrize(
    "statements",
    [
        [allow("dynamodb:PutItem", f"{TABLE}/index/g")],
        [allow("dynamodb:Put")],
        [{"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}],
        [allow("dynamodb:*"), deny("dynamodb:PutItem", TABLE)],
        [allow("dynamodb:*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})],
        [allow("dynamodb:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "x"}})],
        [allow("dynamodb:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        [allow("dynamodb:*"), deny("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
    ],
)
def test_a_role_may_nothing_else(deploy: Deploy, client: Client, statements: list[Any]) -> None:
    code, message = attempt(deploy, client, statements, PUT)
    assert code == "AccessDeniedException"
    assert message.startswith("User: arn:aws:sts::123456789012:assumed-role/test-OneRole-")
    assert f"/one is not authorized to perform: dynamodb:PutItem on resource: {TABLE} " in message


def test_a_transaction_needs_the_actions_of_its_items(deploy: Deploy, client: Client) -> None:
    key = {"TableName": "t", "Key": {"pk": {"S": "a"}}}
    request = [
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [
                {"Update": key | {"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "x"}}}},
                {
                    "ConditionCheck": {
                        "TableName": "t",
                        "Key": {"pk": {"S": "b"}},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
            ]
        },
    ]
    assert (
        attempt(deploy, client, [allow(["dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"], TABLE)], request) is None
    )
    code, message = attempt(deploy, client, [allow(["dynamodb:UpdateItem", "dynamodb:TransactWriteItems"])], request)
    assert code == "AccessDeniedException"
    assert "dynamodb:ConditionCheckItem" in message


def test_an_index_is_a_resource_of_its_own(deploy: Deploy, client: Client) -> None:
    query = [
        "dynamodb",
        "query",
        {
            "TableName": "t",
            "IndexName": "by-g",
            "KeyConditionExpression": "g = :g",
            "ExpressionAttributeValues": {":g": {"S": "x"}},
        },
    ]
    assert attempt(deploy, client, [allow("dynamodb:Query", f"{TABLE}/index/*")], query) is None
    assert attempt(deploy, client, [allow("dynamodb:Query", TABLE)], query)[0] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("dynamodb:PutItem", ["dynamodb", "put_item", {"TableName": "secret", "Item": {"pk": {"S": "a"}}}]),
        (
            "sqs:SendMessage",
            [
                "sqs",
                "send_message",
                {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": "x"},
            ],
        ),
    ],
)
def test_an_encrypted_resource_needs_its_key_too(deploy: Deploy, client: Client, action: str, request_: Any) -> None:
    code, message = attempt(deploy, client, [allow(action)], request_)
    assert code == "AccessDeniedException"
    assert "not authorized to perform: kms:" in message
    assert attempt(deploy, client, [allow([action, "kms:GenerateDataKey*", "kms:Decrypt"])], request_) is None


def test_publishing_to_an_encrypted_topic_needs_its_key(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    statements = [allow("sns:Publish")]
    stack = deploy(TEMPLATE.replace("STATEMENTS", json.dumps(statements)), one=CALLS)
    publish = ["sns", "publish", {"TopicArn": stack.resources["Topic"], "Message": "x"}]
    assert "kms:GenerateDataKey" in attempt(deploy, client, statements, publish)[1]
    assert attempt(deploy, client, [allow(["sns:Publish", "kms:*"])], publish) is None


def test_calls_outside_a_function_need_no_permission(deploy: Deploy, client: Client) -> None:
    deploy(TEMPLATE.replace("STATEMENTS", json.dumps([deny("*")])), one=CALLS)
    client("dynamodb").put_item(TableName="secret", Item={"pk": {"S": "a"}})


def test_a_poller_uses_the_functions_role(aws: LocalAws, deploy_toy: Deploy, client: Client) -> None:
    stack = deploy_toy()
    role = stack.resources["CounterRole"]
    for policy in client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        client("iam").detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    aws.recorder.record({"resourceType": "AWS::S3::Bucket", "resourceId": "a"})
    aws.run_until_idle()
    assert "not authorized to perform: sqs:ReceiveMessage" in aws.undelivered[-1].reason


@pytest.mark.parametrize(
    ("call", "parameters", "needed"),
    [
        (
            "sqs.SendMessageBatch",
            {"QueueUrl": "https://sqs/1/q"},
            "sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:q",
        ),
        ("s3.GetObject", {"Bucket": "b", "Key": "k/x"}, "s3:GetObject arn:aws:s3:::b/k/x"),
        ("s3.ListObjectsV2", {"Bucket": "b"}, "s3:ListBucket arn:aws:s3:::b"),
        ("ssm.GetParameter", {"Name": "/a/b"}, "ssm:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/a/b"),
        (
            "lambda.Invoke",
            {"FunctionName": "f"},
            "lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:f",
        ),
        ("cloudwatch.PutMetricData", {"Namespace": "n"}, "cloudwatch:PutMetricData *"),
        (
            "cloudwatch.GetDashboard",
            {"DashboardName": "d"},
            "cloudwatch:GetDashboard arn:aws:cloudwatch::123456789012:dashboard/d",
        ),
        ("config.PutEvaluations", {"ResultToken": "t"}, "config:PutEvaluations *"),
        ("resourcegroupstaggingapi.GetResources", {}, "tag:GetResources *"),
        ("stepfunctions.ListStateMachines", {}, "states:ListStateMachines *"),
        ("wellarchitected.ListWorkloads", {}, "wellarchitected:ListWorkloads *"),
        (
            "events.PutEvents",
            {"Entries": [{}]},
            "events:PutEvents arn:aws:events:eu-west-1:123456789012:event-bus/default",
        ),
        ("dynamodb.BatchGetItem", {"RequestItems": {"t": {}}}, f"dynamodb:BatchGetItem {TABLE}"),
    ],
)
def test_a_call_needs_the_action_and_resource_that_aws_documents(
    aws: LocalAws, call: str, parameters: dict[str, Any], needed: str
) -> None:
    assert [" ".join(each) for each in aws.permissions._needs(call, parameters)] == [needed]


def test_a_rule_is_named_by_its_arn_in_a_policy(deploy_toy: Deploy, aws: LocalAws, client: Client) -> None:
    deploy_toy()
    (rule,) = client("config").describe_config_rules()["ConfigRules"]
    request = {"ConfigRuleNames": ["toy"]}
    assert list(aws.permissions._needs("config.StartConfigRulesEvaluation", request)) == [
        ("config:StartConfigRulesEvaluation", rule["ConfigRuleArn"])
    ]
