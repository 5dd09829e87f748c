"""The p95 latency of APIs and load balancers."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of

LATENCY = "supplementaryConfiguration.Metrics.Latency.p95"  # of API Gateway, in milliseconds
RESPONSE_TIME = "supplementaryConfiguration.Metrics.TargetResponseTime.p95"  # of a load balancer's targets, in seconds


@check(
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "PERF05-BP01": "the p95 latency missed its target on a day of the week",
        "PERF05-BP02": "the measured latency above the target did not lead to an improvement",
    },
    effort="M",
    severity="medium",
    collector="latencies",
    live=True,
    fix="Find the slow routes in the X-Ray traces, and optimize them.",
    compliant=[{LATENCY: 500}, {RESPONSE_TIME: 0.5}],
    non_compliant=[{LATENCY: 500.1}, {RESPONSE_TIME: 0.501}],
    not_applicable=[{}],
)
def api_latency_p95_target(entry: ConfigurationItem, *, most_milliseconds: int = 500) -> Verdict:
    """API stages and load balancers have a p95 latency within the target.

    A p95 latency above the target means that more than 5 of 100 requests are slower than users accept. The check uses
    the slowest day of the last week. Resources without requests are not judged.
    """
    if none_of([entry.has(LATENCY), entry.has(RESPONSE_TIME)]):
        return NOT_APPLICABLE
    latency = entry.number(LATENCY) or entry.number(RESPONSE_TIME) * 1000
    expected = f"expected {most_milliseconds} ms or less"
    return compliant_if(latency <= most_milliseconds, otherwise=f"the p95 latency is {latency:g} ms ({expected})")
