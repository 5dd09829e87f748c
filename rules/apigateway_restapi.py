"""REST APIs: the describe API's camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, compliant_if_all, contains
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
    return compliant_if(api.number(SIZE, -1) >= 0, otherwise="answers are not compressed")


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
    compliant=[{KINDS: ["REGIONAL"]}, {KINDS: ["PRIVATE"]}],
    non_compliant=[{KINDS: ["EDGE"]}, {}],
)
def api_gw_endpoint_type_check(
    api: ConfigurationItem, *, endpoint_configuration_types: tuple[str, ...] = ("REGIONAL", "PRIVATE")
) -> Verdict:
    """REST APIs have an endpoint of the type that was decided on.

    What nobody decides on is EDGE, a distribution that nobody can configure.
    """
    kinds = [*api.texts(KINDS)] or ["EDGE"]
    return compliant_if_all(kinds, lambda kind: contains(endpoint_configuration_types, kind), "endpoint type")


def lift(api: TemplateResource) -> dict[str, Any]:
    """A REST API."""
    return {"configuration": lowered(api.properties, keep=("Body",))}
