"""How long users wait: the p95 of what answers them."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of

LATENCY = "supplementaryConfiguration.Metrics.Latency.p95"  # of API Gateway, in milliseconds
RESPONSE_TIME = "supplementaryConfiguration.Metrics.TargetResponseTime.p95"  # of a load balancer's targets, in seconds


@check(
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "PERF05-BP01": "an indicator whose objective is missed for a day steers nothing",
        "PERF05-BP02": "nobody acts on how long users wait",
    },
    effort="M",
    severity="medium",
    collector="latencies",
    live=True,
    fix="Find the slow routes in the traces, and optimize them.",
    compliant=[{LATENCY: 500}, {RESPONSE_TIME: 0.5}],
    non_compliant=[{LATENCY: 500.1}, {RESPONSE_TIME: 0.501}],
    not_applicable=[{}],
)
def api_latency_p95_target(entry: ConfigurationItem, *, most_milliseconds: int = 500) -> Verdict:
    """Ninety-five of a hundred requests are answered in time, on every day of a week.

    Without requests there is nothing to judge.
    """
    if none_of([entry.has(LATENCY), entry.has(RESPONSE_TIME)]):
        return NOT_APPLICABLE
    waited = entry.number(LATENCY) or entry.number(RESPONSE_TIME) * 1000
    return compliant_if(waited <= most_milliseconds, otherwise=f"p95 is {waited:.0f} ms")
