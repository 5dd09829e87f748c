"""Templates of apigatewayv2_api."""

from typing import Any

from tests.rules.checks.templates import Case, other

AUTHORIZED = "api-gwv2-authorization-type-configured"


def route(key: str, **properties: Any) -> dict[str, Any]:
    return {"Route": other("AWS::ApiGatewayV2::Route", ApiId={"Ref": "Main"}, RouteKey=key, **properties)}


def described(operation: dict[str, Any], **document: Any) -> dict[str, Any]:
    return {"Body": {"openapi": "3.0.1", "paths": {"/things": {"get": operation}}, **document}}


CASES: list[Case] = [
    (AUTHORIZED, "NON_COMPLIANT", {}, route("DELETE /things", AuthorizationType="NONE")),
    (AUTHORIZED, "NON_COMPLIANT", {}, route("GET /things")),
    (AUTHORIZED, "COMPLIANT", {}, route("GET /things", AuthorizationType="AWS_IAM")),
    (AUTHORIZED, "INSUFFICIENT_DATA", {}, route("GET /things", AuthorizationType={"Fn::ImportValue": "kind"})),
    (AUTHORIZED, "NON_COMPLIANT", {"Target": "arn:aws:lambda:eu-west-1:123456789012:function:f"}, {}),
    (AUTHORIZED, "NON_COMPLIANT", described({"responses": {}}), {}),
    (AUTHORIZED, "COMPLIANT", described({"security": [{"jwt": []}]}), {}),
    (AUTHORIZED, "COMPLIANT", described({}, security=[{"jwt": []}]), {}),
    (AUTHORIZED, "NON_COMPLIANT", described({"security": []}, security=[{"jwt": []}]), {}),
    (AUTHORIZED, "INSUFFICIENT_DATA", {"BodyS3Location": {"Bucket": "b", "Key": "k"}}, {}),
    (AUTHORIZED, "NOT_APPLICABLE", {}, {}),
    ("api-cors-allowlist-explicit", "NON_COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"]}}, {}),
    (
        "api-cors-allowlist-explicit",
        "NON_COMPLIANT",
        {"Body": {"openapi": "3.0.1", "x-amazon-apigateway-cors": {"allowOrigins": ["*"]}}},
        {},
    ),
    ("api-cors-allowlist-explicit", "NOT_APPLICABLE", {"Body": {"openapi": "3.0.1"}}, {}),
    ("api-cors-allowlist-explicit", "INSUFFICIENT_DATA", {"BodyS3Location": {"Bucket": "a", "Key": "b"}}, {}),
    ("cors-preflight-cached", "COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 7200}}, {}),
]
