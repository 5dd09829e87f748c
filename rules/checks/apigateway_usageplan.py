"""API Gateway usage plans; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, stated

RATE, BURST = "configuration.Throttle.RateLimit", "configuration.Throttle.BurstLimit"


@check(
    "AWS::ApiGateway::UsagePlan",
    best_practices={
        "REL05-BP02": "one client can use the capacity of all clients",
        "SUS02-BP06": "the demand peaks of a client are not limited",
        "COST09-BP02": "the billed demand of a client is not limited",
    },
    effort="S",
    severity="medium",
    fix="Set Throttle.RateLimit (requests per second) and Throttle.BurstLimit (requests in a burst).",
    compliant=[{RATE: 100, BURST: 50}],
    non_compliant=[{RATE: 100}, {BURST: 50}, {}],
)
def api_gw_usage_plan_throttle_configured(plan: ConfigurationItem) -> Verdict:
    """API Gateway usage plans have a rate limit and a burst limit.

    Without both limits, one client can use up the throttling limits that all clients share.
    """
    rate, burst = plan.number(RATE), plan.number(BURST)
    return compliant_if(
        all_of([rate > 0, burst > 0]),
        otherwise=f"Throttle.RateLimit is {stated(rate)}, Throttle.BurstLimit is {stated(burst)} (expected both)",
    )
