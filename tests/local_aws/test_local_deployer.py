"""The deployer: SAM, parameters, conditions, nested stacks, updates, custom resources, and loud refusals."""
# ruff: noqa: E501  # templates in flow style, a resource a line; a fixture may be wanted for its effect

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local_aws import DeployError, LocalAws, Stack

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("Resources: {Odd: {Type: AWS::Odd::Thing}}", r"test\.Odd: the local AWS has no model of AWS::Odd::Thing"),
        (
            "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {Colour: red}}}",
            r"test\.Q \(AWS::SQS::Queue\).*property Colour",
        ),
        (
            "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Missing}}}",
            "unresolved reference to Missing",
        ),
        ("Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {A: {Value: !GetAtt Q.Colour}}", "has no attribute Colour"),
        ("Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: 'a b'}}}", r"test\.Q \(AWS::SQS::Queue\)"),
        ("Resources: {Q: {Type: AWS::SQS::Queue, Condition: Never}}", "undefined condition Never"),
        (
            "Resources: {A: {Type: AWS::SQS::Queue, DependsOn: B}, B: {Type: AWS::SQS::Queue, DependsOn: A}}",
            "circular dependency: A -> B -> A",
        ),
        (
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: 1, Colour: red}}}",
            "not valid SAM.*Colour",
        ),
        ("Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Colour: red}}}", r"test\.A .*Colour"),
        (
            "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !ImportValue nothing}}}",
            "no export named nothing",
        ),
    ],
)
def test_what_cloudformation_refuses_is_refused_with_its_place(deploy: Deploy, template: str, reason: str) -> None:
    with pytest.raises(DeployError, match=f"(?s){reason}"):
        deploy(template)


PARAMETERS = """
Parameters:
  Mode: {Type: String, AllowedValues: [on, off], Default: on}
  Days: {Type: Number, MinValue: 1, Default: 7}
  Mail: {Type: String, AllowedPattern: "^$|.+@.+", Default: ""}
  Needed: {Type: String}
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g, RetentionInDays: !Ref Days}}
"""


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Needed": "x", "Mode": "dim"}, "parameter Mode refuses 'dim'"),
        ({"Needed": "x", "Days": "0"}, "parameter Days refuses '0'"),
        ({"Needed": "x", "Days": "many"}, "parameter Days refuses 'many'"),
        ({"Needed": "x", "Mail": "nobody"}, "parameter Mail refuses 'nobody'"),
        ({"Needed": "x", "Other": "y"}, "does not declare: Other"),
        ({}, "parameter Needed has no value"),
    ],
)
def test_parameters_are_checked(deploy: Deploy, given: dict[str, str], reason: str) -> None:
    with pytest.raises(DeployError, match=reason):
        deploy(PARAMETERS, given)


def test_numbers_written_as_text_reach_the_api_as_numbers(deploy: Deploy, client: Client) -> None:
    deploy(PARAMETERS, {"Needed": "x", "Days": "30"})
    (group,) = client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30


CONDITIONS = """
Parameters:
  Excluded: {Type: CommaDelimitedList, Default: ""}
  Region: {Type: String, Default: eu}
Mappings:
  Sizes: {eu: {size: small}, us: {size: large}}
Conditions:
  HasQueue: !Equals [!Join ["", !Split ["|queue|", !Join ["", ["|", !Join ["|", !Ref Excluded], "|"]]]], !Join ["", ["|", !Join ["|", !Ref Excluded], "|"]]]
  First: !Equals [!Select [0, !Split ["-", !Ref AWS::Region]], eu]
  Small: !Equals [!FindInMap [Sizes, !Ref Region, size], small]
  Both: !And [!Condition Small, !Not [!Condition HasQueue]]
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: HasQueue}
  Topic: {Type: AWS::SNS::Topic, Condition: Both}
  Parameter:
    Type: AWS::SSM::Parameter
    Properties:
      Name: p
      Type: String
      Value: !Sub ["${Size}-${AWS::Region}-${!literal}-${Excluded2}", {Size: !If [Small, s, l], Excluded2: !Join ["+", !Ref Excluded]}]
      Description: !If [First, !Ref AWS::NoValue, no]
Outputs:
  Queue: {Condition: HasQueue, Value: !GetAtt Queue.QueueName}
  Parameter: {Value: !GetAtt Parameter.Value, Export: {Name: !Sub "${AWS::StackName}-p"}}
"""


def test_conditions_functions_and_outputs(deploy: Deploy) -> None:
    stack = deploy(CONDITIONS)
    assert set(stack.resources) == {"Queue", "Parameter"}
    assert set(stack.outputs) == {"Queue", "Parameter"}
    assert stack.outputs["Parameter"] == "s-eu-west-1-${literal}-"


def test_an_excluded_type_is_found_in_its_list(deploy: Deploy) -> None:
    stack = deploy(CONDITIONS, {"Excluded": "topic,queue"})
    assert set(stack.resources) == {"Topic", "Parameter"}
    assert stack.outputs == {"Parameter": "s-eu-west-1-${literal}-topic+queue"}
    assert set(deploy(CONDITIONS, {"Excluded": "queues", "Region": "us"}).resources) == {"Queue", "Parameter"}


def test_a_nested_application_takes_parameters_and_gives_outputs(aws: LocalAws, tmp_path: Path, client: Client) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.py").write_text("import os\ndef handler(event, context): return os.environ['COLOUR']\n")
    (tmp_path / "inner" / "template.yaml").write_text(
        dedent("""
        Transform: AWS::Serverless-2016-10-31
        Parameters: {Colour: {Type: String}}
        Resources:
          One:
            Type: AWS::Serverless::Function
            Properties: {Handler: one.handler, Runtime: python3.13, CodeUri: ., Environment: {Variables: {COLOUR: !Ref Colour}}}
        Outputs: {Name: {Value: !Ref One}}
        """)
    )
    (tmp_path / "template.yaml").write_text(
        dedent("""
        Transform: AWS::Serverless-2016-10-31
        Parameters: {Colour: {Type: String, Default: green}}
        Resources:
          Inner: {Type: AWS::Serverless::Application, Properties: {Location: inner/template.yaml, Parameters: {Colour: !Ref Colour}}}
        Outputs: {Name: {Value: !GetAtt Inner.Outputs.Name}}
        """)
    )
    stack = aws.deploy(tmp_path / "template.yaml", {"Colour": "blue"})
    assert stack.nested["Inner"].outputs == {"Name": stack.outputs["Name"]}
    answer = client("lambda").invoke(FunctionName=stack.outputs["Name"], Payload=b"{}")
    assert answer["Payload"].read() == b'"blue"'


def test_a_change_updates_in_place_and_deletes_removed_resources(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    template = """
    Parameters: {Colour: {Type: String, Default: green}}
    Resources:
      Bus: {Type: AWS::Events::EventBus, Properties: {Name: b}}
      Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30}}
      Gone: {Type: AWS::SNS::Topic}
      Rule:
        Type: AWS::Events::Rule
        Properties: {EventBusName: !Ref Bus, EventPattern: {source: [a]}, Targets: [{Id: old, Arn: !GetAtt Queue.Arn}]}
      One:
        Type: AWS::Serverless::Function
        Properties: {FunctionName: one, Handler: one.handler, Environment: {Variables: {COLOUR: !Ref Colour}}}
    """
    code = "import os\nCOLOUR = os.environ['COLOUR']\ndef handler(event, context): return COLOUR\n"
    first = deploy(template, one=code)
    aws.invocations.clear()
    client("lambda").invoke(FunctionName="one")
    changed = template.replace("Timeout: 30", "Timeout: 60").replace("Id: old", "Id: new")
    second = deploy(changed.replace("Gone: {Type: AWS::SNS::Topic}", ""), {"Colour": "blue"})
    client("lambda").invoke(FunctionName="one")
    assert [each.result for each in aws.invocations] == ["green", "blue"]
    assert second.resources["Queue"] == first.resources["Queue"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=second.resources["Queue"], AttributeNames=["All"])
    assert attributes["Attributes"]["VisibilityTimeout"] == "60"
    assert client("sns").list_topics()["Topics"] == []
    rule = second.resources["Rule"].partition("|")[2]
    targets = client("events").list_targets_by_rule(Rule=rule, EventBusName="b")["Targets"]
    assert [each["Id"] for each in targets] == ["new"]


CUSTOM = """
Parameters: {Version: {Type: String, Default: "1"}}
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: one, Handler: one.handler}
  Release: {Type: Custom::Release, Properties: {ServiceToken: !GetAtt One.Arn, Version: !Ref Version, Count: 3, Flag: true}}
Outputs: {Greeting: {Value: !GetAtt Release.Greeting}}
"""
ANSWERS = """
import json, urllib.request
def handler(event, context):
    answer = {"Status": STATUS, "Reason": "because", "PhysicalResourceId": "release", "StackId": event["StackId"],
              "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"],
              "Data": {"Greeting": "hello " + event["ResourceProperties"]["Version"]}}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).read()
"""


def test_a_custom_resource_is_invoked_and_answers(aws: LocalAws, deploy: Deploy) -> None:
    code = ANSWERS.replace("STATUS", '"SUCCESS"')
    assert deploy(CUSTOM, one=code).outputs == {"Greeting": "hello 1"}
    assert deploy(CUSTOM).outputs == {"Greeting": "hello 1"}
    assert deploy(CUSTOM, {"Version": "2"}).outputs == {"Greeting": "hello 2"}
    deploy(CUSTOM.partition("  Release:")[0])
    events = [each.event for each in aws.invocations]
    assert [each["RequestType"] for each in events] == ["Create", "Update", "Delete"]
    assert events[0]["ResourceProperties"] == events[1]["OldResourceProperties"]
    assert (events[0]["ResourceProperties"]["Count"], events[0]["ResourceProperties"]["Flag"]) == ("3", "true")
    assert events[1]["PhysicalResourceId"] == "release"
    assert events[0]["ResourceType"] == "Custom::Release"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ANSWERS.replace("STATUS", '"FAILED"'), "answered FAILED: because"),
        ("def handler(event, context): raise ValueError('no')\n", "did not answer.*ValueError"),
    ],
)
def test_a_custom_resource_that_fails_fails_the_stack(deploy: Deploy, code: str, reason: str) -> None:
    with pytest.raises(DeployError, match=rf"(?s)test\.Release \(Custom::Release\): one {reason}"):
        deploy(CUSTOM, one=code)


def test_tables_have_what_the_template_says(deploy: Deploy, client: Client) -> None:
    deploy("""
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true}}
      Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/table, TargetKeyId: !Ref Key}}
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: t
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: g, AttributeType: S}]
          KeySchema: [{AttributeName: pk, KeyType: HASH}]
          GlobalSecondaryIndexes: [{IndexName: by-g, KeySchema: [{AttributeName: g, KeyType: HASH}], Projection: {ProjectionType: KEYS_ONLY}}]
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
          SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt Key.Arn}
          DeletionProtectionEnabled: true
          Tags: [{Key: a, Value: b}]
    """)
    dynamodb = client("dynamodb")
    table = dynamodb.describe_table(TableName="t")["Table"]
    assert table["SSEDescription"]["SSEType"] == "KMS"
    assert table["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:")
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "by-g"
    assert table["DeletionProtectionEnabled"] is True
    backups = dynamodb.describe_continuous_backups(TableName="t")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    life = dynamodb.describe_time_to_live(TableName="t")["TimeToLiveDescription"]
    assert (life["TimeToLiveStatus"], life["AttributeName"]) == ("ENABLED", "expires")


def test_the_other_types_of_the_list_deploy(deploy: Deploy, client: Client) -> None:
    stack = deploy("""
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          VersioningConfiguration: {Status: Enabled}
          BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}
          PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      Dashboard: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardName: d, DashboardBody: '{"widgets": []}'}}
      Role:
        Type: AWS::IAM::Role
        Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}]}}
      Managed:
        Type: AWS::IAM::ManagedPolicy
        Properties: {Roles: [!Ref Role], PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: !GetAtt Bucket.Arn}]}}
      Inline:
        Type: AWS::IAM::Policy
        Properties: {PolicyName: inline, Roles: [!Ref Role], PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
      One:
        Type: AWS::Lambda::Function
        Properties: {Handler: index.handler, Role: !GetAtt Role.Arn, Runtime: python3.13, Code: {ZipFile: "def handler(event, context): return 1"}}
      Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref One}}
    """)
    assert client("s3").get_bucket_versioning(Bucket=stack.resources["Bucket"])["Status"] == "Enabled"
    assert client("cloudwatch").get_dashboard(DashboardName="d")["DashboardBody"] == '{"widgets": []}'
    assert client("iam").list_role_policies(RoleName=stack.resources["Role"])["PolicyNames"] == ["inline"]
    assert client("lambda").invoke(FunctionName=stack.resources["Version"])["Payload"].read() == b"1"
