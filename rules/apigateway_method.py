"""Methods of REST APIs, which AWS Config records in CloudFormation's shape."""

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
from pillarwatch.lift import TemplateResource
from rules.shared.examples import allowing
from rules.shared.resource_policies import EVERYBODY, NAMED

# In a template: the last part of the method's path, and of its API the types of the endpoint and the resource policy.
PART = "supplementaryConfiguration.PathPart"
KINDS = "supplementaryConfiguration.EndpointTypes"
POLICY = "supplementaryConfiguration.ApiPolicy"
OF_HEALTH = ("health", "health-check", "healthcheck", "healthz", "livez", "ping", "readyz")
OFFICE = {"aws:SourceIp": ["203.0.113.0/24"]}
BUT_OFFICE = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
AUTHORIZATION = "configuration.AuthorizationType"
VERB = "configuration.HttpMethod"
VALIDATOR = "configuration.RequestValidatorId"
WRITES = ("ANY", "PATCH", "POST", "PUT")


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "SEC03-BP01": "the method can be called without authorization",
        "SEC03-BP02": "every caller has permission to call the method",
    },
    effort="M",
    exposed=True,
    fix="Attach an authorizer, or set AuthorizationType to AWS_IAM.",
    compliant=[{VERB: "GET", AUTHORIZATION: "AWS_IAM"}, {VERB: "OPTIONS", AUTHORIZATION: "NONE"}],
    non_compliant=[
        {VERB: "GET", AUTHORIZATION: "NONE"},
        {VERB: "GET", POLICY: EVERYBODY},
        {VERB: "GET", PART: "orders"},
        {VERB: "GET"},
        {},
    ],
    not_applicable=[
        {VERB: "GET", KINDS: ["PRIVATE"]},
        {VERB: "GET", POLICY: NAMED},
        {
            VERB: "GET",
            POLICY: {"Statement": [*EVERYBODY["Statement"], {**BUT_OFFICE, "Condition": {"NotIpAddress": OFFICE}}]},
        },
        {VERB: "GET", PART: "health"},
    ],
)
def api_gw_method_authorization_required(method: ConfigurationItem) -> Verdict:
    """REST API methods require authorization.

    But for OPTIONS: a browser's preflight request cannot say. An API key is no authorization: it names a client, and
    anybody can have it. In a template, methods for health checks, of private APIs, and of APIs whose resource policy
    admits named callers only are not judged.
    """
    asks = any_of([method.text(AUTHORIZATION, "NONE") != "NONE", method.text(VERB) == "OPTIONS"])
    if none_of([asks]) and any_of([contains(OF_HEALTH, method.text(PART)), is_limited(method)]):
        return NOT_APPLICABLE
    return compliant_if(asks, otherwise=f"AuthorizationType of {method.text(VERB, 'the method')} is NONE")


def is_limited(method: ConfigurationItem) -> bool:
    """Whether the endpoint or the resource policy of the API admits named callers only.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
    """
    statements = method.statements(POLICY)
    open_to_all = any_of(statements, lambda statement: statement.admits_anybody)
    closed = any_of([none_of([open_to_all]), any_of(statements, lambda statement: statement.refuses_others)])
    return any_of([contains(method.texts(KINDS), "PRIVATE"), all_of([len(statements) > 0, closed])])


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "REL05-BP04": "malformed requests are rejected only by the backend",
        "SEC05-BP03": "requests are not validated before they are processed",
    },
    effort="S",
    severity="low",
    fix="Attach a request validator with a model of the body.",
    compliant=[{VERB: "POST", VALIDATOR: "v1"}],
    non_compliant=[{VERB: "POST"}, {VERB: "ANY"}],
    not_applicable=[{VERB: "GET"}, {}],
)
def api_request_validation_enabled(method: ConfigurationItem) -> Verdict:
    """REST API methods that write validate requests.

    Malformed requests are rejected before they reach the backend.
    """
    if none_of([contains(WRITES, method.text(VERB))]):
        return NOT_APPLICABLE
    return compliant_if(method.has(VALIDATOR), otherwise=f"{method.text(VERB)} has no request validator")


def lift(method: TemplateResource) -> dict[str, Any]:
    """A method, with what its API and its path say of who may call it."""
    apis = [api.properties for api in method.names("AWS::ApiGateway::RestApi", "RestApiId")]
    parts = [part.properties.get("PathPart") for part in method.names("AWS::ApiGateway::Resource", "ResourceId")]
    of_document = method.logical_id.rpartition("/")[2]  # one of an OpenAPI document is named by its path
    endpoints = [api.get("EndpointConfiguration", {}) for api in apis]
    return {
        "configuration": method.properties,
        "supplementaryConfiguration": {
            "PathPart": next(iter(parts), of_document),
            "EndpointTypes": next((each.get("Types") for each in endpoints), None),
            "ApiPolicy": next((policy_of(api) for api in apis), None),
        },
    }


def policy_of(api: dict[str, Any]) -> Any:
    """The resource policy of an API: a property, or a part of its OpenAPI document."""
    body = api.get("Body")
    in_body = body.get("x-amazon-apigateway-policy") if isinstance(body, dict) else body
    return api.get("Policy", in_body)
