"""REST APIs; their configuration items use the camelCase names of the GetRestApi API."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, lowered

COMPRESSION_SIZE = "configuration.minimumCompressionSize"
ENDPOINT_TYPES = "configuration.endpointConfiguration.types"


@check(
    "AWS::ApiGateway::RestApi",
    best_practices={
        "PERF04-BP05": "responses are not compressed",
        "SUS04-BP07": "uncompressed responses use more network traffic than needed",
    },
    effort="S",
    severity="low",
    fix="Set MinimumCompressionSize, for example to 1024 bytes.",
    compliant=[{COMPRESSION_SIZE: 1024}, {COMPRESSION_SIZE: 0}],
    non_compliant=[{}],
)
def api_gw_payload_compression_enabled(api: ConfigurationItem) -> Verdict:
    """REST APIs compress responses.

    Uncompressed responses take longer to transfer and use more network traffic. API Gateway compresses responses of
    MinimumCompressionSize bytes or more. The value 0 compresses every response.
    """
    return compliant_if(
        api.number(COMPRESSION_SIZE, -1) >= 0, otherwise="MinimumCompressionSize is not set (expected a size in bytes)"
    )


@check(
    "AWS::ApiGateway::RestApi",
    best_practices={
        "PERF04-BP06": "the endpoint type does not match the location of the clients",
        "PERF04-BP02": "requests pass through an additional CloudFront distribution",
    },
    managed_rule="API_GW_ENDPOINT_TYPE_CHECK",
    effort="S",
    severity="low",
    fix="Set EndpointConfiguration.Types to an accepted endpoint type, for example REGIONAL or PRIVATE.",
    compliant=[
        {ENDPOINT_TYPES: ["REGIONAL"]},
        {ENDPOINT_TYPES: ["PRIVATE"]},
        {"parameters.endpoint_configuration_types": ["EDGE"], ENDPOINT_TYPES: ["EDGE"]},
    ],
    non_compliant=[
        {"parameters.endpoint_configuration_types": ["REGIONAL"], ENDPOINT_TYPES: ["EDGE"]},
        {"parameters.endpoint_configuration_types": ["PRIVATE"]},
    ],
    not_applicable=[{ENDPOINT_TYPES: ["EDGE"]}, {}],
)
def api_gw_endpoint_type_check(api: ConfigurationItem, *, endpoint_configuration_types: Sequence[str] = ()) -> Verdict:
    """REST APIs have an accepted endpoint type.

    EDGE is the default. It can add latency for clients in the Region of the API, and for clients that reach the API
    through a CloudFront distribution of yours. The configuration does not show the locations of clients, so an API can
    fail only if the parameter `endpoint_configuration_types` is set.
    """
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
    endpoint_types = [*api.texts(ENDPOINT_TYPES)] or ["EDGE"]
    accepted = endpoint_configuration_types or ("REGIONAL", "PRIVATE")
    is_accepted = all_of(endpoint_types, lambda endpoint_type: contains(accepted, endpoint_type))
    otherwise = f"EndpointConfiguration.Types is {listed(endpoint_types)} (expected {' or '.join(accepted)})"
    return compliant_if(is_accepted, otherwise, required=len(endpoint_configuration_types) > 0)


def to_configuration_item(api: TemplateResource) -> dict[str, Any]:
    """The configuration item of a REST API."""
    return {"configuration": lowered(api.properties, keep=("Body",))}
