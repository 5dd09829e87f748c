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
    fix="Set ManagedScaling.Status to ENABLED and TargetCapacity to a value from 80 to 100.",
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

    Without managed scaling, instances keep running without tasks, or tasks wait for instances. The default target is
    100 percent.
    """
    if none_of([provider.has(GROUP)]):
        return NOT_APPLICABLE
    status, target = provider.text(STATUS, "DISABLED"), provider.number(TARGET, 100)
    managed = all_of([status == "ENABLED", target >= least_percent])
    return compliant_if(
        managed, f"ManagedScaling is {status} at {target} percent (expected ENABLED at {least_percent} or more)"
    )


@check(
    "AWS::ECS::CapacityProvider",
    best_practices={"REL07-BP01": "scale-in terminates instances that run tasks"},
    managed_rule="ECS_CAPACITY_PROVIDER_TERMINATION_CHECK",
    effort="S",
    severity="medium",
    fix="Set ManagedTerminationProtection to ENABLED and NewInstancesProtectedFromScaleIn of the group to true.",
    compliant=[{PROTECTION: "ENABLED"}],
    non_compliant=[{PROTECTION: "DISABLED"}, {f"{GROUP}.AutoScalingGroupArn": "arn"}],
    not_applicable=[{}],
)
def ecs_capacity_provider_termination_check(provider: ConfigurationItem) -> Verdict:
    """ECS capacity providers have managed termination protection enabled.

    Without managed termination protection, scale-in terminates instances that run tasks. The default is DISABLED.
    """
    if none_of([provider.has(GROUP)]):
        return NOT_APPLICABLE
    protection = provider.text(PROTECTION, "DISABLED")
    return compliant_if(protection == "ENABLED", f"ManagedTerminationProtection is {protection} (expected ENABLED)")
