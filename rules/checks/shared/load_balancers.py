"""Load balancers and Classic Load Balancers. The attributes of load balancers (v2) are a list of keys and values."""

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
    surely,
)
from rules.checks.shared.vended_logs import DELIVERIES

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
OF_CLASSIC = {"resourceType": CLASSIC}
ATTRIBUTES = "supplementaryConfiguration.LoadBalancerAttributes"
CLASSIC_LOG = f"{ATTRIBUTES}.accessLog.enabled"


def attribute(balancer: ConfigurationItem, key: str, default: str) -> str:
    """The value of a load balancer attribute in lower case."""
    values = [each.text("value") for each in balancer.objects(ATTRIBUTES) if each.text("key") == key]
    return values[0].lower() if values else default


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    CLASSIC,
    best_practices={"SEC04-BP01": "requests to the load balancer are not logged"},
    managed_rule="ELB_LOGGING_ENABLED",
    automation="AWSConfigRemediation-EnableLoggingForALBAndCLB",
    effort="S",
    severity="medium",
    fix="Set the attribute access_logs.s3.enabled to true, and access_logs.s3.bucket to a bucket for the logs.",
    compliant=[
        {ATTRIBUTES: [{"key": "access_logs.s3.enabled", "value": "true"}]},
        {**OF_CLASSIC, CLASSIC_LOG: True},
    ],
    non_compliant=[{ATTRIBUTES: [{"key": "access_logs.s3.enabled", "value": "false"}]}, {}, OF_CLASSIC],
    not_applicable=[{"configuration.type": "network"}, {"configuration.type": "gateway"}],
)
def elb_logging_enabled(balancer: ConfigurationItem) -> Verdict:
    """Application and Classic Load Balancers have access logs enabled.

    Without access logs, the clients and requests of an incident cannot be identified. Network Load Balancers log TLS
    connections only, and Gateway Load Balancers have no access logs, so both are not judged.
    """
    if balancer.resource_type == CLASSIC:
        return compliant_if(balancer.flag(CLASSIC_LOG), "AccessLoggingPolicy.Enabled is false (expected true)")
    delivered = surely(balancer.has(DELIVERIES))
    if all_of([none_of([delivered]), contains(("network", "gateway"), balancer.text("configuration.type"))]):
        return NOT_APPLICABLE

    def logs(each: Attributes) -> bool:
        is_named = each.text("key") == "access_logs.s3.enabled"
        return False if surely(none_of([is_named])) else all_of([is_named, each.flag("value")])

    logged = any_of([any_of(balancer.objects(ATTRIBUTES), logs), delivered])
    return compliant_if(logged, otherwise="access_logs.s3.enabled is false (expected true)")
