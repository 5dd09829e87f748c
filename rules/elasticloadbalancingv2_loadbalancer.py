"""Application, network and gateway load balancers. Attributes are a list of keys and values."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource, each, lowered
from rules.shared.load_balancers import elb_logging_enabled
from rules.shared.tags import required_tags, resource_managed_by_iac

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
