"""How much an API takes on."""

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
        "REL05-BP02": "only the account's throttling limit applies",
        "COST09-BP02": "no limit bounds the demand that is billed",
        "SUS02-BP06": "no limit flattens the peaks of demand",
    },
    effort="S",
    severity="medium",
    fix="Set a rate limit and a burst limit that the backend can handle, below the account's limits.",
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
    """API stages have throttling limits.

    Without a limit of its own a stage has the account's, `account_rate_limit` per second and `account_burst_limit` at
    once, and a flood of one API leaves nothing to the others. -1 is no limit.
    """
    settings = ROUTES[stage.resource_type]
    per_second = stage.number(f"{settings}.throttlingRateLimit", account_rate_limit)
    at_once = stage.number(f"{settings}.throttlingBurstLimit", account_burst_limit)
    lower = [per_second < account_rate_limit, at_once < account_burst_limit]
    limited = all_of([*lower, per_second >= 0, at_once >= 0])
    if all_of([per_second == account_rate_limit, at_once == account_burst_limit]):
        otherwise = (
            f"no limit of its own: the account's applies ({per_second} per second, {at_once} at once by default)"
        )
    else:
        otherwise = f"limits are {per_second} per second, {at_once} at once (expected below the account's)"
    return compliant_if(limited, otherwise=otherwise)
