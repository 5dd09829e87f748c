"""Usage plans of REST APIs, which AWS Config records in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, stated

RATE, BURST = "configuration.Throttle.RateLimit", "configuration.Throttle.BurstLimit"


@check(
    "AWS::ApiGateway::UsagePlan",
    best_practices={
        "REL05-BP02": "one client can use the capacity of all clients",
        "SUS02-BP06": "no limit flattens the peaks of a client",
        "COST09-BP02": "no limit bounds the demand of a client that is billed",
    },
    effort="S",
    severity="medium",
    fix="Set a rate and a burst for the plan.",
    compliant=[{RATE: 100, BURST: 50}],
    non_compliant=[{RATE: 100}, {BURST: 50}, {}],
)
def api_gw_usage_plan_throttle_configured(plan: ConfigurationItem) -> Verdict:
    """Usage plans have a rate limit and a burst limit.

    Both numbers: how many a second, and how many at once.
    """
    rate, burst = plan.number(RATE), plan.number(BURST)
    return compliant_if(
        all_of([rate > 0, burst > 0]),
        otherwise=f"Throttle.RateLimit is {stated(rate)}, Throttle.BurstLimit is {stated(burst)} (expected both)",
    )
