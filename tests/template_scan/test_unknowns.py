"""What a template leaves open never passes, and what it says for sure still decides."""

from typing import Any

import pytest

from pillarwatch.command import main
from pillarwatch.unknown import Unknown
from template_scan.intrinsics import Resolution

VERSIONING = "s3-bucket-versioning-enabled"
OFF = "VersioningConfiguration.Status is not set (expected Enabled)"
PUBLIC = "s3-bucket-level-public-access-prohibited"


def bucket(status: str, head: str = "") -> str:
    return f"""
{head}
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: {status}
"""


def blocking(public_access: str, head: str = "") -> str:
    return f"""
{head}
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {public_access}
"""


def test_a_parameter_is_not_a_pass(scan: Any) -> None:
    scanned = scan(bucket("!Ref Status", "Parameters: {Status: {Type: String}}"))
    assert scanned.verdict(VERSIONING) == ("INSUFFICIENT_DATA", "unknown: parameter Status has no default")


def test_a_parameter_counts_with_its_default_and_says_so(scan: Any) -> None:
    scanned = scan(bucket("!Ref Status", "Parameters: {Status: {Type: String, Default: Enabled}}"))
    assert scanned.verdict(VERSIONING) == ("COMPLIANT", "(default of parameter Status)")
    scanned = scan(bucket("!Ref Status", "Parameters: {Status: {Type: String, Default: Suspended}}"))
    assert scanned.verdict(VERSIONING) == (
        "NON_COMPLIANT",
        "VersioningConfiguration.Status is Suspended (expected Enabled) (default of parameter Status)",
    )


def test_a_default_of_aws_is_named(scan: Any) -> None:
    scanned = scan("Resources: {It: {Type: AWS::S3::Bucket}}")
    assert scanned.verdict(PUBLIC) == ("COMPLIANT", "(default of AWS since April 2023)")
    scanned = scan("Resources: {It: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}}")
    compliance, why = scanned.verdict(PUBLIC)
    assert compliance == "NON_COMPLIANT"
    assert why.endswith("(default of AWS is true, which refuses AccessControl PublicRead)")


def test_a_parameter_that_is_given_counts_before_its_default(scan: Any) -> None:
    for default in ("", ", Default: Suspended"):
        scanned = scan(
            bucket("!Ref Status", f"Parameters: {{Status: {{Type: String{default}}}}}"),
            "--parameters",
            "Status=Enabled",
        )
        assert scanned.verdict(VERSIONING) == ("COMPLIANT", "")


def test_an_undeclared_parameter_is_a_warning(scan: Any, capsys: pytest.CaptureFixture[str]) -> None:
    scan(bucket("!Ref Status", "Parameters: {Status: {Type: String}}"))
    main(["scan", "template.yaml", "--parameters", "Status=Enabled", "Statos=Enabled"])
    assert capsys.readouterr().err == "pillarwatch scan: --parameters Statos: no template declares it\n"


def test_a_given_list_is_looped_over_and_a_given_value_meets_the_sam_transform(scan: Any) -> None:
    loop = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Names: {Type: CommaDelimitedList}, Mode: {Type: String}}
Resources:
  It: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: ., Tracing: !Ref Mode}}
  Fn::ForEach::All: [Name, !Ref Names, {"Bucket${Name}": {Type: AWS::S3::Bucket}}]
"""
    scanned = scan(loop, "--parameters", "Names=A,B", "Mode=Active")
    assert scanned.compliance("lambda-function-xray-enabled") == "COMPLIANT"
    assert scanned.compliance(VERSIONING, "BucketB") == "NON_COMPLIANT"


def test_a_default_that_is_a_boolean_is_read(scan: Any) -> None:
    all_on = "{BlockPublicAcls: !Ref P, IgnorePublicAcls: true, BlockPublicPolicy: 'true', RestrictPublicBuckets: True}"
    scanned = scan(blocking(all_on, "Parameters: {P: {Type: String, Default: true}}"))
    assert scanned.compliance(PUBLIC) == "COMPLIANT"


def test_a_parameter_from_parameter_store_is_unknown_even_with_a_default(scan: Any) -> None:
    head = "Parameters: {Status: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /the/status}}"
    assert scan(bucket("!Ref Status", head)).compliance(VERSIONING) == "INSUFFICIENT_DATA"


def test_a_sure_failure_beats_an_unknown(scan: Any) -> None:
    scanned = scan(blocking("{BlockPublicAcls: !Ref P, IgnorePublicAcls: false}", "Parameters: {P: {Type: String}}"))
    compliance, annotation = scanned.verdict(PUBLIC)
    assert compliance == "NON_COMPLIANT"
    assert "ignorePublicAcls" in annotation


def test_an_unknown_beats_a_pass(scan: Any) -> None:
    rest = "IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true"
    scanned = scan(blocking(f"{{BlockPublicAcls: !Ref P, {rest}}}", "Parameters: {P: {Type: String}}"))
    assert scanned.compliance(PUBLIC) == "INSUFFICIENT_DATA"


def test_a_whole_block_that_is_unknown_is_not_a_pass(scan: Any) -> None:
    scanned = scan(blocking("!Ref P", "Parameters: {P: {Type: String}}"))
    assert scanned.compliance(PUBLIC) == "INSUFFICIENT_DATA"


def test_no_value_is_absent(scan: Any) -> None:
    assert scan(bucket("!Ref AWS::NoValue")).verdict(VERSIONING) == (
        "NON_COMPLIANT",
        "VersioningConfiguration.Status is not set (expected Enabled)",
    )
    scanned = scan(blocking("!Ref AWS::NoValue"))
    assert scanned.compliance(PUBLIC) == "COMPLIANT"


def test_a_reference_to_a_resource_is_present_and_its_value_unknown(scan: Any) -> None:
    queue = """
Resources:
  Key: {Type: AWS::KMS::Key}
  It: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false, KmsMasterKeyId: %s}}
"""
    for reference in ("!Ref Key", "!GetAtt Key.Arn", "!Sub '${Key}'", "!ImportValue key", "!Sub '${AWS::Region}'"):
        assert scan(queue % reference).compliance("sqs-queue-encrypted") == "COMPLIANT", reference
    assert scan(bucket("!ImportValue status")).compliance(VERSIONING) == "INSUFFICIENT_DATA"


def test_a_reference_to_a_certificate_is_the_arn_of_one(scan: Any) -> None:
    listener = """
Parameters: {Arn: {Type: String}}
Resources:
  Certificate: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: example.com}}
  It:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Protocol: HTTPS, Certificates: [{CertificateArn: %s}]}
"""
    scanned = scan(listener % "!Ref Certificate")
    assert scanned.compliance("elbv2-acm-certificate-required") == "COMPLIANT"
    scanned = scan(listener % "!Ref Arn")
    assert scanned.compliance("elbv2-acm-certificate-required") == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("parameter", "compliance"),
    [
        ("{Type: String}", "INSUFFICIENT_DATA"),
        ("{Type: String, MinLength: 0}", "INSUFFICIENT_DATA"),
        ("{Type: String, MinLength: 1}", "COMPLIANT"),
        ("{Type: String, AllowedValues: [a, b]}", "COMPLIANT"),
        ("{Type: String, AllowedValues: ['', b]}", "INSUFFICIENT_DATA"),
        ("{Type: Number}", "COMPLIANT"),
        ("{Type: AWS::EC2::VPC::Id}", "COMPLIANT"),
    ],
)
def test_a_parameter_that_cannot_be_empty_is_there(scan: Any, parameter: str, compliance: str) -> None:
    scanned = scan(f"""
Parameters: {{Key: {parameter}}}
Resources:
  It:
    Type: AWS::SNS::Topic
    Properties: {{KmsMasterKeyId: !Ref Key}}
""")
    assert scanned.compliance("sns-encrypted-kms") == compliance


def test_a_parameter_without_a_default_may_be_absent(scan: Any) -> None:
    queue = """
Parameters: {Key: {Type: String}}
Resources:
  It: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false, KmsMasterKeyId: !Ref Key}}
"""
    assert scan(queue).compliance("sqs-queue-encrypted") == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    "expression",
    [
        "!ImportValue status",
        "'{{resolve:ssm:status}}'",
        "!Sub '{{resolve:ssm:${AWS::StackName}}}'",
        "!Ref AWS::Region",
        "!Sub '${AWS::StackName}'",
        "!Sub ['${x}', {x: !Ref AWS::Region}]",
        "!Select [0, !GetAZs '']",
        "!Select [0, !Split [',', !ImportValue statuses]]",
        "!FindInMap [ByRegion, !Ref AWS::Region, status]",
        "!FindInMap [ByRegion, nowhere, status]",
        "!Join ['', [!ImportValue status, '']]",
        "!GetAtt Nested.Outputs.Status",
        "!Base64 {Ref: AWS::Region}",
        "!Transform {Name: AWS::Include, Parameters: {Location: s3://b/k}}",
        "!If [Undefined, Enabled, Suspended]",
        "!If [Enabled]",
        "!Select [7, [Enabled]]",
        "!Cidr [10.0.0.0/8, 6]",
        "!SomethingNew Enabled",
        "!Ref {a: b}",
        "!Sub {a: b}",
        "!GetAtt []",
        "!Length Enabled",
        "{'Fn::Transform': {Name: X}, Enabled: true}",
    ],
)
def test_what_cannot_be_resolved_never_decides(scan: Any, expression: str) -> None:
    head = "Mappings: {ByRegion: {eu-west-1: {status: Enabled}, eu-west-2: {status: Suspended}}}"
    nested = "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}\n"
    assert scan(bucket(expression, head) + nested).compliance(VERSIONING) == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    "expression",
    [
        "!Sub Enabled",
        "!Sub ['En${end}', {end: abled}]",
        "!Sub 'En${End}'",
        "!Join ['', [En, !Ref End]]",
        "!Select [1, [Suspended, Enabled]]",
        "!Select ['1', !Split ['/', Suspended/Enabled]]",
        "!Select [1, !Ref Statuses]",
        "!FindInMap [ByStage, !Ref Stage, status]",
        "!FindInMap [ByStage, nowhere, status, {DefaultValue: Enabled}]",
        "!If [IsProduction, Enabled, Suspended]",
        "!If [IsBoth, Enabled, Suspended]",
        "!If [IsEither, Enabled, Suspended]",
        "{'Fn::If': [IsProduction, {Ref: Whole}, Suspended]}",
    ],
)
def test_what_defaults_decide_is_decided(scan: Any, expression: str) -> None:
    head = """
Parameters:
  Stage: {Type: String, Default: production}
  Open: {Type: String}
  End: {Type: String, Default: abled}
  Whole: {Type: String, Default: Enabled}
  Statuses: {Type: CommaDelimitedList, Default: "Suspended, Enabled"}
Mappings: {ByStage: {production: {status: Enabled}}}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
  IsOpen: !Equals [!Ref Open, x]
  IsBoth: !And [!Condition IsProduction, !Not [!Equals [!Ref Stage, other]]]
  IsEither: !Or [!Condition IsOpen, !Condition IsProduction]
"""
    assert scan(bucket(expression, head)).compliance(VERSIONING) == "COMPLIANT"


def test_a_known_piece_of_a_sub_decides_if_it_can(scan: Any) -> None:
    scanned = scan(bucket("!Sub 'Suspended-${AWS::Region}'"))
    assert scanned.compliance(VERSIONING) == "NON_COMPLIANT"


@pytest.mark.parametrize(
    ("execution", "compliance"),
    [("Two.Arn", "COMPLIANT"), ("One.Arn", "NON_COMPLIANT"), ("Nested.Outputs.Arn", "INSUFFICIENT_DATA")],
)
def test_two_resources_have_two_arns(scan: Any, execution: str, compliance: str) -> None:
    template = f"""
Resources:
  One: {{Type: AWS::IAM::Role}}
  Two: {{Type: AWS::IAM::Role}}
  Nested: {{Type: AWS::CloudFormation::Stack}}
  It:
    Type: AWS::ECS::TaskDefinition
    Properties: {{TaskRoleArn: !GetAtt One.Arn, ExecutionRoleArn: !GetAtt {execution}}}
"""
    assert scan(template).compliance("ecs-task-role-defined") == compliance


def test_both_branches_of_an_undecided_if_are_judged_and_equal_verdicts_stand(scan: Any) -> None:
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}"
    assert scan(bucket("!If [C, Suspended, 'Off']", head)).compliance(VERSIONING) == "NON_COMPLIANT"
    assert scan(bucket("!If [C, Enabled, Enabled]", head)).compliance(VERSIONING) == "COMPLIANT"
    compliance, annotation = scan(bucket("!If [C, Enabled, Suspended]", head)).verdict(VERSIONING)
    assert compliance == "INSUFFICIENT_DATA"
    assert "condition C" in annotation


def test_branches_of_one_condition_are_taken_together(scan: Any) -> None:
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x], D: !Not [!Condition C]}"
    on = "IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true"
    either = (
        f"!If [C, {{BlockPublicAcls: !If [D, false, true], {on}}}, {{BlockPublicAcls: !If [D, true, false], {on}}}]"
    )
    assert scan(blocking(either, head)).compliance(PUBLIC) == "COMPLIANT"


def test_an_undecided_condition_of_a_resource_judges_it_as_if_it_were_there(scan: Any) -> None:
    template = """
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, x]}
Resources:
  It: {Type: AWS::S3::Bucket, Condition: C}
"""
    scanned = scan(template)
    assert scanned.compliance(VERSIONING) == "NON_COMPLIANT"
    assert scanned.document["skipped"] == 0


def test_a_resource_that_defaults_leave_out_is_not_judged(scan: Any) -> None:
    template = """
Parameters: {P: {Type: String, Default: no}}
Conditions: {C: !Equals [!Ref P, 'yes']}
Resources:
  It: {Type: AWS::S3::Bucket, Condition: C}
  Other: {Type: Custom::Thing, Condition: C}
"""
    scanned = scan(template)
    assert scanned.document["results"] == []
    assert scanned.document["skipped"] == 2
    assert scanned.document["unjudged"] == {}


def test_more_open_decisions_than_are_tried_leave_it_unknown(scan: Any) -> None:
    names = [f"P{number}" for number in range(20)]
    head = "Parameters: {" + ", ".join(f"{name}: {{Type: String}}" for name in names) + "}\n"
    head += "Conditions: {" + ", ".join(f"C{name}: !Equals [!Ref {name}, x]" for name in names) + "}"
    nested = "Enabled"
    for name in names:
        nested = f"!If [C{name}, Enabled, {nested}]"
    assert scan(bucket(nested, head)).compliance(VERSIONING) == "INSUFFICIENT_DATA"


def test_a_condition_that_needs_itself_is_undecided(scan: Any) -> None:
    scanned = scan(bucket("!If [C, Enabled, Suspended]", "Conditions: {C: !Not [!Condition D], D: !Condition C}"))
    assert scanned.compliance(VERSIONING) == "INSUFFICIENT_DATA"


def test_an_undefined_reference_is_unknown_and_warned_of(scan: Any) -> None:
    scanned = scan(bucket("!Ref Typo"))
    assert scanned.compliance(VERSIONING) == "INSUFFICIENT_DATA"
    assert scanned.warnings == ["It: Typo is not defined in this template"]
    assert scanned.errors == []


def test_a_warning_names_the_resource_that_it_is_about(scan: Any) -> None:
    policy = "  Access: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Typo, PolicyDocument: {}}}\n"
    assert scan(bucket("Enabled") + policy).warnings == ["Access: Typo is not defined in this template"]


def test_a_macro_of_the_account_is_warned_of(scan: Any) -> None:
    assert "MyMacro" in scan(bucket("Enabled", "Transform: [AWS::LanguageExtensions, MyMacro]")).warnings[0]


def test_an_empty_default_is_absent_and_said_so(scan: Any) -> None:
    queue = """
Parameters: {Key: {Type: String, Default: ""}}
Resources:
  It: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false, KmsMasterKeyId: !Ref Key}}
"""
    compliance, annotation = scan(queue).verdict("sqs-queue-encrypted")
    assert compliance == "NON_COMPLIANT"
    assert "default of parameter Key" in annotation


def test_a_macro_beside_the_sam_transform_is_warned_of_too(scan: Any) -> None:
    function = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: .}}"
    scanned = scan(f"Transform: [Ours, AWS::Serverless-2016-10-31]\nResources: {{It: {function}}}")
    assert scanned.warnings == ["the macro Ours can change what is evaluated here"]


def test_a_module_is_warned_of(scan: Any) -> None:
    scanned = scan("Resources: {It: {Type: 'Ours::Storage::Bucket::MODULE'}}")
    assert scanned.warnings == ["It is a module: its resources are not evaluated"]


def test_a_macro_among_the_properties_hides_what_is_not_written(scan: Any) -> None:
    template = """
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}
      VersioningConfiguration: {Status: Suspended}
"""
    scanned = scan(template)
    assert scanned.compliance(VERSIONING) == "NON_COMPLIANT"
    assert scanned.compliance(PUBLIC) == "INSUFFICIENT_DATA"


def test_a_tag_whose_value_is_unknown_stays_a_tag(scan: Any) -> None:
    template = """
Parameters: {Class: {Type: String}}
Resources:
  It: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: DataClassification, Value: !Ref Class}]}}
  Known: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: DataClassification, Value: Public}]}}
  Any: {Type: AWS::S3::Bucket, Properties: {Tags: !Ref Class}}
"""
    scanned = scan(template)
    assert scanned.compliance("data-classification-tag-present") == "INSUFFICIENT_DATA"
    assert scanned.compliance("data-classification-tag-present", "Known") == "COMPLIANT"
    assert scanned.compliance("data-classification-tag-present", "Any") == "INSUFFICIENT_DATA"


def test_nested_stacks_are_templates_of_their_own(scan: Any) -> None:
    template = "Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./absent.yaml}}}"
    scanned = scan(template)
    assert scanned.errors == []
    assert scanned.document["files"] == ["template.yaml"]


def test_one_rule_that_is_unknown_does_not_hide_another_that_is_open(scan: Any) -> None:
    template = """
Parameters: {OfficeCidr: {Type: String}}
Resources:
  It:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !Ref OfficeCidr}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""
    assert scan(template).verdict("restricted-ssh") == ("NON_COMPLIANT", "SSH is open to the internet: tcp 22-22")


def test_one_policy_that_is_unknown_does_not_hide_another_that_allows_everything(scan: Any) -> None:
    template = """
Parameters: {Env: {Type: String}}
Mappings: {Stage: {prod: {Policy: x}}}
Resources:
  It:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - {PolicyName: a, PolicyDocument: !FindInMap [Stage, !Ref Env, Policy]}
        - {PolicyName: b, PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
"""
    assert scan(template).compliance("iam-policy-no-statements-with-admin-access") == "NON_COMPLIANT"


def test_what_lies_in_something_unknown_is_not_there(scan: Any) -> None:
    template = """
Resources:
  It: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: !GetAtt Custom.Config}}
  Custom: {Type: Custom::Settings, Properties: {ServiceToken: arn}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Name: a, LogConfiguration: {LogDriver: awslogs}}
        - {Name: b, "Fn::Transform": {Name: AWS::Include, Parameters: {Location: s3://b/sidecar.json}}}
"""
    scanned = scan(template)
    assert scanned.compliance("lambda-dlq-check") == "INSUFFICIENT_DATA"
    assert scanned.compliance("ecs-task-definition-log-configuration", "Task") == "INSUFFICIENT_DATA"


def test_what_a_nested_stack_answers_may_be_everybody(scan: Any) -> None:
    scanned = scan("""
Resources:
  Nested: {Type: AWS::CloudFormation::Stack}
  It:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: !GetAtt Nested.Outputs.Caller}, Action: sts:AssumeRole}
""")
    assert scanned.compliance("iam-role-trust-policy-restricted") == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("scheme", "compliance"),
    [
        ("x-amazon-apigateway-authtype: awsSigv4", "COMPLIANT"),
        ("x-amazon-apigateway-authtype: !Ref Kind", "INSUFFICIENT_DATA"),
        ("type: apiKey", "NON_COMPLIANT"),
    ],
)
def test_how_a_scheme_of_an_openapi_document_authorizes_may_be_unknown(scan: Any, scheme: str, compliance: str) -> None:
    template = """
Parameters: {Kind: {Type: String}}
Conditions: {Open: !Equals [!Ref Kind, ""]}
Resources:
  It:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        securityDefinitions: {known: {%s}}
        paths:
          /orders: {get: {security: [%s]}}
"""
    required = "api-gw-method-authorization-required"
    assert scan(template % (scheme, "known: []")).compliance(required, "It GET /orders") == compliance
    undecided = scan(template % (scheme, "!If [Open, {}, {known: []}]"))
    assert all(each["check"] != required for each in undecided.document["results"])


MALFORMED = """
Resources:
  It:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs12.x, Environment: [A, B], DeadLetterConfig: {TargetArn: arn:aws:sqs:eu-west-1:1:q}}
"""


def test_a_malformed_property_makes_only_the_checks_that_read_it_unknown(scan: Any) -> None:
    scanned = scan(MALFORMED)
    assert scanned.verdict("lambda-runtime-supported")[0] == "NON_COMPLIANT"
    why = "unknown: Environment of It is a list that CloudFormation does not accept for it"
    assert scanned.verdict("lambda-environment-no-plaintext-secrets") == ("INSUFFICIENT_DATA", why)


def test_several_malformed_properties_are_each_named(scan: Any) -> None:
    scanned = scan(
        """
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties: {LifecycleConfiguration: expire, CorsConfiguration: [1], VersioningConfiguration: {Status: Enabled}}
"""
    )
    assert scanned.compliance(VERSIONING) == "COMPLIANT"
    assert scanned.verdict("s3-lifecycle-policy-check") == (
        "INSUFFICIENT_DATA",
        "unknown: LifecycleConfiguration of It is a text that CloudFormation does not accept for it",
    )
    assert scanned.verdict("s3-bucket-cors-restrictive") == (
        "INSUFFICIENT_DATA",
        "unknown: CorsConfiguration of It is a list that CloudFormation does not accept for it",
    )


def test_a_malformed_property_of_what_a_resource_names_is_named(scan: Any) -> None:
    scanned = scan(
        """
Resources:
  It:
    Type: AWS::EC2::Instance
    Properties: {KeyName: admin, InstanceType: m7i.large, LaunchTemplate: {LaunchTemplateId: !Ref Shape, Version: "1"}}
  Shape: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: 7}}
"""
    )
    why = "unknown: LaunchTemplateData of Shape is a number that CloudFormation does not accept for it"
    assert scanned.compliance("ec2-no-amazon-key-pair") == "NON_COMPLIANT"
    assert scanned.verdict("ec2-imdsv2-check") == ("INSUFFICIENT_DATA", why)


@pytest.mark.parametrize(
    ("expression", "annotation"),
    [
        ("{Ref: !FindInMap [M, r, !Ref Which]}", "(default of parameter Good)"),
        ("{Ref: !If [Always, Good, Bad]}", "(default of parameter Good)"),
        ("!FindInMap [Same, !Ref AWS::Region, status]", ""),
        ("!FindInMap [Same, !Ref AWS::Region, !Ref AWS::StackName]", ""),
    ],
)
def test_what_a_function_names_is_followed(scan: Any, expression: str, annotation: str) -> None:
    head = """
Transform: AWS::LanguageExtensions
Parameters:
  Which: {Type: String, Default: main}
  Good: {Type: String, Default: Enabled}
  Bad: {Type: String, Default: Suspended}
Mappings: {M: {r: {main: Good, other: Bad}}, Same: {a: {status: Enabled}, b: {status: Enabled}}}
Conditions: {Always: !Equals [a, a]}
"""
    assert scan(bucket(expression, head)).verdict(VERSIONING) == ("COMPLIANT", annotation)


def test_rows_of_a_mapping_that_differ_leave_it_open(scan: Any) -> None:
    head = "Mappings: {M: {a: {status: Enabled}, b: {status: Suspended}}}"
    scanned = scan(bucket("!FindInMap [M, !Ref AWS::Region, status]", head))
    assert scanned.compliance(VERSIONING) == "INSUFFICIENT_DATA"
    given = scan(bucket("!FindInMap [M, !Ref AWS::Region, status]", head), "--parameters", "AWS::Region=b")
    assert given.verdict(VERSIONING) == (
        "NON_COMPLIANT",
        "VersioningConfiguration.Status is Suspended (expected Enabled)",
    )


def test_a_pseudo_parameter_that_is_given_decides_conditions(scan: Any, capsys: pytest.CaptureFixture[str]) -> None:
    head = "Conditions: {Here: !Equals [!Ref AWS::Region, eu-west-1]}"
    template = bucket("!If [Here, Enabled, Suspended]", head)
    assert scan(template).compliance(VERSIONING) == "INSUFFICIENT_DATA"
    assert scan(template, "--parameters", "AWS::Region=eu-west-1").verdict(VERSIONING) == ("COMPLIANT", "")
    assert scan(template, "--parameters", "AWS::Region=eu-west-2").compliance(VERSIONING) == "NON_COMPLIANT"
    assert capsys.readouterr().err == ""


def test_a_condition_that_a_default_decides_is_named(scan: Any) -> None:
    head = """
Parameters: {Keep: {Type: String%s}, Other: {Type: String, Default: x}}
Conditions: {Kept: !Equals [!Ref Keep, "yes"], Both: !And [Condition: Kept, !Equals [!Ref Other, x]]}
"""
    absent = bucket("Enabled", head).replace(
        "VersioningConfiguration:", "VersioningConfiguration: !If\n      - %s\n      -"
    )
    absent += "      - !Ref AWS::NoValue\n"
    for condition, names in (("Kept", ["Keep"]), ("Both", ["Keep", "Other"])):
        note = ", ".join(f"default of parameter {name}" for name in names)
        scanned = scan(absent % (", Default: no", condition))
        assert scanned.verdict(VERSIONING) == ("NON_COMPLIANT", f"{OFF} ({note})")
        assert "default of parameter" not in scanned.verdict("s3-bucket-logging-enabled")[1]
        given = scan(absent % (", Default: no", condition), "--parameters", "Keep=no", "Other=x")
        assert given.verdict(VERSIONING) == ("NON_COMPLIANT", OFF)
    assert scan(absent % ("", "Kept")).compliance(VERSIONING) == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("default", "verdict"),
    [
        (", Default: 'yes'", ("COMPLIANT", "(default of parameter Keep)")),
        (", Default: 'no'", ("NON_COMPLIANT", f"{OFF} (default of parameter Keep)")),
        ("", ("INSUFFICIENT_DATA", None)),
    ],
)
def test_properties_behind_a_condition_are_those_that_it_chooses(
    scan: Any, default: str, verdict: tuple[str, str | None]
) -> None:
    for otherwise in ("{BucketName: b}", "!Ref AWS::NoValue"):
        scanned = scan(f"""
Parameters: {{Keep: {{Type: String{default}}}}}
Conditions: {{Kept: !Equals [!Ref Keep, "yes"]}}
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties: !If [Kept, {{VersioningConfiguration: {{Status: Enabled}}}}, {otherwise}]
""")
        compliance, annotation = scanned.verdict(VERSIONING)
        assert compliance == verdict[0]
        assert verdict[1] in (None, annotation)


def test_a_default_in_a_related_resource_is_named(scan: Any) -> None:
    scanned = scan("""
Parameters: {Least: {Type: Number, Default: 1}, Most: {Type: Number, Default: 1}}
Resources:
  It: {Type: AWS::ECS::Service, Properties: {TaskDefinition: "shop:1", LaunchType: FARGATE, DesiredCount: 1}}
  Range:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      MinCapacity: !Ref Least
      MaxCapacity: !Ref Most
      ResourceId: !Sub service/default/${It.Name}
      ScalableDimension: ecs:service:DesiredCount
      ServiceNamespace: ecs
""")
    compliance, annotation = scanned.verdict("ecs-service-autoscaling-configured")
    assert compliance == "NON_COMPLIANT"
    assert annotation.endswith("(default of parameter Least, default of parameter Most)")


def test_a_macro_that_may_change_the_template_or_a_resource_is_a_warning(scan: Any) -> None:
    include = "{Name: AWS::Include, Parameters: {Location: s3://b/part.yaml}}"
    for key in ("Transform", "Fn::Transform"):
        scanned = scan(bucket("Enabled", f"{key}: {include}"))
        assert scanned.compliance(VERSIONING) == "COMPLIANT"
        assert "AWS::Include" in scanned.warnings[0]
    beside = bucket("Enabled").replace("    Properties:", f"    Fn::Transform: {include}\n    Properties:")
    assert scan(beside).compliance("s3-bucket-logging-enabled") == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("pattern", "compliance"),
    [
        ("^arn:.+", "COMPLIANT"),
        ("[a-z]*", "INSUFFICIENT_DATA"),
        ("(?<x", "INSUFFICIENT_DATA"),
        ("", "INSUFFICIENT_DATA"),
    ],
)
def test_a_pattern_that_refuses_the_empty_text_makes_a_parameter_present(
    scan: Any, pattern: str, compliance: str
) -> None:
    scanned = scan(f"""
Parameters: {{Key: {{Type: String, AllowedPattern: '{pattern}'}}}}
Resources: {{It: {{Type: AWS::SNS::Topic, Properties: {{KmsMasterKeyId: !Ref Key}}}}}}
""")
    assert scanned.compliance("sns-encrypted-kms") == compliance


def test_what_a_sibling_says_of_itself_is_known_and_two_siblings_differ() -> None:
    document = {
        "Resources": {
            "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Loop": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::GetAtt": ["Loop", "CidrBlock"]}}},
            "One": {"Type": "AWS::IAM::Role"},
            "Two": {"Type": "AWS::IAM::Role"},
            "Three": {"Type": "Custom::Role"},
            "Four": {"Type": "Custom::Role"},
        }
    }
    value = Resolution(document).value
    assert value({"Fn::GetAtt": ["Net", "CidrBlock"]}) == "10.0.0.0/16"
    assert isinstance(value({"Fn::GetAtt": ["Loop", "CidrBlock"]}), Unknown)
    assert (value({"Ref": "One"}) == value({"Ref": "Two"})) is False
    assert (value({"Ref": "One"}) == value({"Ref": "One"})) is True
    assert isinstance(value({"Ref": "Three"}) == value({"Ref": "Four"}), Unknown)
