"""Methods of REST APIs that stand in an OpenAPI document."""

from typing import Any

import pytest

AUTHORIZED = "api-gw-method-authorization-required"
SIGNED = "{security: [{iam: []}]}"
API = """
Parameters: {Wide: {Type: String%s}}
Conditions: {Wider: !Equals [!Ref Wide, "yes"]}
Resources:
  Door:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        swagger: "2.0"
        securityDefinitions: {iam: {type: apiKey, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}}
        paths: %s
"""


def methods(scanned: Any) -> dict[str, str]:
    return {r["logical_id"]: r["compliance"] for r in scanned.document["results"] if r["check"] == AUTHORIZED}


@pytest.mark.parametrize(
    "paths",
    [
        f"{{/a: {{delete: !If [Wider, {SIGNED}, !Ref AWS::NoValue], get: {SIGNED}}}}}",
        f"{{/a: {{get: {SIGNED}, delete: !If [Wider, !If [Wider, {SIGNED}, {{}}], !Ref AWS::NoValue]}}}}",
    ],
)
def test_an_operation_behind_a_condition_is_a_method_where_the_condition_holds(paths: str, scan: Any) -> None:
    assert methods(scan(API % (", Default: 'no'", paths))) == {"Door GET /a": "COMPLIANT"}
    both = {"Door DELETE /a": "COMPLIANT", "Door GET /a": "COMPLIANT"}
    assert methods(scan(API % (", Default: 'yes'", paths))).items() >= both.items()
    assert methods(scan(API % ("", paths))).items() >= both.items()


@pytest.mark.parametrize(
    "paths",
    [
        f"!If [Wider, {{/a: {{get: {SIGNED}}}}}, {{/a: {{get: {{}}}}}}]",
        f"{{/a: !If [Wider, {{get: {SIGNED}}}, {{get: {{}}}}]}}",
        f"{{/a: {{get: !If [Wider, {SIGNED}, {{}}]}}}}",
    ],
)
def test_each_branch_of_a_condition_is_judged_where_it_is_taken(paths: str, scan: Any) -> None:
    assert methods(scan(API % (", Default: 'yes'", paths))) == {"Door GET /a": "COMPLIANT"}
    assert methods(scan(API % (", Default: 'no'", paths))) == {"Door GET /a otherwise": "NON_COMPLIANT"}


def test_the_event_of_a_conditional_function_needs_no_authorization_where_the_function_is_not_created(
    scan: Any,
) -> None:
    scanned = scan("""
Transform: AWS::Serverless-2016-10-31
Parameters: {Wide: {Type: String, Default: 'no'}}
Conditions: {Wider: !Equals [!Ref Wide, "yes"]}
Resources:
  Door: {Type: AWS::Serverless::Api, Properties: {StageName: live, Auth: {DefaultAuthorizer: AWS_IAM}}}
  Worker:
    Type: AWS::Serverless::Function
    Condition: Wider
    Properties:
      InlineCode: x
      Handler: a.b
      Runtime: python3.13
      Events: {Post: {Type: Api, Properties: {RestApiId: !Ref Door, Path: /a, Method: post}}}
""")
    assert scanned.errors == []
    assert "NON_COMPLIANT" not in methods(scanned).values()
