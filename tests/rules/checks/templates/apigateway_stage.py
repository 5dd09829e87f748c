"""Templates of apigateway_stage."""

from typing import Any

from tests.rules.checks.templates import Case, other


def link(stage: str) -> dict[str, Any]:
    """A web ACL's association with a stage, whose ARN ends so."""
    arn = {"Fn::Sub": f"arn:aws:apigateway:${{AWS::Region}}::/restapis/{stage}"}
    return other("AWS::WAFv2::WebACLAssociation", ResourceArn=arn, WebACLArn="arn")


CASES: list[Case] = [
    ("api-gw-xray-enabled", "COMPLIANT", {"TracingEnabled": True}, {}),
    ("api-gw-xray-enabled", "NON_COMPLIANT", {}, {}),
    (
        "apigateway-stage-access-logs-enabled",
        "COMPLIANT",
        {"AccessLogSetting": {"DestinationArn": "a", "Format": "b"}},
        {},
    ),
    ("apigateway-stage-access-logs-enabled", "NON_COMPLIANT", {"AccessLogSetting": {"DestinationArn": "a"}}, {}),
    ("api-gw-associated-with-waf", "NON_COMPLIANT", {}, {}),
    (
        "api-gw-associated-with-waf",
        "COMPLIANT",
        {},
        {"Link": other("AWS::WAFv2::WebACLAssociation", ResourceArn={"Fn::Sub": "arn:x/${Main}"}, WebACLArn="arn")},
    ),
    (
        "api-gw-cache-enabled-and-encrypted",
        "COMPLIANT",
        {
            "CacheClusterEnabled": True,
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "CachingEnabled": True, "CacheDataEncrypted": True}
            ],
        },
        {},
    ),
    (
        "api-gw-associated-with-waf",
        "COMPLIANT",
        {"RestApiId": {"Ref": "Api"}, "StageName": "prod"},
        {"Api": other("AWS::ApiGateway::RestApi"), "Link": link("${Api}/stages/prod")},
    ),
    (
        "api-gw-associated-with-waf",
        "NON_COMPLIANT",
        {"RestApiId": {"Ref": "Api"}, "StageName": "prod"},
        {
            "Api": other("AWS::ApiGateway::RestApi"),
            "Another": other("AWS::ApiGateway::RestApi"),
            "Link": link("${Another}/stages/prod"),
        },
    ),
    (
        "api-gw-associated-with-waf",
        "COMPLIANT",
        {"RestApiId": "a1", "StageName": "prod"},
        {"Link": link("a1/stages/prod")},
    ),
    ("api-gw-cache-enabled-and-encrypted", "NON_COMPLIANT", {"CacheClusterEnabled": True}, {}),
    *(
        (
            "api-gw-cache-enabled-and-encrypted",
            verdict,
            {"RestApiId": {"Ref": "Api"}, "StageName": "prod"},
            {
                "Api": other("AWS::ApiGateway::RestApi"),
                "Write": other("AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}, HttpMethod="POST"),
                "Other": other("AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}, HttpMethod=verb),
            },
        )
        for verdict, verb in (("NOT_APPLICABLE", "PUT"), ("NOT_APPLICABLE", "GET"))
    ),
    (
        "api-gw-stage-throttling-configured",
        "COMPLIANT",
        {
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 5}
            ]
        },
        {},
    ),
    ("api-gw-stage-throttling-configured", "NON_COMPLIANT", {}, {}),
    (
        "api-gw-execution-logging-enabled",
        "COMPLIANT",
        {"MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "LoggingLevel": "ERROR"}]},
        {},
    ),
    (
        "api-gw-execution-logging-enabled",
        "NON_COMPLIANT",
        {
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "LoggingLevel": "ERROR"},
                {"ResourcePath": "/orders", "HttpMethod": "GET", "LoggingLevel": "OFF"},
            ]
        },
        {},
    ),
    (
        "apigateway-stage-canary-configured",
        "COMPLIANT",
        {"Tags": [{"Key": "Environment", "Value": "production"}], "CanarySetting": {"PercentTraffic": 10}},
        {},
    ),
]
