"""Stages of REST APIs. Config keeps method settings as a map by path and method; `*/*` holds for all of them."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.lift import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.shared.latencies import api_latency_p95_target
from rules.shared.throttling import api_gw_stage_throttling_configured

ACCESS_LOG = "configuration.accessLogSettings"
CACHE = "configuration.cacheClusterEnabled"
VERBS = "supplementaryConfiguration.Verbs"  # in a template, the HTTP methods of the API
METHODS = "configuration.methodSettings.*/*"
TRACING = "configuration.tracingEnabled"
WEB_ACL = "configuration.webAclArn"


ALL_METHODS = "*/*"
CANARY = "configuration.canarySettings"
SETTINGS = "configuration.methodSettings"
LEVEL = f"{SETTINGS}.{ALL_METHODS}.loggingLevel"


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "OPS04-BP05": "the API is not traced",
        "REL06-BP07": "requests cannot be traced from the entry point",
    },
    managed_rule="API_GW_XRAY_ENABLED",
    automation="AWSConfigRemediation-EnableAPIGatewayTracing",
    effort="S",
    severity="medium",
    fix="Set TracingEnabled to true.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def api_gw_xray_enabled(stage: ConfigurationItem) -> Verdict:
    """REST API stages have X-Ray tracing enabled.

    A trace that starts at the API shows where a slow request spent its time.
    """
    return compliant_if(stage.flag(TRACING), otherwise="TracingEnabled is false (expected true)")


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "SEC04-BP01": "callers of the API are not logged",
        "OPS04-BP02": "requests to the API are not logged",
        "OPS08-BP02": "there are no access logs to analyze",
    },
    managed_rule="APIGATEWAY_STAGE_ACCESS_LOGS_ENABLED",
    effort="S",
    severity="medium",
    fix="Name a log group and a JSON format with $context.requestId for the stage's access logs.",
    compliant=[{f"{ACCESS_LOG}.destinationArn": "arn", f"{ACCESS_LOG}.format": '{"id": "$context.requestId"}'}],
    non_compliant=[{f"{ACCESS_LOG}.destinationArn": "arn"}, {}],
)
def apigateway_stage_access_logs_enabled(stage: ConfigurationItem) -> Verdict:
    """REST API stages have access logs enabled.

    It takes a destination and a format: without a format nothing is written.
    """
    needed = ("destinationArn", "format")
    return compliant_if_all(needed, lambda name: stage.has(f"{ACCESS_LOG}.{name}"), "AccessLogSetting lacks")


@check(
    "AWS::ApiGateway::Stage",
    best_practices={"SEC05-BP03": "no web ACL is associated"},
    managed_rule="API_GW_ASSOCIATED_WITH_WAF",
    effort="S",
    fix="Associate a web ACL with AWS's core rule set and a rate limit.",
    compliant=[{WEB_ACL: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/web/1"}],
    non_compliant=[{WEB_ACL: ""}, {}],
)
def api_gw_associated_with_waf(stage: ConfigurationItem) -> Verdict:
    """REST API stages have a web ACL.

    It stops known attacks before they cost an invocation.
    """
    return compliant_if(stage.has(WEB_ACL), otherwise="no web ACL is associated")


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "PERF03-BP05": "responses that do not change are fetched again from the backend",
        "SUS03-BP05": "the backend repeats work for identical requests",
    },
    managed_rule="API_GW_CACHE_ENABLED_AND_ENCRYPTED",
    effort="M",
    severity="low",
    fix="Turn on the cache cluster, and caching and cache encryption in the method settings of what is only read.",
    compliant=[{CACHE: True, f"{METHODS}.cachingEnabled": True, f"{METHODS}.cacheDataEncrypted": True}],
    non_compliant=[
        {CACHE: True, f"{METHODS}.cachingEnabled": True},
        {"parameters.every_stage": True, CACHE: False},
        {"parameters.every_stage": True, VERBS: ["POST", "GET"]},
        {"parameters.every_stage": True, VERBS: ["ANY"]},
        {"parameters.every_stage": True},
    ],
    not_applicable=[{"parameters.every_stage": True, VERBS: ["POST", "OPTIONS"]}, {CACHE: False}, {}],
)
def api_gw_cache_enabled_and_encrypted(stage: ConfigurationItem, *, every_stage: bool = False) -> Verdict:
    """REST API stages have an encrypted cache.

    AWS's own rule asks for it of every stage; set `every_stage` for that. A cache is paid for by the hour, and only who
    runs the API knows whether requests repeat, so without the setting only a cache that is there is judged. In a
    template, an API without GET methods never is: API Gateway caches only those by default.
    """
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
    # https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html (APIGateway.5)
    verbs = stage.texts(VERBS)
    unused = all_of([len(verbs) > 0, none_of(verbs, reads)])
    if all_of([none_of([stage.flag(CACHE)]), any_of([unused, none_of([every_stage])])]):
        return NOT_APPLICABLE
    settings = (CACHE, f"{METHODS}.cachingEnabled", f"{METHODS}.cacheDataEncrypted")
    return compliant_if_all(
        settings, stage.flag, "expected true, but it is false", named=lambda path: path.rpartition(".")[2]
    )


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "OPS04-BP02": "execution logs are off",
        "SEC04-BP01": "errors and requests of the API are not recorded in execution logs",
    },
    managed_rule="API_GW_EXECUTION_LOGGING_ENABLED",
    effort="S",
    severity="medium",
    fix="Set LoggingLevel to ERROR for all methods of the stage.",
    compliant=[{LEVEL: "ERROR"}, {LEVEL: "INFO", f"{SETTINGS}.orders/GET.cachingEnabled": True}],
    non_compliant=[{LEVEL: "OFF"}, {LEVEL: "ERROR", f"{SETTINGS}.orders/GET.loggingLevel": "OFF"}, {}],
)
def api_gw_execution_logging_enabled(stage: ConfigurationItem) -> Verdict:
    """REST API stages have execution logging enabled.

    The setting for all methods, which none of them may take back; one that is set for single methods only leaves the
    others out.
    """
    of_all = stage.text(LEVEL, "OFF")
    of_single = {each.text("key"): each.text("value.loggingLevel", of_all) for each in stage.entries(SETTINGS)}
    return compliant_if_all(
        {ALL_METHODS: of_all, **of_single}.items(),
        lambda each: contains(("ERROR", "INFO"), each[1]),
        "the logging level is",
        named=lambda each: f"{each[1]} for {each[0]}",
    )


@check(
    "AWS::ApiGateway::Stage",
    best_practices={"OPS06-BP03": "a new version of the API meets all callers at once"},
    effort="S",
    severity="low",
    fix="Deploy with canary settings, and promote the canary.",
    compliant=[{"tags.Environment": "production", f"{CANARY}.percentTraffic": 10}],
    non_compliant=[{"tags.Environment": "production"}],
    not_applicable=[{"tags.Environment": "development"}, {}],
)
def apigateway_stage_canary_configured(stage: ConfigurationItem) -> Verdict:
    """Stages in production try a new version on some of the callers.

    Only where the tag Environment says `production`.
    """
    if stage.environment != PRODUCTION:
        return NOT_APPLICABLE
    return compliant_if(stage.has(CANARY), otherwise="no canary settings")


def reads(verb: str) -> bool:
    """Whether a method answers GET requests."""
    return contains(("ANY", "GET"), verb)


def lift(stage: TemplateResource) -> dict[str, Any]:
    """A stage with its web ACL; method settings by path and method, as GetStage tells of them."""
    properties = stage.properties
    associations = [
        each
        for each in stage.attached("AWS::WAFv2::WebACLAssociation", "ResourceArn")
        if is_of(stage, each.properties.get("ResourceArn"))
    ]
    apis = stage.names("AWS::ApiGateway::RestApi", "RestApiId")
    methods = [method for api in apis for method in api.attached("AWS::ApiGateway::Method", "RestApiId")]
    return {
        "supplementaryConfiguration": {"Verbs": [method.properties.get("HttpMethod") for method in methods]},
        "configuration": {
            "canarySettings": lowered(properties.get("CanarySetting")),
            "stageName": properties.get("StageName", stage.logical_id),
            "accessLogSettings": lowered(properties.get("AccessLogSetting")),
            "cacheClusterEnabled": properties.get("CacheClusterEnabled"),
            "tracingEnabled": properties.get("TracingEnabled"),
            "webAclArn": associations[0].properties.get("WebACLArn") if associations else None,
            "methodSettings": {
                _method(settings): lowered(settings) for settings in elements(properties.get("MethodSettings"))
            },
        },
    }


def is_of(stage: TemplateResource, arn: Any) -> bool:
    """Whether an ARN that ends with the stage's name may be of its API: it names no other one."""
    api = stage.properties.get("RestApiId")
    if isinstance(arn, str):
        return not isinstance(api, str) or f"/{api}/" in f"/{arn}"
    another = not arn.reference.startswith("AWS::") and arn.reference != stage.logical_id
    return not (arn.reference and another) or (isinstance(api, Unknown) and api.reference == arn.reference)


def _method(settings: Any) -> str:
    """The path and method that settings are for; where unknown, those of all methods are not known either."""
    path, method = settings.get("ResourcePath", "/*"), settings.get("HttpMethod", "*")
    return f"{path}/{method}".lstrip("/") if path != "/*" else f"*/{method}"
