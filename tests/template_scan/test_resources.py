"""From resources to items: what belongs together is judged together."""

from pathlib import Path
from typing import Any

import pytest

FULL = "iam-policy-no-statements-with-admin-access"
VERSIONING = "s3-bucket-versioning-enabled"
ADMIN = "{Version: '2012-10-17', Statement: {Effect: Allow, Action: '*', Resource: '*'}}"


def test_a_fragment_is_judged_with_its_parent_and_named(scan: Any) -> None:
    template = f"""
Resources:
  It: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{}}}}}}
  Rights: {{Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref It], PolicyName: p, PolicyDocument: {ADMIN}}}}}
"""
    scanned = scan(template)
    assert scanned.verdict(FULL) == ("NON_COMPLIANT", "actions allowed on every resource: * (with Rights)")
    assert scanned.document["unjudged"] == {}
    assert {result["logical_id"] for result in scanned.document["results"]} == {"It"}


def test_a_fragment_is_found_by_its_parents_literal_name(scan: Any) -> None:
    template = f"""
Parameters: {{Name: {{Type: String}}}}
Resources:
  It: {{Type: AWS::IAM::Role, Properties: {{RoleName: worker}}}}
  Rights: {{Type: AWS::IAM::RolePolicy, Properties: {{RoleName: worker, PolicyName: p, PolicyDocument: {ADMIN}}}}}
  Same: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Sub "${{Name}}-x"}}}}
  More: {{Type: AWS::IAM::RolePolicy, Properties: {{RoleName: !Sub "${{Name}}-x", PolicyDocument: {ADMIN}}}}}
"""
    scanned = scan(template)
    assert scanned.compliance(FULL) == "NON_COMPLIANT"
    assert scanned.compliance(FULL, "Same") == "NON_COMPLIANT"


@pytest.mark.parametrize("parent", ["Roles: [!Ref Role]", "Users: [!Ref Role]", "Roles: []", "Tags: []"])
def test_a_fragment_without_its_parent_is_judged_alone(scan: Any, parent: str) -> None:
    template = f"""
Parameters: {{Role: {{Type: String}}}}
Resources:
  Rights: {{Type: AWS::IAM::Policy, Properties: {{{parent}, PolicyName: p, PolicyDocument: {ADMIN}}}}}
"""
    scanned = scan(template)
    (found,) = (result for result in scanned.document["results"] if result["check"] == FULL)
    assert (found["logical_id"], found["resource_type"]) == ("Rights", "AWS::IAM::Policy")
    assert found["compliance"] == "NON_COMPLIANT"
    assert scanned.document["unjudged"] == {}


def test_a_fragment_without_its_parent_has_no_verdict_of_the_parent(scan: Any) -> None:
    template = """
Resources:
  Access: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: elsewhere, PolicyDocument: {Statement: []}}}
"""
    scanned = scan(template)
    assert VERSIONING not in {result["check"] for result in scanned.document["results"]}


def test_a_fragment_without_its_parent_has_no_verdict_of_related_resources(scan: Any) -> None:
    template = """
Resources:
  Call:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: elsewhere, Action: lambda:InvokeFunction, Principal: "123456789012"}
  Errors: {Type: AWS::CloudWatch::Alarm}
"""
    results = scan(template).document["results"]
    verdicts = {result["check"]: result["compliance"] for result in results if result["logical_id"] == "Call"}
    assert verdicts == {
        "lambda-function-public-access-prohibited": "COMPLIANT",
        "lambda-permission-source-restricted": "COMPLIANT",
    }


def test_a_fragment_that_may_not_exist_leaves_its_parent_unknown(scan: Any) -> None:
    template = f"""
Parameters: {{P: {{Type: String}}}}
Conditions: {{C: !Equals [!Ref P, x]}}
Resources:
  It: {{Type: AWS::IAM::Role}}
  Rights: {{Type: AWS::IAM::Policy, Condition: C, Properties: {{Roles: [!Ref It], PolicyDocument: {ADMIN}}}}}
"""
    assert scan(template).compliance(FULL) == "INSUFFICIENT_DATA"


def test_a_type_that_config_calls_otherwise_is_judged_under_its_own_name(scan: Any) -> None:
    scanned = scan(f"Resources: {{It: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {ADMIN}}}}}}}")
    assert scanned.compliance(FULL) == "NON_COMPLIANT"
    assert {result["resource_type"] for result in scanned.document["results"]} == {"AWS::IAM::ManagedPolicy"}


def test_related_resources_of_the_template_are_read(scan: Any) -> None:
    template = """
Resources:
  It:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}}
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 60}}
  Lonely: {Type: AWS::SQS::Queue}
"""
    scanned = scan(template)
    assert scanned.compliance("sqs-queue-dlq-check") == "COMPLIANT"
    assert scanned.compliance("sqs-queue-dlq-check", "Failed") == "NOT_APPLICABLE"
    assert scanned.compliance("sqs-queue-dlq-check", "Lonely") == "NON_COMPLIANT"
    assert scanned.compliance("dead-letter-retention", "Failed") == "NON_COMPLIANT"


def test_related_resources_that_a_template_has_nowhere_are_unknown(scan: Any) -> None:
    scanned = scan("Resources: {It: {Type: AWS::Lambda::Function, Properties: {Role: arn}}}")
    assert scanned.compliance("lambda-errors-alarm-configured") == "INSUFFICIENT_DATA"


def test_a_related_resource_that_names_something_unknown_may_be_this_ones(scan: Any) -> None:
    template = """
Parameters: {Name: {Type: String}}
Resources:
  It: {Type: AWS::Lambda::Function}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      {Namespace: AWS/Lambda, MetricName: Errors, Dimensions: [{Name: FunctionName, Value: %s}], AlarmActions: [arn]}
"""
    check = "lambda-errors-alarm-configured"
    assert scan(template % "!Ref Name").compliance(check) == "INSUFFICIENT_DATA"
    assert scan(template % "!Ref It").compliance(check) == "COMPLIANT"
    assert scan(template % "another").compliance(check) == "NON_COMPLIANT"


def test_the_stage_that_a_deployment_makes_is_judged(scan: Any) -> None:
    template = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  It:
    Type: AWS::ApiGateway::Deployment
    Properties:
      RestApiId: !Ref Api
      StageName: prod
      StageDescription: {TracingEnabled: true, LoggingLevel: ERROR}
  Link:
    Type: AWS::WAFv2::WebACLAssociation
    Properties:
      ResourceArn: !Sub "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/prod"
      WebACLArn: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/web/1"
"""
    results = scan(template).document["results"]
    verdicts = {each["check"]: each["compliance"] for each in results if each["logical_id"] == "It stage"}
    assert verdicts["api-gw-xray-enabled"] == "COMPLIANT"
    assert verdicts["api-gw-execution-logging-enabled"] == "COMPLIANT"
    assert verdicts["api-gw-associated-with-waf"] == "COMPLIANT"
    assert verdicts["apigateway-stage-access-logs-enabled"] == "NON_COMPLIANT"


def test_types_without_checks_are_counted(scan: Any) -> None:
    scanned = scan(
        "Resources: {A: {Type: Custom::X}, B: {Type: Custom::X}, C: {Type: AWS::Evaluator}, D: {Type: '..'}}"
    )
    assert scanned.document["unjudged"] == {"..": 1, "AWS::Evaluator": 1, "Custom::X": 2}


def test_a_loop_is_written_out(scan: Any) -> None:
    template = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "One,Two"}}
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - Bucket${Name}:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Ref Name
          VersioningConfiguration: {Status: Enabled}
"""
    scanned = scan(template)
    assert scanned.compliance(VERSIONING, "BucketOne") == "COMPLIANT"
    assert scanned.compliance(VERSIONING, "BucketTwo") == "COMPLIANT"
    buckets = [result for result in scanned.document["results"] if result["logical_id"] != "(template)"]
    assert {result["line"] for result in buckets} == {5}


def test_a_loop_over_something_unknown_is_unjudged(scan: Any) -> None:
    template = """
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Buckets: [Name, !Ref Names, {"Bucket${Name}": {Type: AWS::S3::Bucket}}]
"""
    scanned = scan(template)
    assert scanned.document["unjudged"] == {"AWS::S3::Bucket": 1}
    assert scanned.document["results"] == []
    assert len(scanned.warnings) == 1


def test_loops_in_loops_end(scan: Any) -> None:
    names = ", ".join(f"n{number}" for number in range(100))
    body = "{'R${A}${B}${C}': {Type: Custom::X}}"
    for name in "CBA":
        body = f"{{'Fn::ForEach::{name}': [{name}, [{names}], {body}]}}"
    scanned = scan(f"Resources: {body}")
    assert scanned.code == 2
    assert "loops more than" in scanned.errors[0]


def test_a_known_arn_is_not_everything(scan: Any) -> None:
    template = """
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  It:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: {Effect: Allow, Action: "*", Resource: !GetAtt Table.Arn}}
"""
    assert scan(template).compliance(FULL) == "COMPLIANT"


TWO = """
Resources:
  It: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: Owner, Value: web}, {Key: Project, Value: shop}]}}
  Other: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: Owner, Value: !Ref AWS::StackName}]}}
"""


def test_a_template_has_one_finding_of_tags_and_its_resources_none(scan: Any) -> None:
    scanned = scan(TWO)
    assert scanned.verdict("required-tags", "(template)") == (
        "NON_COMPLIANT",
        "missing tags: Project, Environment, CostCenter",
    )
    assert scanned.compliance("resource-owner-tag-present", "(template)") == "COMPLIANT"
    tags = [each for each in scanned.document["results"] if each["check"] == "required-tags"]
    assert [each["logical_id"] for each in tags if each["compliance"] == "NON_COMPLIANT"] == ["(template)"]
    assert {each["severity"] for each in tags} == {"low"}


def test_tags_in_settings_are_required_of_every_resource(scan: Any, tmp_path: Path) -> None:
    (tmp_path / "pillarwatch.toml").write_text('[checks.required-tags.parameters]\ntag_keys = ["Project"]\n')
    scanned = scan(TWO, "--settings", "pillarwatch.toml")
    assert scanned.compliance("required-tags") == "COMPLIANT"
    assert scanned.verdict("required-tags", "Other") == ("NON_COMPLIANT", "missing tags: Project")
    assert "required-tags" not in {r["check"] for r in scanned.document["results"] if r["logical_id"] == "(template)"}


def test_a_template_without_resources_that_take_tags_has_no_finding_of_tags(scan: Any) -> None:
    scanned = scan("Resources: {It: {Type: AWS::EC2::EIP}}")
    assert [each for each in scanned.document["results"] if each["logical_id"] == "(template)"] == []


PRIVATE = """
Resources:
  It:
    Type: AWS::Lambda::Function
    Properties:
      Role: !Sub "arn:aws:iam::${AWS::AccountId}:role/service-role/it"
      Code: {S3Bucket: code, S3Key: it.zip}
      VpcConfig: {SubnetIds: [!Ref Left, !Ref Right], SecurityGroupIds: [sg-1]}
  Left: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}
  Right: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}
  Caller:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref It
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !Sub "arn:aws:events:eu-west-1:${AWS::AccountId}:rule/daily"
"""


def test_an_annotation_names_the_other_resources_that_decide_and_no_others(scan: Any) -> None:
    scanned = scan(PRIVATE)
    assert scanned.verdict("lambda-vpc-multi-az-check") == ("COMPLIANT", "(with Left, Right)")
    assert scanned.verdict("lambda-function-public-access-prohibited") == ("COMPLIANT", "(with Caller)")


BY_DEFAULT = """
Parameters:
  Protected: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
Conditions:
  IsProtected: !Equals [!Ref Protected, "yes"]
Resources:
  It: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Condition: IsProtected
    Properties:
      Bucket: !Ref It
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt It.Arn, !Sub "${It.Arn}/*"]
            Condition: {Bool: {"aws:SecureTransport": "false"}}
"""


@pytest.mark.parametrize(("default", "verdict"), [("no", "NON_COMPLIANT"), ("yes", "COMPLIANT")])
def test_a_verdict_names_the_parameter_whose_default_creates_another_resource_or_not(
    scan: Any, default: str, verdict: str
) -> None:
    scanned = scan(BY_DEFAULT.replace('Default: "no"', f'Default: "{default}"'))
    compliance, annotation = scanned.verdict("s3-bucket-ssl-requests-only")
    assert compliance == verdict
    assert "default of parameter Protected" in annotation
    assert "default of parameter" not in scanned.verdict("s3-bucket-versioning-enabled")[1]
