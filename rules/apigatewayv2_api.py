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
from pillarwatch.lift import TemplateResource, inherited, lowered
from pillarwatch.unknown import Unknown

CORS = "configuration.corsConfiguration"


KIND = "configuration.protocolType"
LISTED = "supplementaryConfiguration.apigatewayv2.GetRoutes"
ROUTES = f"{LISTED}.Items"
NO_VERBS = ("parameters", "servers", "summary", "description")  # what an OpenAPI path has beside operations
ANY = "x-amazon-apigateway-any-method"


def route(key: str, **other: Any) -> dict[str, Any]:
    """An example of an API's only route."""
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
    fix="Attach an authorizer to the route, or set AuthorizationType to AWS_IAM.",
    compliant=[
        route("GET /things", AuthorizationType="JWT"),
        route("OPTIONS /things", AuthorizationType="NONE"),
        {KIND: "WEBSOCKET", **route("$connect", AuthorizationType="CUSTOM")},
    ],
    non_compliant=[
        route("DELETE /things", AuthorizationType="NONE"),
        route("$default"),
        {KIND: "WEBSOCKET", **route("$connect")},
    ],
    not_applicable=[{ROUTES: []}, {KIND: "WEBSOCKET", **route("sendmessage")}],
)
def api_gwv2_authorization_type_configured(api: ConfigurationItem) -> Verdict:
    """Routes of HTTP and WebSocket APIs require authorization.

    But for OPTIONS: a browser's preflight request has no credentials. A WebSocket API authorizes when a client
    connects. Config does not record routes, so that only those of templates are known.
    """
    if not api.objects(LISTED):
        return compliant_if(Unknown("AWS Config does not record routes"), otherwise="")  # type: ignore[arg-type]
    web_socket = api.text(KIND) == "WEBSOCKET"

    def is_meant(each: Attributes) -> bool:
        return any_of([none_of([web_socket]), each.text("RouteKey") == "$connect"])

    def is_authorized(each: Attributes) -> bool:
        preflight = each.text("RouteKey").startswith("OPTIONS ")
        return any_of([preflight, each.text("AuthorizationType", "NONE") != "NONE"])

    unauthorized = "AuthorizationType is NONE"
    return compliant_if_all(api.objects(ROUTES), is_authorized, unauthorized, named="RouteKey", where=is_meant)


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={"SEC03-BP01": "cross-origin requests are allowed from every origin"},
    effort="S",
    severity="medium",
    fix="List the allowed origins in the CORS configuration.",
    compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    non_compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com", "*"]}],
    not_applicable=[{}],
)
def api_cors_allowlist_explicit(api: ConfigurationItem) -> Verdict:
    """APIs list the origins that cross-origin requests are allowed from.

    Cross-origin rules that the application answers itself are invisible here.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    everybody = contains(api.texts(f"{CORS}.allowOrigins"), "*")
    return compliant_if(none_of([everybody]), otherwise="allowed origins contain *")


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={
        "PERF04-BP05": "every call needs an additional preflight request",
        "SUS04-BP07": "preflight requests add network traffic to every call",
    },
    effort="S",
    severity="low",
    fix="Set the CORS MaxAge to one hour or more.",
    compliant=[{f"{CORS}.maxAge": 3600}],
    non_compliant=[{f"{CORS}.maxAge": 3599}, {f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    not_applicable=[{}],
)
def cors_preflight_cached(api: ConfigurationItem, *, min_age_seconds: int = 3600) -> Verdict:
    """Browsers cache CORS preflight responses.

    Otherwise each call is preceded by a preflight request.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    age = api.number(f"{CORS}.maxAge")
    return compliant_if(
        age >= min_age_seconds, otherwise=f"MaxAge is {stated(age)} (expected at least {min_age_seconds} seconds)"
    )


def lift(api: TemplateResource) -> dict[str, Any]:
    """An API as GetApi tells of it; its cross-origin rules may stand in its OpenAPI document, where SAM puts them."""
    properties = api.properties
    body = properties.get("Body")
    described = body.get("x-amazon-apigateway-cors") if isinstance(body, dict) else body
    elsewhere = inherited(described, properties.get("BodyS3Location"), "its OpenAPI document lies in S3")
    return {
        "configuration": {
            "name": properties.get("Name", api.logical_id),
            "protocolType": properties.get("ProtocolType"),
            "corsConfiguration": lowered(properties.get("CorsConfiguration", elsewhere)),
        },
        "supplementaryConfiguration": {"apigatewayv2": {"GetRoutes": {"Items": _routes(api)}}},
    }


def _routes(api: TemplateResource) -> Any:
    """The routes of an API: resources of the template, operations of its OpenAPI document, and the one of a target."""
    properties = api.properties
    body = inherited(properties.get("Body"), properties.get("BodyS3Location"), "its OpenAPI document lies in S3")
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
        for verb, operation in operations.items() if isinstance(operations, dict) else ():
            if verb not in NO_VERBS:
                name = "ANY" if verb == ANY else verb.upper()
                key = path if path in {"$default", "/$default"} else f"{name} {path}"
                routes.append({"RouteKey": key.lstrip("/"), "AuthorizationType": _authorization(operation, document)})
    return routes


def _authorization(operation: Any, document: Any) -> Any:
    if isinstance(operation, Unknown):
        return operation
    security = operation.get("security", document.get("security")) if isinstance(operation, dict) else None
    return security if isinstance(security, Unknown) else "by an OpenAPI security scheme" if security else "NONE"
