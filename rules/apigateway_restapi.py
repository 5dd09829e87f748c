"""REST APIs: the describe API's camelCase."""

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
from pillarwatch.lift import TemplateResource, lowered

SIZE = "configuration.minimumCompressionSize"
KINDS = "configuration.endpointConfiguration.types"


@check(
    "AWS::ApiGateway::RestApi",
    best_practices={
        "PERF04-BP05": "responses are not compressed",
        "SUS04-BP07": "uncompressed responses use more network traffic than needed",
    },
    effort="S",
    severity="low",
    fix="Set MinimumCompressionSize, e.g. to 1024 bytes.",
    compliant=[{SIZE: 1024}, {SIZE: 0}],
    non_compliant=[{}],
)
def api_gw_payload_compression_enabled(api: ConfigurationItem) -> Verdict:
    """REST APIs compress responses.

    Responses from the configured size up are compressed; 0 compresses every response.
    """
    return compliant_if(api.number(SIZE, -1) >= 0, otherwise="MinimumCompressionSize is not set")


@check(
    "AWS::ApiGateway::RestApi",
    best_practices={
        "PERF04-BP06": "the endpoint type does not match the location of the clients",
        "PERF04-BP02": "requests pass a second network of edge locations",
    },
    managed_rule="API_GW_ENDPOINT_TYPE_CHECK",
    effort="S",
    severity="low",
    fix="Set the endpoint type to REGIONAL, behind your own distribution, or to PRIVATE.",
    compliant=[
        {KINDS: ["REGIONAL"]},
        {KINDS: ["PRIVATE"]},
        {"parameters.endpoint_configuration_types": ["EDGE"], KINDS: ["EDGE"]},
    ],
    non_compliant=[
        {"parameters.endpoint_configuration_types": ["REGIONAL"], KINDS: ["EDGE"]},
        {"parameters.endpoint_configuration_types": ["PRIVATE"]},
    ],
    not_applicable=[{KINDS: ["EDGE"]}, {}],
)
def api_gw_endpoint_type_check(api: ConfigurationItem, *, endpoint_configuration_types: Sequence[str] = ()) -> Verdict:
    """REST APIs have an accepted endpoint type.

    EDGE, the default, is meant for clients in many places. Where the clients are is not in the configuration, so only
    an API for which the settings name types can fail.
    """
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
    kinds = [*api.texts(KINDS)] or ["EDGE"]
    wanted = endpoint_configuration_types or ("REGIONAL", "PRIVATE")
    right = all_of(kinds, lambda kind: contains(wanted, kind))
    otherwise = f"EndpointConfiguration.Types is {listed(kinds)} (expected {' or '.join(wanted)})"
    return compliant_if(right, otherwise, asked=len(endpoint_configuration_types) > 0)


def lift(api: TemplateResource) -> dict[str, Any]:
    """A REST API."""
    return {"configuration": lowered(api.properties, keep=("Body",))}
