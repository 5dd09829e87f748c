"""SAM templates are judged as what CloudFormation makes of them, on the lines that were written."""

import os
from pathlib import Path
from typing import Any

import pytest

from template_scan.evaluation import expanded_template

SAM = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Timeout: 5, Tracing: Active, CodeUri: src/}
Resources:
  It:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Policies: [AWSLambdaExecute]
      Events:
        Get: {Type: Api, Properties: {Path: /, Method: get}}
  Table:
    Type: AWS::DynamoDB::Table
"""


def test_a_generated_resource_has_its_sources_line_and_names_it(scan: Any) -> None:
    scanned = scan(SAM)
    origins = {(r["logical_id"], r["line"], r.get("generated_from")) for r in scanned.document["results"]}
    assert ("It", 6, "It") in origins
    assert ("ItRole", 6, "It") in origins
    assert ("ServerlessRestApiProdStage", 6, "It") in origins
    assert ("Table", 13, None) in origins
    assert scanned.errors == []


def test_methods_of_an_openapi_document_are_judged(scan: Any) -> None:
    api = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Cors: "'*'", Auth: %s}
  It:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Events:
        Put: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /orders, Method: post%s}}
"""
    required, iam = "api-gw-method-authorization-required", "{DefaultAuthorizer: AWS_IAM}"
    scanned = scan(api % (f"{iam[:-1]}, AddDefaultAuthorizerToCorsPreflight: false}}", ""))
    verdicts = {each["logical_id"]: each for each in scanned.document["results"] if each["check"] == required}
    assert verdicts["Api POST /orders"]["compliance"] == "COMPLIANT"
    assert verdicts["Api OPTIONS /orders"]["compliance"] == "COMPLIANT"
    assert (verdicts["Api POST /orders"]["generated_from"], verdicts["Api POST /orders"]["line"]) == ("Api", 4)
    open_one = scan(api % (iam, ", Auth: {ApiKeyRequired: true, Authorizer: NONE}"))
    (verdict,) = (
        each["compliance"]
        for each in open_one.document["results"]
        if (each["check"], each["logical_id"]) == (required, "Api POST /orders")
    )
    assert verdict == "NON_COMPLIANT"


def test_globals_count(scan: Any) -> None:
    assert scan(SAM).compliance("lambda-function-xray-enabled") == "COMPLIANT"
    assert scan(SAM.replace("Tracing: Active, ", "")).compliance("lambda-function-xray-enabled") == "NON_COMPLIANT"


def test_a_refused_transform_is_one_error_and_the_other_files_go_on(scan: Any, tmp_path: Any) -> None:
    (tmp_path / "good.yaml").write_text("Resources: {It: {Type: AWS::S3::Bucket}}")
    broken = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Api, Properties: {A: 1}}}"
    scanned = scan(broken, "good.yaml")
    assert scanned.code == 2
    assert len(scanned.errors) == 1
    assert "SAM" in scanned.errors[0]
    assert "\n" not in scanned.errors[0]
    assert scanned.compliance("s3-bucket-versioning-enabled") == "NON_COMPLIANT"


def test_an_application_of_the_repository_is_not_downloaded(scan: Any) -> None:
    template = """
Transform: [AWS::Serverless-2016-10-31]
Resources:
  It:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: arn:aws:serverlessrepo:us-east-1:1:applications/x, SemanticVersion: 1.0.0}}
"""
    scanned = scan(template)
    assert scanned.errors == []


def test_the_transform_leaves_the_environment_alone(scan: Any) -> None:
    before = dict(os.environ)
    scan(SAM)
    assert dict(os.environ) == before


def test_a_function_as_an_image_needs_no_image_yet(scan: Any) -> None:
    template = """
Transform: AWS::Serverless-2016-10-31
Resources:
  It: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}
"""
    scanned = scan(template)
    assert scanned.errors == []
    assert scanned.document["results"]


def test_parameters_are_unknown_in_sam_too(scan: Any) -> None:
    template = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Mode: {Type: String}}
Resources:
  It:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: a.b, InlineCode: x, Tracing: !Ref Mode}
"""
    assert scan(template).compliance("lambda-function-xray-enabled") == "INSUFFICIENT_DATA"


ALIAS = "AutoPublishAlias: !Ref Stage, AutoPublishCodeSha256: !Ref Sha"
WORKER = "CodeUri: ., Handler: a.b, Runtime: python3.13"


@pytest.mark.parametrize(
    "rest",
    [
        f"Resources: {{It: {{Type: AWS::Serverless::Function, Properties: {{{ALIAS}, {WORKER}}}}}}}",
        f"""
Globals: {{Function: {{{ALIAS}}}}}
Resources: {{It: {{Type: AWS::Serverless::Function, Properties: {{{WORKER}}}}}}}""",
    ],
    ids=["function", "globals"],
)
def test_an_alias_that_only_a_deployment_names_keeps_nothing_from_being_judged(
    rest: str, scan: Any, tmp_path: Path
) -> None:
    head = "Transform: AWS::Serverless-2016-10-31\nParameters: {Stage: {Type: String}, Sha: {Type: String}}\n"
    scanned = scan(head + rest)
    assert scanned.errors == []
    assert scanned.compliance("lambda-function-xray-enabled") == "NON_COMPLIANT"
    made = expanded_template(tmp_path / "template.yaml").document["Resources"].values()
    (alias,) = (resource for resource in made if resource["Type"] == "AWS::Lambda::Alias")
    assert alias["Properties"]["Name"] == {"Ref": "Stage"}


def test_an_included_document_beside_authorization_stays_unknown(scan: Any) -> None:
    for kind in ("Api", "HttpApi"):
        scanned = scan(f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  It:
    Type: AWS::Serverless::{kind}
    Properties:
      StageName: live
      DefinitionBody: {{Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: openapi.yaml}}}}}}
      Auth: {{Authorizers: {{}}}}
  Bucket: {{Type: AWS::S3::Bucket}}
""")
        assert scanned.errors == []
        assert scanned.compliance("s3-bucket-versioning-enabled", "Bucket") == "NON_COMPLIANT"
        assert not [r for r in scanned.document["results"] if r["check"] == "api-gw-method-authorization-required"]


def test_an_image_that_the_build_names_is_judged(scan: Any) -> None:
    scanned = scan("""
Transform: AWS::Serverless-2016-10-31
Resources: {It: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: ""}}}
""")
    assert scanned.errors == []
    assert scanned.compliance("lambda-function-xray-enabled") == "NON_COMPLIANT"


def test_serverless_resources_without_the_transform_are_a_warning(scan: Any) -> None:
    scanned = scan("""
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Handler: a.b, Runtime: python3.13}}
  It: {Type: AWS::S3::Bucket}
""")
    (warning,) = scanned.document["warnings"]
    assert warning["line"] == 3
    assert "`Transform: AWS::Serverless-2016-10-31` is missing" in warning["message"]
    assert scanned.compliance("s3-bucket-versioning-enabled") == "NON_COMPLIANT"


@pytest.mark.parametrize(
    ("resource", "property_name"),
    [
        ("{Type: AWS::Serverless::CapacityProvider, Properties: {VpcConfig: {SubnetIds: [a]}, Tags: [1]}}", "Tags"),
        ("{Type: AWS::Serverless::GraphQLApi, Properties: {SchemaInline: type Query, Auth: {Type: [1]}}}", "Auth.Type"),
        ("{Type: AWS::Serverless::Function, Properties: {InlineCode: x, CapacityProviderConfig: {Arn: [1]}}}", "Arn"),
    ],
)
def test_properties_of_rare_types_are_validated(scan: Any, resource: str, property_name: str) -> None:
    scanned = scan(f"Transform: AWS::Serverless-2016-10-31\nResources:\n  It: {resource}\n")
    (error,) = scanned.errors
    assert "the SAM transform refuses it" in error
    assert property_name in error
