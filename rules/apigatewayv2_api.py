"""HTTP and WebSocket APIs."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, contains, none_of
from pillarwatch.lift import TemplateResource, inherited, lowered

CORS = "configuration.corsConfiguration"


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={"SEC03-BP01": "which sites' scripts may call the API was not defined"},
    effort="S",
    severity="medium",
    fix="Name the origins that may call the API.",
    compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    non_compliant=[{f"{CORS}.allowOrigins": ["https://app.example.com", "*"]}],
    not_applicable=[{}],
)
def api_cors_allowlist_explicit(api: ConfigurationItem) -> Verdict:
    """APIs name the websites whose scripts may call them.

    Cross-origin rules that the application answers itself are invisible here.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    everybody = contains(api.texts(f"{CORS}.allowOrigins"), "*")
    return compliant_if(none_of([everybody]), otherwise="allowed origins contain *")


@check(
    "AWS::ApiGatewayV2::Api",
    best_practices={
        "PERF04-BP05": "browsers ask twice for every call",
        "SUS04-BP07": "every call travels the network twice",
    },
    effort="S",
    severity="low",
    fix="Set the CORS maximum age to an hour or more.",
    compliant=[{f"{CORS}.maxAge": 3600}],
    non_compliant=[{f"{CORS}.maxAge": 3599}, {f"{CORS}.allowOrigins": ["https://app.example.com"]}],
    not_applicable=[{}],
)
def cors_preflight_cached(api: ConfigurationItem, *, min_age_seconds: int = 3600) -> Verdict:
    """Browsers remember whether they may call the API.

    Otherwise each call is preceded by a preflight request.
    """
    if not api.has(CORS):
        return NOT_APPLICABLE
    age = api.number(f"{CORS}.maxAge")
    return compliant_if(age >= min_age_seconds, otherwise=f"preflight answers are kept for {age} seconds")


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
        }
    }
