"""The throttling limits of API Gateway stages."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

ROUTES = {
    "AWS::ApiGateway::Stage": "configuration.methodSettings.*/*",
    "AWS::ApiGatewayV2::Stage": "configuration.defaultRouteSettings",
}
REST = ROUTES["AWS::ApiGateway::Stage"]
HTTP = ROUTES["AWS::ApiGatewayV2::Stage"]


@check(
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    best_practices={
        "REL05-BP02": "the stage has no throttling limits below the account's limits",
        "COST09-BP02": "no throttling limit bounds the demand that is billed",
        "SUS02-BP06": "no throttling limit reduces the peaks of demand",
    },
    effort="S",
    severity="medium",
    fix="Set ThrottlingRateLimit and ThrottlingBurstLimit to what the backend can handle, below the account's limits.",
    compliant=[
        {f"{REST}.throttlingRateLimit": 100.0, f"{REST}.throttlingBurstLimit": 50},
        {
            "resourceType": "AWS::ApiGatewayV2::Stage",
            f"{HTTP}.throttlingRateLimit": 9999,
            f"{HTTP}.throttlingBurstLimit": 4999,
        },
    ],
    non_compliant=[
        {f"{REST}.throttlingRateLimit": 10000.0, f"{REST}.throttlingBurstLimit": 5000},
        {f"{REST}.throttlingRateLimit": -1, f"{REST}.throttlingBurstLimit": -1},
        {"resourceType": "AWS::ApiGatewayV2::Stage"},
    ],
)
def api_gw_stage_throttling_configured(
    stage: ConfigurationItem, *, account_rate_limit: int = 10_000, account_burst_limit: int = 5_000
) -> Verdict:
    """API Gateway stages have throttling limits below the account's limits.

    Without limits of the stage, requests to one API can use up the account's limits, and requests to the other APIs
    fail. The parameters `account_rate_limit` and `account_burst_limit` are the account's limits. The value -1 means no
    limit.
    """
    settings = ROUTES[stage.resource_type]
    rate = stage.number(f"{settings}.throttlingRateLimit", account_rate_limit)
    burst = stage.number(f"{settings}.throttlingBurstLimit", account_burst_limit)
    limited = all_of([rate < account_rate_limit, burst < account_burst_limit, rate >= 0, burst >= 0])
    if all_of([rate == account_rate_limit, burst == account_burst_limit]):
        otherwise = f"the stage has no throttling limits (the account's apply: rate {rate}, burst {burst})"
    else:
        expected = f"expected below {account_rate_limit} and {account_burst_limit}"
        otherwise = f"ThrottlingRateLimit is {rate}, ThrottlingBurstLimit is {burst} ({expected})"
    return compliant_if(limited, otherwise=otherwise)
