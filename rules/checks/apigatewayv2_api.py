"""HTTP and WebSocket APIs."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
    stated,
)
from pillarwatch.template_resource import TemplateResource, inherited, lowered
from pillarwatch.unknown import Unknown

CORS = "configuration.corsConfiguration"


PROTOCOL = "configuration.protocolType"
GET_ROUTES = "supplementaryConfiguration.apigatewayv2.GetRoutes"
ROUTES = f"{GET_ROUTES}.Items"
# The keys of an OpenAPI path item that are not operations.
NOT_OPERATIONS = ("parameters", "servers", "summary", "description")
ANY_METHOD = "x-amazon-apigateway-any-method"


def route(key: str, **other: Any) -> dict[str, Any]:
    """An example of an API with one route."""
    return {ROUTES: [{"RouteKey": key, **other}]}


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={
        "SEC03-BP01": "the route can be called without authorization",
        "SEC03-BP02": "every caller has permission to call the route",
    },
    managed_rule="API_GWV2_AUTHORIZATION_TYPE_CONFIGURED",
    effort="M",
    exposed=True,
    fix="Set AuthorizationType of the route to AWS_IAM, or to JWT or CUSTOM with an AuthorizerId.",
    compliant=[
        route("GET /things", AuthorizationType="JWT"),
        route("OPTIONS /things", AuthorizationType="NONE"),
        {PROTOCOL: "WEBSOCKET", **route("$connect", AuthorizationType="CUSTOM")},
    ],
    non_compliant=[
        route("DELETE /things", AuthorizationType="NONE"),
        route("$default"),
        {PROTOCOL: "WEBSOCKET", **route("$connect")},
    ],
    not_applicable=[{ROUTES: []}, {PROTOCOL: "WEBSOCKET", **route("sendmessage")}],
)
def api_gwv2_authorization_type_configured(api: ConfigurationItem) -> Verdict:
    """Routes of HTTP and WebSocket APIs require authorization.

    Without authorization, anybody who can reach the API can call the route. OPTIONS routes pass, because browsers send
    preflight requests without credentials. A WebSocket API authorizes clients on its $connect route only. AWS Config
    does not record routes, so only routes in templates are evaluated.
    """
    if not api.objects(GET_ROUTES):
        return compliant_if(Unknown("AWS Config does not record routes"), otherwise="")  # type: ignore[arg-type]
    web_socket = api.text(PROTOCOL) == "WEBSOCKET"

    def needs_authorization(each: Attributes) -> bool:
        return any_of([none_of([web_socket]), each.text("RouteKey") == "$connect"])

    def is_authorized(each: Attributes) -> bool:
        preflight = each.text("RouteKey").startswith("OPTIONS ")
        return any_of([preflight, each.text("AuthorizationType", "NONE") != "NONE"])

    unauthorized = "AuthorizationType is NONE (expected an authorizer or AWS_IAM)"
    return compliant_if_all(
        api.objects(ROUTES), is_authorized, unauthorized, named="RouteKey", where=needs_authorization
    )


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={"SEC03-BP01": "scripts of any website can call the API from browsers"},
    effort="S",
    severity="medium",
    fix="Replace * in CorsConfiguration.AllowOrigins with the origins of your applications.",
    compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    non_compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com", "*"]}],
    not_applicable=[{}],
)
def api_cors_allowlist_explicit(api: ConfigurationItem) -> Verdict:
    """HTTP APIs name the allowed origins in their CORS configuration.

    With the origin *, scripts of any website can call the API from a visitor's browser and read the responses. CORS
    headers that the backend itself sends are not visible to this check.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    any_origin = contains(api.texts(f"{CORS}.allowOrigins"), "*")
    return compliant_if(
        none_of([any_origin]), otherwise="AllowOrigins contains * (expected the origins that call the API)"
    )


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={
        "PERF04-BP05": "browsers repeat preflight requests within an hour",
        "SUS04-BP07": "repeated preflight requests add network traffic",
    },
    effort="S",
    severity="low",
    fix="Set CorsConfiguration.MaxAge to 3600 seconds or more.",
    compliant=[{f"{CORS}.maxAge": 3600}],
    non_compliant=[{f"{CORS}.maxAge": 3599}, {f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    not_applicable=[{}],
)
def cors_preflight_cached(api: ConfigurationItem, *, min_age_seconds: int = 3600) -> Verdict:
    """HTTP APIs let browsers cache CORS preflight responses for an hour.

    Without a cached preflight response, browsers send an OPTIONS request before a cross-origin call, and the call waits
    for the answer.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    age = api.number(f"{CORS}.maxAge")
    return compliant_if(
        age >= min_age_seconds, otherwise=f"MaxAge is {stated(age)} (expected at least {min_age_seconds} seconds)"
    )


def to_configuration_item(api: TemplateResource) -> dict[str, Any]:
    """The configuration item of an API; its CORS configuration may be in its OpenAPI document, where SAM puts it."""
    properties = api.properties
    body = properties.get("Body")
    cors_of_document = body.get("x-amazon-apigateway-cors") if isinstance(body, dict) else body
    inherited_cors = inherited(
        cors_of_document, properties.get("BodyS3Location"), "the OpenAPI document of the API is in S3"
    )
    return {
        "configuration": {
            "name": properties.get("Name", api.logical_id),
            "protocolType": properties.get("ProtocolType"),
            "corsConfiguration": lowered(properties.get("CorsConfiguration", inherited_cors)),
        },
        "supplementaryConfiguration": {"apigatewayv2": {"GetRoutes": {"Items": _routes(api)}}},
    }


def _routes(api: TemplateResource) -> Any:
    """The routes of an API: route resources, operations of its OpenAPI document, and the route of its Target."""
    properties = api.properties
    body = inherited(
        properties.get("Body"), properties.get("BodyS3Location"), "the OpenAPI document of the API is in S3"
    )
    if isinstance(body, Unknown):
        return body
    routes = [each.properties for each in api.attached("AWS::ApiGatewayV2::Route", "ApiId")]
    if "Target" in properties:
        routes.append({"RouteKey": properties.get("RouteKey", "$default")})
    document = body if isinstance(body, dict) else {}
    paths = document.get("paths", {})
    if not isinstance(paths, dict):
        return paths if isinstance(paths, Unknown) else routes
    for path, operations in paths.items():
        if isinstance(operations, Unknown):
            routes.append({"RouteKey": f"ANY {path}", "AuthorizationType": operations})
            continue
        for operation_name, operation in operations.items() if isinstance(operations, dict) else ():
            if operation_name not in NOT_OPERATIONS:
                name = "ANY" if operation_name == ANY_METHOD else operation_name.upper()
                key = path if path in {"$default", "/$default"} else f"{name} {path}"
                routes.append({"RouteKey": key.lstrip("/"), "AuthorizationType": _authorization(operation, document)})
    return routes


def _authorization(operation: Any, document: Any) -> Any:
    if isinstance(operation, Unknown):
        return operation
    security = operation.get("security", document.get("security")) if isinstance(operation, dict) else None
    return security if isinstance(security, Unknown) else "by an OpenAPI security scheme" if security else "NONE"
