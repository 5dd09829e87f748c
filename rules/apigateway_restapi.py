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
        "PERF04-BP05": "answers travel larger than they need to",
        "SUS04-BP07": "the network carries what compression would save",
    },
    effort="S",
    severity="low",
    fix="Set a minimum compression size, e.g. 1024 bytes.",
    compliant=[{SIZE: 1024}, {SIZE: 0}],
    non_compliant=[{}],
)
def api_gw_payload_compression_enabled(api: ConfigurationItem) -> Verdict:
    """REST APIs compress their answers.

    From the size that is set; 0 is every answer.
    """
    return compliant_if(api.number(SIZE, -1) >= 0, otherwise="MinimumCompressionSize is not set")


@check(
    "AWS::ApiGateway::RestApi",
    best_practices={
        "PERF04-BP06": "where requests enter was not chosen by where they come from",
        "PERF04-BP02": "traffic takes a second network of edges",
    },
    managed_rule="API_GW_ENDPOINT_TYPE_CHECK",
    effort="S",
    severity="low",
    fix="Make the endpoint REGIONAL, behind a distribution of your own, or PRIVATE.",
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
    """REST APIs have an endpoint of the type that was decided on.

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
