"""Templates of apigateway_stage."""

from tests.checks.templates import Case, other

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
    ("api-gw-cache-enabled-and-encrypted", "NON_COMPLIANT", {"CacheClusterEnabled": True}, {}),
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
        "apigateway-stage-canary-configured",
        "COMPLIANT",
        {"Tags": [{"Key": "Environment", "Value": "production"}], "CanarySetting": {"PercentTraffic": 10}},
        {},
    ),
]
