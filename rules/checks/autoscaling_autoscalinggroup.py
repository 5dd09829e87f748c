"""Auto Scaling groups; their configuration items use the camelCase names of DescribeAutoScalingGroups."""

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
from pillarwatch.template_resource import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.networks import named_zones, zones_of

DISTRIBUTION = "configuration.mixedInstancesPolicy.instancesDistribution"
HEALTH = "configuration.healthCheckType"
MAX_LIFETIME = "configuration.maxInstanceLifetime"
METRICS = "configuration.enabledMetrics"
MIXED = "configuration.mixedInstancesPolicy"
ON_DEMAND = f"{DISTRIBUTION}.onDemandPercentageAboveBaseCapacity"
OVERRIDES = f"{MIXED}.launchTemplate.overrides"
REBALANCE = "configuration.capacityRebalance"
ZONES = "configuration.availabilityZones"


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={
        "PERF02-BP03": "the size of the group is not recorded in CloudWatch",
        "REL06-BP01": "failed launches in the group are not visible in metrics",
    },
    effort="S",
    severity="low",
    fix="Set MetricsCollection with Granularity 1Minute. Group metrics are free of charge.",
    compliant=[{METRICS: [{"metric": "GroupInServiceInstances"}]}],
    non_compliant=[{METRICS: []}, {}],
)
def autoscaling_group_metrics_collection_enabled(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups publish group metrics.

    Without group metrics, CloudWatch does not show how many instances the group has, and how many it needs.
    """
    return compliant_if(group.has(METRICS), otherwise="MetricsCollection is not set (expected 1Minute)")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL10-BP01": "all instances of the group are in one Availability Zone"},
    managed_rule="AUTOSCALING_MULTIPLE_AZ",
    effort="M",
    fix="Add subnets in a second Availability Zone to VPCZoneIdentifier. Traffic between the zones is charged.",
    compliant=[{ZONES: ["eu-west-1a", "eu-west-1b"]}, {ZONES: [{"value": "eu-west-1a"}, {"value": "eu-west-1b"}]}],
    non_compliant=[{ZONES: ["eu-west-1a"]}, {}],
)
def autoscaling_multiple_az(group: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Auto Scaling groups span at least two Availability Zones.

    If a group has one Availability Zone and this zone fails, all instances of the group fail.
    """
    zones = len(group.objects(ZONES))
    return compliant_if(
        zones >= min_availability_zones,
        otherwise=f"number of Availability Zones: {zones} (expected {min_availability_zones})",
    )


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={
        "REL11-BP01": "an instance that does not answer requests counts as healthy",
        "REL11-BP03": "an instance with a failed application is not replaced",
        "REL07-BP02": "the group keeps instances that fail the load balancer's health checks",
    },
    managed_rule="AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
    automation="AWSConfigRemediation-EnableAutoScalingGroupELBHealthCheck",
    effort="S",
    severity="medium",
    fix="Set HealthCheckType to ELB.",
    compliant=[
        {HEALTH: "ELB", "configuration.targetGroupARNs": ["arn"]},
        {HEALTH: "EBS,ELB", "configuration.targetGroupARNs": ["arn"]},
    ],
    non_compliant=[{HEALTH: "EC2", "configuration.loadBalancerNames": ["web"]}],
    not_applicable=[{HEALTH: "EC2"}, {}],
)
def autoscaling_group_elb_healthcheck_required(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups behind a load balancer use its health checks.

    Without these health checks, the group does not replace an instance that runs but does not answer requests.
    """
    if none_of([group.has("configuration.loadBalancerNames"), group.has("configuration.targetGroupARNs")]):
        return NOT_APPLICABLE
    kind = group.text(HEALTH, "EC2")
    return compliant_if(contains(kind, "ELB"), otherwise=f"HealthCheckType is {kind} (expected ELB)")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL08-BP04": "instances are changed in place and become different"},
    effort="S",
    severity="low",
    fix="Set LaunchTemplate and MaxInstanceLifetime (at least 86400 seconds).",
    compliant=[
        {"configuration.launchTemplate.launchTemplateId": "lt-1", MAX_LIFETIME: 2592000},
        {MIXED: {"launchTemplate": {}}, MAX_LIFETIME: 2592000},
    ],
    non_compliant=[
        {"configuration.launchTemplate.launchTemplateId": "lt-1"},
        {"configuration.launchConfigurationName": "old", MAX_LIFETIME: 2592000},
        {},
    ],
)
def autoscaling_instance_refresh_or_immutable(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups have a launch template and a maximum instance lifetime.

    Instances that are changed in place and never replaced become different from each other and miss updates. Waive
    this check if each deployment refreshes the instances: the group's configuration does not show that.
    """
    template = any_of([group.has("configuration.launchTemplate"), group.has(MIXED)])
    replaced = all_of([template, group.number(MAX_LIFETIME) > 0])
    lifetime = group.text(MAX_LIFETIME, "not set")
    found = f"launch template set: {in_json(template)}, MaxInstanceLifetime: {lifetime}"
    return compliant_if(replaced, otherwise=f"{found} (expected both)")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"PERF02-BP01": "the group can launch only one instance type"},
    managed_rule="AUTOSCALING_MULTIPLE_INSTANCE_TYPES",
    effort="S",
    severity="low",
    fix="List several instance types, or InstanceRequirements, in MixedInstancesPolicy.LaunchTemplate.Overrides.",
    compliant=[
        {OVERRIDES: [{"instanceType": "m7g.large"}, {"instanceType": "m6g.large"}]},
        {OVERRIDES: [{"instanceRequirements": {"vCpuCount": {"min": 2}}}]},
    ],
    non_compliant=[{OVERRIDES: [{"instanceType": "m7g.large"}]}, {}],
)
def autoscaling_multiple_instance_types(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups have several instance types.

    If AWS has no capacity for the only instance type, the group cannot scale out.
    """
    overrides = group.objects(OVERRIDES)
    flexible = any_of(overrides, lambda override: override.has("instanceRequirements"))
    several = any_of([flexible, len(overrides) > 1])
    return compliant_if(several, otherwise="one instance type (expected several, or InstanceRequirements)")


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"COST07-BP04": "fault-tolerant work runs at the On-Demand price"},
    effort="M",
    fix="Set OnDemandPercentageAboveBaseCapacity below 100 and SpotAllocationStrategy to price-capacity-optimized.",
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
    """Auto Scaling groups for fault-tolerant work launch Spot Instances.

    Spot Instances cost up to 90 percent less than On-Demand Instances. Applies to groups whose FaultTolerant tag is
    true.
    """
    if group.tag("FaultTolerant") != "true":
        return NOT_APPLICABLE
    on_demand = group.number(ON_DEMAND, 100)
    strategy = group.text(f"{DISTRIBUTION}.spotAllocationStrategy", "lowest-price")
    uses_spot = all_of([on_demand < 100, strategy.startswith(("price-capacity", "capacity-optimized"))])  # noqa: PLR2004 - percent
    return compliant_if(
        uses_spot, f"{on_demand} percent On-Demand (expected less), SpotAllocationStrategy is {strategy}"
    )


@check(
    "AWS::AutoScaling::AutoScalingGroup",
    best_practices={"REL11-BP03": "a Spot Instance is interrupted before its replacement has started"},
    managed_rule="AUTOSCALING_CAPACITY_REBALANCING",
    effort="S",
    severity="low",
    fix="Set CapacityRebalance to true.",
    compliant=[{ON_DEMAND: 50, REBALANCE: True}],
    non_compliant=[{ON_DEMAND: 50, REBALANCE: False}, {ON_DEMAND: 0}],
    not_applicable=[{ON_DEMAND: 100}, {}],
)
def autoscaling_capacity_rebalancing(group: ConfigurationItem) -> Verdict:
    """Auto Scaling groups with Spot Instances have Capacity Rebalancing enabled.

    Without Capacity Rebalancing, a Spot Instance is interrupted before its replacement has started. The check does not
    apply to groups without Spot Instances. AWS's managed rule applies to all groups.
    """
    if group.number(ON_DEMAND, 100) >= 100:  # noqa: PLR2004 - percent
        return NOT_APPLICABLE
    return compliant_if(group.flag(REBALANCE), otherwise="CapacityRebalance is false (expected true)")


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """The configuration item of a group; if it names subnets, their Availability Zones are its zones."""
    properties = group.properties
    configuration = lowered(properties)
    subnets = "VPCZoneIdentifier"
    zones = zones_of(group, subnets) if subnets in properties else properties.get("AvailabilityZones")
    configuration["availabilityZones"] = named_zones(zones)
    sources = [each for each in elements(properties.get("TrafficSources")) if isinstance(each, dict)]
    if balancers := [each.get("Identifier") for each in sources if each.get("Type", "elbv2") != "vpc-lattice"]:
        configuration["targetGroupARNs"] = [*elements(properties.get("TargetGroupARNs")), *balancers]
    metrics = properties.get("MetricsCollection")
    configuration["enabledMetrics"] = (
        metrics if isinstance(metrics, Unknown) else [{"metric": "all"} for _ in elements(metrics)]
    )
    return {"configuration": configuration}
