"""REST API stages. AWS Config records method settings as a map by path and method; `*/*` applies to all methods."""

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
from pillarwatch.template_resource import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.latencies import api_latency_p95_target
from rules.checks.shared.throttling import api_gw_stage_throttling_configured

ACCESS_LOG = "configuration.accessLogSettings"
CACHE = "configuration.cacheClusterEnabled"
HTTP_METHODS = "supplementaryConfiguration.Verbs"  # in a template, the HTTP methods of the API
ALL_METHOD_SETTINGS = "configuration.methodSettings.*/*"
TRACING = "configuration.tracingEnabled"
WEB_ACL = "configuration.webAclArn"


ALL_METHODS = "*/*"
CANARY = "configuration.canarySettings"
SETTINGS = "configuration.methodSettings"
LOGGING_LEVEL = f"{SETTINGS}.{ALL_METHODS}.loggingLevel"


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

    Without traces that start at the API, the component that delays a slow request is hard to find.
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
    fix="Set AccessLogSetting.DestinationArn to a log group, and Format to a JSON line with $context.requestId.",
    compliant=[{f"{ACCESS_LOG}.destinationArn": "arn", f"{ACCESS_LOG}.format": '{"id": "$context.requestId"}'}],
    non_compliant=[{f"{ACCESS_LOG}.destinationArn": "arn"}, {}],
)
def apigateway_stage_access_logs_enabled(stage: ConfigurationItem) -> Verdict:
    """REST API stages have access logs enabled.

    Without access logs, calls to the API cannot be investigated. API Gateway writes access logs only if both
    AccessLogSetting.DestinationArn and AccessLogSetting.Format are set.
    """
    required = {"destinationArn": "AccessLogSetting.DestinationArn", "format": "AccessLogSetting.Format"}
    return compliant_if_all(required, lambda name: stage.has(f"{ACCESS_LOG}.{name}"), "not set", named=required.get)


@check(
    "AWS::ApiGateway::Stage",
    best_practices={"SEC05-BP03": "no web ACL is associated"},
    managed_rule="API_GW_ASSOCIATED_WITH_WAF",
    effort="S",
    fix="Associate a web ACL with the AWS core rule set (AWSManagedRulesCommonRuleSet) and a rate-based rule.",
    compliant=[{WEB_ACL: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/web/1"}],
    non_compliant=[{WEB_ACL: ""}, {}],
)
def api_gw_associated_with_waf(stage: ConfigurationItem) -> Verdict:
    """REST API stages have an associated web ACL.

    Without a web ACL, requests with known attack patterns reach the backend.
    """
    return compliant_if(stage.has(WEB_ACL), otherwise="no web ACL is associated (expected one)")


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "PERF03-BP05": "responses are not served from an encrypted cache",
        "SUS03-BP05": "the backend processes identical requests again",
    },
    managed_rule="API_GW_CACHE_ENABLED_AND_ENCRYPTED",
    effort="M",
    severity="low",
    fix="Set CacheClusterEnabled to true, and CachingEnabled and CacheDataEncrypted to true in the MethodSettings.",
    compliant=[
        {CACHE: True, f"{ALL_METHOD_SETTINGS}.cachingEnabled": True, f"{ALL_METHOD_SETTINGS}.cacheDataEncrypted": True}
    ],
    non_compliant=[
        {CACHE: True, f"{ALL_METHOD_SETTINGS}.cachingEnabled": True},
        {"parameters.every_stage": True, CACHE: False},
        {"parameters.every_stage": True, HTTP_METHODS: ["POST", "GET"]},
        {"parameters.every_stage": True, HTTP_METHODS: ["ANY"]},
        {"parameters.every_stage": True},
    ],
    not_applicable=[{"parameters.every_stage": True, HTTP_METHODS: ["POST", "OPTIONS"]}, {CACHE: False}, {}],
)
def api_gw_cache_enabled_and_encrypted(stage: ConfigurationItem, *, every_stage: bool = False) -> Verdict:
    """REST API stages have an encrypted cache.

    Without a cache, the backend processes identical requests again. An unencrypted cache stores responses in plain
    text. A cache is charged by the hour. A stage without a cache therefore fails only if the parameter `every_stage` is
    true. AWS's managed rule fails each such stage. API Gateway caches only GET methods by default. In a template, the
    check does not apply to a stage without a cache if its API has no GET method.
    """
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
    # https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html (APIGateway.5)
    http_methods = stage.texts(HTTP_METHODS)
    has_no_get = all_of([len(http_methods) > 0, none_of(http_methods, answers_get)])
    if all_of([none_of([stage.flag(CACHE)]), any_of([has_no_get, none_of([every_stage])])]):
        return NOT_APPLICABLE
    settings = (CACHE, f"{ALL_METHOD_SETTINGS}.cachingEnabled", f"{ALL_METHOD_SETTINGS}.cacheDataEncrypted")
    return compliant_if_all(
        settings, stage.flag, "false or not set (expected true)", named=lambda path: path.rpartition(".")[2]
    )


@check(
    "AWS::ApiGateway::Stage",
    best_practices={
        "OPS04-BP02": "execution logging is turned off",
        "SEC04-BP01": "errors and requests of the API are not recorded in execution logs",
    },
    managed_rule="API_GW_EXECUTION_LOGGING_ENABLED",
    effort="S",
    severity="medium",
    fix="Set LoggingLevel to ERROR in the MethodSettings for all methods (ResourcePath /*, HttpMethod *).",
    compliant=[{LOGGING_LEVEL: "ERROR"}, {LOGGING_LEVEL: "INFO", f"{SETTINGS}.orders/GET.cachingEnabled": True}],
    non_compliant=[{LOGGING_LEVEL: "OFF"}, {LOGGING_LEVEL: "ERROR", f"{SETTINGS}.orders/GET.loggingLevel": "OFF"}, {}],
)
def api_gw_execution_logging_enabled(stage: ConfigurationItem) -> Verdict:
    """REST API stages have execution logging enabled.

    Without execution logs, errors in authorizers, mappings and integrations cannot be investigated. The logging level
    must be ERROR or INFO in the setting for all methods, and in each setting for a single method.
    """
    for_all_methods = stage.text(LOGGING_LEVEL, "OFF")
    for_single_methods = {
        each.text("key"): each.text("value.loggingLevel", for_all_methods) for each in stage.entries(SETTINGS)
    }
    return compliant_if_all(
        {ALL_METHODS: for_all_methods, **for_single_methods}.items(),
        lambda each: contains(("ERROR", "INFO"), each[1]),
        "LoggingLevel is not ERROR or INFO",
        named=lambda each: f"{each[1]} for {each[0]}",
    )


@check(
    "AWS::ApiGateway::Stage",
    best_practices={"OPS06-BP03": "a new deployment of the API reaches all callers at the same time"},
    effort="S",
    severity="low",
    fix="Set CanarySetting.PercentTraffic for a new deployment, and promote the canary when it works.",
    compliant=[{"tags.Environment": "production", f"{CANARY}.percentTraffic": 10}],
    non_compliant=[{"tags.Environment": "production"}],
    not_applicable=[{"tags.Environment": "development"}, {}],
)
def apigateway_stage_canary_configured(stage: ConfigurationItem) -> Verdict:
    """REST API stages in production use canary deployments.

    Without a canary, a faulty deployment affects all callers at the same time. Applies to stages whose Environment tag
    is production.
    """
    if stage.environment != PRODUCTION:
        return NOT_APPLICABLE
    return compliant_if(stage.has(CANARY), otherwise="CanarySetting is not set (expected a canary)")


def answers_get(http_method: str) -> bool:
    """Whether a method of an API answers GET requests."""
    return contains(("ANY", "GET"), http_method)


def to_configuration_item(stage: TemplateResource) -> dict[str, Any]:
    """The configuration item of a stage with its web ACL; method settings are a map, as GetStage returns them."""
    properties = stage.properties
    associations = [
        each
        for each in stage.attached("AWS::WAFv2::WebACLAssociation", "ResourceArn")
        if belongs_to(stage, each.properties.get("ResourceArn"))
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


def belongs_to(stage: TemplateResource, arn: Any) -> bool:
    """Whether an ARN with the stage's name can be the stage's ARN: it does not name another API or stage."""
    api = stage.properties.get("RestApiId")
    if isinstance(arn, str):
        return not isinstance(api, str) or f"/{api}/" in f"/{arn}"
    is_other_resource = not arn.reference.startswith("AWS::") and arn.reference != stage.logical_id
    return not (arn.reference and is_other_resource) or (isinstance(api, Unknown) and api.reference == arn.reference)


def _method(settings: Any) -> str:
    """The key of method settings: path and method; an unknown one makes the settings of all methods unknown."""
    path, method = settings.get("ResourcePath", "/*"), settings.get("HttpMethod", "*")
    return f"{path}/{method}".lstrip("/") if path != "/*" else f"*/{method}"
