"""ECS capacity providers, with CloudFormation's attribute names."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, none_of

GROUP = "configuration.AutoScalingGroupProvider"
STATUS = f"{GROUP}.ManagedScaling.Status"
PROTECTION = f"{GROUP}.ManagedTerminationProtection"
TARGET = f"{GROUP}.ManagedScaling.TargetCapacity"


@check(
    "AWS::ECS::CapacityProvider",
    best_practices={
        "COST09-BP03": "the number of instances does not follow the tasks",
        "SUS02-BP01": "instances keep running without tasks",
        "SUS05-BP01": "more instances run than the tasks need",
    },
    effort="S",
    fix="Enable managed scaling with a target capacity of 80 to 100 percent.",
    compliant=[{STATUS: "ENABLED", TARGET: 80}, {STATUS: "ENABLED"}],
    non_compliant=[
        {STATUS: "ENABLED", TARGET: 79},
        {STATUS: "DISABLED", TARGET: 100},
        {f"{GROUP}.AutoScalingGroupArn": "arn"},
    ],
    not_applicable=[{}],
)
def ecs_capacity_provider_managed_scaling(provider: ConfigurationItem, *, least_percent: int = 80) -> Verdict:
    """ECS capacity providers have managed scaling enabled.

    ECS scales the group to its target, 100 percent unless another is given.
    """
    if none_of([provider.has(GROUP)]):
        return NOT_APPLICABLE
    status, target = provider.text(STATUS, "DISABLED"), provider.number(TARGET, 100)
    right = all_of([status == "ENABLED", target >= least_percent])
    return compliant_if(right, otherwise=f"managed scaling is {status}, target {target} percent")


@check(
    "AWS::ECS::CapacityProvider",
    best_practices={"REL07-BP01": "scaling in ends instances on which tasks still run"},
    managed_rule="ECS_CAPACITY_PROVIDER_TERMINATION_CHECK",
    effort="S",
    severity="medium",
    fix="Enable managed termination protection, and the protection from scale-in of the Auto Scaling group.",
    compliant=[{PROTECTION: "ENABLED"}],
    non_compliant=[{PROTECTION: "DISABLED"}, {f"{GROUP}.AutoScalingGroupArn": "arn"}],
    not_applicable=[{}],
)
def ecs_capacity_provider_termination_check(provider: ConfigurationItem) -> Verdict:
    """Instances on which tasks run are not ended by scaling in.

    They are unless it is asked for.
    """
    if none_of([provider.has(GROUP)]):
        return NOT_APPLICABLE
    protection = provider.text(PROTECTION, "DISABLED")
    return compliant_if(protection == "ENABLED", otherwise=f"managed termination protection is {protection}")
