"""Auto Scaling groups: the describe API's camelCase."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    in_json,
    none_of,
)
from pillarwatch.lift import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.shared.networks import named_zones, zones_of

DISTRIBUTION = "configuration.mixedInstancesPolicy.instancesDistribution"
HEALTH = "configuration.healthCheckType"
LIFETIME = "configuration.maxInstanceLifetime"
METRICS = "configuration.enabledMetrics"
MIXED = "configuration.mixedInstancesPolicy"
ON_DEMAND = f"{DISTRIBUTION}.onDemandPercentageAboveBaseCapacity"
OVERRIDES = f"{MIXED}.launchTemplate.overrides"
REBALANCE = "configuration.capacityRebalance"
ZONES = "configuration.availabilityZones"


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={
        "PERF02-BP03": "nobody sees how many instances the group had, and wanted",
        "REL06-BP01": "a group that cannot scale is not noticed",
    },
    effort="S",
    severity="low",
    fix="Enable the collection of group metrics.",
    compliant=[{METRICS: [{"metric": "GroupInServiceInstances"}]}],
    non_compliant=[{METRICS: []}, {}],
)
def autoscaling_group_metrics_collection_enabled(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups publish their metrics.

    It is free, and off unless it is turned on.
    """
    return compliant_if(group.has(METRICS), otherwise="no group metrics")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL10-BP01": "all instances stand in one Availability Zone"},
    managed_rule="AUTOSCALING_MULTIPLE_AZ",
    effort="M",
    fix="Add subnets in a second Availability Zone.",
    compliant=[{ZONES: ["eu-west-1a", "eu-west-1b"]}, {ZONES: [{"value": "eu-west-1a"}, {"value": "eu-west-1b"}]}],
    non_compliant=[{ZONES: ["eu-west-1a"]}, {}],
)
def autoscaling_multiple_az(group: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Auto Scaling groups span Availability Zones.

    Of a template that names several subnets, the zones count in which they are said to lie.
    """
    zones = len(group.objects(ZONES))
    return compliant_if(zones >= min_availability_zones, otherwise=f"{zones} Availability Zones")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={
        "REL11-BP01": "an instance that answers no request counts as healthy",
        "REL11-BP03": "a broken instance is not replaced",
        "REL07-BP02": "an impaired instance is not replaced",
    },
    managed_rule="AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
    automation="AWSConfigRemediation-EnableAutoScalingGroupELBHealthCheck",
    effort="S",
    severity="medium",
    fix="Set the health check type to ELB.",
    compliant=[
        {HEALTH: "ELB", "configuration.targetGroupARNs": ["arn"]},
        {HEALTH: "EBS,ELB", "configuration.targetGroupARNs": ["arn"]},
    ],
    non_compliant=[{HEALTH: "EC2", "configuration.loadBalancerNames": ["web"]}],
    not_applicable=[{HEALTH: "EC2"}, {}],
)
def autoscaling_group_elb_healthcheck_required(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups behind a load balancer ask it who is healthy.

    Otherwise an instance counts as healthy while its machine is on.
    """
    if none_of([group.has("configuration.loadBalancerNames"), group.has("configuration.targetGroupARNs")]):
        return NOT_APPLICABLE
    kind = group.text(HEALTH, "EC2")
    return compliant_if(contains(kind, "ELB"), otherwise=f"health checks are {kind}")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL08-BP04": "instances are changed in place and grow apart"},
    effort="S",
    severity="low",
    fix="Use a launch template, and set a maximum instance lifetime.",
    compliant=[
        {"configuration.launchTemplate.launchTemplateId": "lt-1", LIFETIME: 2592000},
        {MIXED: {"launchTemplate": {}}, LIFETIME: 2592000},
    ],
    non_compliant=[
        {"configuration.launchTemplate.launchTemplateId": "lt-1"},
        {"configuration.launchConfigurationName": "old", LIFETIME: 2592000},
        {},
    ],
)
def autoscaling_instance_refresh_or_immutable(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups replace their instances instead of changing them.

    From a launch template, and none older than its lifetime. Waive it where each deployment refreshes the instances,
    which the group does not show.
    """
    template = any_of([group.has("configuration.launchTemplate"), group.has(MIXED)])
    replaced = all_of([template, group.number(LIFETIME) > 0])
    lifetime = group.text(LIFETIME, "unlimited")
    return compliant_if(replaced, otherwise=f"LaunchTemplate: {in_json(template)}, MaxInstanceLifetime: {lifetime}")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"PERF02-BP01": "one type of instance was taken for all loads"},
    managed_rule="AUTOSCALING_MULTIPLE_INSTANCE_TYPES",
    effort="S",
    severity="low",
    fix="Add a mixed instances policy with several types, or with requirements.",
    compliant=[
        {OVERRIDES: [{"instanceType": "m7g.large"}, {"instanceType": "m6g.large"}]},
        {OVERRIDES: [{"instanceRequirements": {"vCpuCount": {"min": 2}}}]},
    ],
    non_compliant=[{OVERRIDES: [{"instanceType": "m7g.large"}]}, {}],
)
def autoscaling_multiple_instance_types(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups can launch several types of instance.

    When one type is short, the group still scales.
    """
    overrides = group.objects(OVERRIDES)
    flexible = any_of(overrides, lambda override: override.has("instanceRequirements"))
    several = any_of([flexible, len(overrides) > 1])
    return compliant_if(several, otherwise=f"{len(overrides) or 1} instance type")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"COST07-BP04": "work that could wait or move is done at full price"},
    effort="M",
    fix="Run a part of the group on Spot, with the allocation strategy price-capacity-optimized.",
    compliant=[
        {
            "tags.FaultTolerant": "true",
            ON_DEMAND: 50,
            f"{DISTRIBUTION}.spotAllocationStrategy": "price-capacity-optimized",
        }
    ],
    non_compliant=[{"tags.FaultTolerant": "true", ON_DEMAND: 100}, {"tags.FaultTolerant": "true"}],
    not_applicable=[{ON_DEMAND: 100}, {}],
)
def ec2_spot_used_for_flexible(group: ConfigurationItem) -> Verdict:
    """Fault-tolerant Auto Scaling groups run on Spot in part.

    Only where the tag FaultTolerant says `true`.
    """
    if group.tag("FaultTolerant") != "true":
        return NOT_APPLICABLE
    share, strategy = group.number(ON_DEMAND, 100), group.text(f"{DISTRIBUTION}.spotAllocationStrategy", "lowest-price")
    right = all_of([share < 100, strategy.startswith(("price-capacity", "capacity-optimized"))])  # noqa: PLR2004 - percent
    return compliant_if(right, otherwise=f"{share} percent on demand, strategy {strategy}")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL11-BP03": "an instance is lost before its replacement is there"},
    managed_rule="AUTOSCALING_CAPACITY_REBALANCING",
    effort="S",
    severity="low",
    fix="Turn on capacity rebalancing.",
    compliant=[{ON_DEMAND: 50, REBALANCE: True}],
    non_compliant=[{ON_DEMAND: 50, REBALANCE: False}, {ON_DEMAND: 0}],
    not_applicable=[{ON_DEMAND: 100}, {}],
)
def autoscaling_capacity_rebalancing(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups on Spot replace instances before they are taken away.

    AWS's own rule asks it of every group; without Spot there is nothing to rebalance.
    """
    if group.number(ON_DEMAND, 100) >= 100:  # noqa: PLR2004 - percent
        return NOT_APPLICABLE
    return compliant_if(group.flag(REBALANCE), otherwise="capacity rebalancing is off")


def lift(group: TemplateResource) -> dict[str, Any]:
    """A group. Where it names subnets, the zones in which they lie are its zones."""
    properties = group.properties
    whole = lowered(properties)
    by = "VPCZoneIdentifier"
    zones = zones_of(group, by) if by in properties else properties.get("AvailabilityZones")
    whole["availabilityZones"] = named_zones(zones)
    sources = [each for each in elements(properties.get("TrafficSources")) if isinstance(each, dict)]
    if balancers := [each.get("Identifier") for each in sources if each.get("Type", "elbv2") != "vpc-lattice"]:
        whole["targetGroupARNs"] = [*elements(properties.get("TargetGroupARNs")), *balancers]
    metrics = properties.get("MetricsCollection")
    whole["enabledMetrics"] = (
        metrics if isinstance(metrics, Unknown) else [{"metric": "all"} for _ in elements(metrics)]
    )
    return {"configuration": whole}
