"""REST API methods; their configuration items use the property names of CloudFormation."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.resource_policies import ANY_PRINCIPAL, ONE_ACCOUNT

# Read from templates only: the last part of the method's path, and the endpoint types and resource policy of its API.
PATH_PART = "supplementaryConfiguration.PathPart"
ENDPOINT_TYPES = "supplementaryConfiguration.EndpointTypes"
API_POLICY = "supplementaryConfiguration.ApiPolicy"
HEALTH_CHECK_PATHS = ("health", "health-check", "healthcheck", "healthz", "livez", "ping", "readyz")
OFFICE_ADDRESSES = {"aws:SourceIp": ["203.0.113.0/24"]}
DENY_OTHERS = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
AUTHORIZATION = "configuration.AuthorizationType"
HTTP_METHOD = "configuration.HttpMethod"
REQUEST_VALIDATOR = "configuration.RequestValidatorId"
METHODS_WITH_BODY = ("ANY", "PATCH", "POST", "PUT")


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "SEC03-BP01": "the method can be called without authorization",
        "SEC03-BP02": "every caller has permission to call the method",
    },
    effort="M",
    exposed=True,
    fix="Set AuthorizationType to AWS_IAM, or to CUSTOM or COGNITO_USER_POOLS with an AuthorizerId.",
    compliant=[{HTTP_METHOD: "GET", AUTHORIZATION: "AWS_IAM"}, {HTTP_METHOD: "OPTIONS", AUTHORIZATION: "NONE"}],
    non_compliant=[
        {HTTP_METHOD: "GET", AUTHORIZATION: "NONE"},
        {HTTP_METHOD: "GET", API_POLICY: ANY_PRINCIPAL},
        {HTTP_METHOD: "GET", PATH_PART: "orders"},
        {HTTP_METHOD: "GET"},
        {},
    ],
    not_applicable=[
        {HTTP_METHOD: "GET", ENDPOINT_TYPES: ["PRIVATE"]},
        {HTTP_METHOD: "GET", API_POLICY: ONE_ACCOUNT},
        {
            HTTP_METHOD: "GET",
            API_POLICY: {
                "Statement": [
                    *ANY_PRINCIPAL["Statement"],
                    {**DENY_OTHERS, "Condition": {"NotIpAddress": OFFICE_ADDRESSES}},
                ]
            },
        },
        {HTTP_METHOD: "GET", PATH_PART: "health"},
    ],
)
def api_gw_method_authorization_required(method: ConfigurationItem) -> Verdict:
    """REST API methods require authorization.

    Without authorization, anybody who can reach the API can call the method. An API key identifies a client but does
    not authorize a caller. OPTIONS methods pass, because browsers send preflight requests without credentials. In
    templates, the check does not apply to health check methods and to methods of private APIs. The same is true if the
    resource policy of the API allows only named callers.
    """
    authorized = any_of([method.text(AUTHORIZATION, "NONE") != "NONE", method.text(HTTP_METHOD) == "OPTIONS"])
    if none_of([authorized]) and any_of([contains(HEALTH_CHECK_PATHS, method.text(PATH_PART)), is_restricted(method)]):
        return NOT_APPLICABLE
    found = f"AuthorizationType of {method.text(HTTP_METHOD, 'the method')} is NONE"
    return compliant_if(authorized, otherwise=f"{found} (expected an authorizer or AWS_IAM)")


def is_restricted(method: ConfigurationItem) -> bool:
    """Whether the endpoint type or the resource policy of the API allows only named callers.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
    """
    statements = method.statements(API_POLICY)
    open_to_all = any_of(statements, lambda statement: statement.admits_anybody)
    closed = any_of([none_of([open_to_all]), any_of(statements, lambda statement: statement.refuses_others)])
    return any_of([contains(method.texts(ENDPOINT_TYPES), "PRIVATE"), all_of([len(statements) > 0, closed])])


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "REL05-BP04": "malformed requests are rejected only by the backend",
        "SEC05-BP03": "API Gateway does not validate requests before it forwards them",
    },
    effort="S",
    severity="low",
    fix="Set RequestValidatorId to a validator that validates the body, and RequestModels to a model of the body.",
    compliant=[{HTTP_METHOD: "POST", REQUEST_VALIDATOR: "v1"}],
    non_compliant=[{HTTP_METHOD: "POST"}, {HTTP_METHOD: "ANY"}],
    not_applicable=[{HTTP_METHOD: "GET"}, {}],
)
def api_request_validation_enabled(method: ConfigurationItem) -> Verdict:
    """REST API methods that receive a request body have a request validator.

    Without a validator, the backend has to reject malformed requests. Applies to POST, PUT, PATCH and ANY methods.
    """
    if none_of([contains(METHODS_WITH_BODY, method.text(HTTP_METHOD))]):
        return NOT_APPLICABLE
    found = f"RequestValidatorId of {method.text(HTTP_METHOD)} is not set (expected a validator)"
    return compliant_if(method.has(REQUEST_VALIDATOR), otherwise=found)


def to_configuration_item(method: TemplateResource) -> dict[str, Any]:
    """The configuration item of a method, with the path and the access settings of its API."""
    apis = [api.properties for api in method.names("AWS::ApiGateway::RestApi", "RestApiId")]
    parts = [part.properties.get("PathPart") for part in method.names("AWS::ApiGateway::Resource", "ResourceId")]
    documented_path = method.logical_id.rpartition("/")[2]  # a method of an OpenAPI document has its path as logical id
    endpoints = [api.get("EndpointConfiguration", {}) for api in apis]
    return {
        "configuration": method.properties,
        "supplementaryConfiguration": {
            "PathPart": next(iter(parts), documented_path),
            "EndpointTypes": next((each.get("Types") for each in endpoints), None),
            "ApiPolicy": next((policy_of(api) for api in apis), None),
        },
    }


def policy_of(api: dict[str, Any]) -> Any:
    """The resource policy of an API, from its Policy property or its OpenAPI document."""
    body = api.get("Body")
    in_body = body.get("x-amazon-apigateway-policy") if isinstance(body, dict) else body
    return api.get("Policy", in_body)
