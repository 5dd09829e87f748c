"""Application, network and gateway load balancers. Attributes are a list of keys and values."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
)
from pillarwatch.lift import TemplateResource, each, lowered
from rules.shared.tags import required_tags, resource_managed_by_iac

ATTRIBUTES = "supplementaryConfiguration.LoadBalancerAttributes"
ZONES = "configuration.availabilityZones"


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "REL10-BP01": "one Availability Zone takes the entry of the workload with it",
        "REL11-BP02": "there is no healthy zone to fail over to",
    },
    managed_rule="ELBV2_MULTIPLE_AZ",
    effort="M",
    fix="Add a subnet in a second Availability Zone.",
    compliant=[{ZONES: [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]}],
    non_compliant=[{ZONES: [{"subnetId": "subnet-1"}]}, {}],
)
def elbv2_multiple_az(balancer: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Load balancers stand in several Availability Zones.

    A load balancer has one subnet per zone.
    """
    zones = balancer.objects(ZONES)
    return compliant_if(len(zones) >= min_availability_zones, otherwise=f"Availability Zones: {len(zones)}")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC04-BP01": "who asked for what is not recorded"},
    managed_rule="ELB_LOGGING_ENABLED",
    automation="AWSConfigRemediation-EnableLoggingForALBAndCLB",
    effort="S",
    severity="medium",
    fix="Turn on access logs to a bucket.",
    compliant=[{ATTRIBUTES: [{"key": "access_logs.s3.enabled", "value": "true"}]}],
    non_compliant=[{ATTRIBUTES: [{"key": "access_logs.s3.enabled", "value": "false"}]}, {}],
    not_applicable=[{"configuration.type": "gateway"}],
)
def elb_logging_enabled(balancer: ConfigurationItem) -> Verdict:
    """Load balancers log who asked for what.

    A gateway load balancer has no access logs.
    """
    if balancer.text("configuration.type") == "gateway":
        return NOT_APPLICABLE

    def on(attribute: Attributes) -> bool:
        return all_of([attribute.text("key") == "access_logs.s3.enabled", attribute.flag("value")])

    return compliant_if(any_of(balancer.objects(ATTRIBUTES), on), otherwise="access logs are off")


def lift(balancer: TemplateResource) -> dict[str, Any]:
    """A load balancer with its attributes."""
    properties = balancer.properties
    subnets = properties.get("Subnets", properties.get("SubnetMappings"))
    return {
        "configuration": {
            "loadBalancerName": properties.get("Name", balancer.logical_id),
            "scheme": properties.get("Scheme", "internet-facing"),
            "type": properties.get("Type", "application"),
            "availabilityZones": each(subnets, lambda subnet: {"subnetId": subnet}),
        },
        "supplementaryConfiguration": {
            "LoadBalancerAttributes": lowered(properties.get("LoadBalancerAttributes")),
        },
    }
