"""ECS services: CloudFormation's shape."""

from collections.abc import Sequence

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource
from rules.shared.scaling import TARGET, scales
from rules.shared.tags import (
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

BREAKER = "configuration.DeploymentConfiguration.DeploymentCircuitBreaker"
BOUNDS = "configuration.DeploymentConfiguration"
CONTROLLER = "configuration.DeploymentController.Type"
PLATFORM = "configuration.PlatformVersion"
PUBLIC_IP = "configuration.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
STRATEGY = "configuration.SchedulingStrategy"
SUBNETS = "configuration.NetworkConfiguration.AwsvpcConfiguration.Subnets"


EXECUTE = "configuration.EnableExecuteCommand"
COUNT = "configuration.DesiredCount"
GRACE = "configuration.HealthCheckGracePeriodSeconds"
GROUPS = "configuration.LoadBalancers"
PROVIDERS = "configuration.CapacityProviderStrategy"


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS06-BP04": "a failed deployment is not rolled back by itself",
        "OPS06-BP01": "nothing is prepared for a deployment that fails",
    },
    effort="S",
    fix="Turn on the deployment circuit breaker, with rollback.",
    compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": True}],
    non_compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": False}, {}],
    not_applicable=[{CONTROLLER: "CODE_DEPLOY"}],
)
def ecs_service_deployment_circuit_breaker_enabled(service: ConfigurationItem) -> Verdict:
    """ECS services roll a failing deployment back by themselves.

    Without the circuit breaker ECS tries to start broken tasks for hours. CodeDeploy has its own rollback.
    """
    if service.text(CONTROLLER, "ECS") != "ECS":
        return NOT_APPLICABLE
    return compliant_if_all(("Enable", "Rollback"), lambda setting: service.flag(f"{BREAKER}.{setting}"), "off")


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS06-BP03": "a deployment takes capacity away from the users",
        "REL08-BP05": "deploying means running with too few tasks",
    },
    effort="S",
    severity="low",
    fix="Set MinimumHealthyPercent to 100 and MaximumPercent to 200.",
    compliant=[{f"{BOUNDS}.MinimumHealthyPercent": 100, f"{BOUNDS}.MaximumPercent": 150}, {}],
    non_compliant=[
        {f"{BOUNDS}.MinimumHealthyPercent": 99, f"{BOUNDS}.MaximumPercent": 200},
        {f"{BOUNDS}.MinimumHealthyPercent": 100, f"{BOUNDS}.MaximumPercent": 149},
    ],
    not_applicable=[{STRATEGY: "DAEMON"}],
)
def ecs_service_deployment_bounds_set(
    service: ConfigurationItem, *, minimum_healthy_percent: int = 100, maximum_percent: int = 150
) -> Verdict:
    """ECS services keep their full capacity while they are deployed.

    ECS's defaults, 100 and 200 percent, do; a daemon cannot.
    """
    if service.text(STRATEGY, "REPLICA") != "REPLICA":
        return NOT_APPLICABLE
    least = service.number(f"{BOUNDS}.MinimumHealthyPercent", 100)
    most = service.number(f"{BOUNDS}.MaximumPercent", 200)
    room = all_of([least >= minimum_healthy_percent, most >= maximum_percent])
    return compliant_if(room, otherwise=f"bounds are {least} and {most} percent")


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS05-BP05": "the platform's patches do not arrive",
        "SUS06-BP03": "the platform is not kept up to date",
        "PERF05-BP06": "improvements of the platform are missed",
    },
    managed_rule="ECS_FARGATE_LATEST_PLATFORM_VERSION",
    effort="S",
    severity="low",
    fix="Set the platform version to LATEST.",
    compliant=[{"configuration.LaunchType": "FARGATE", PLATFORM: "LATEST"}, {"configuration.LaunchType": "FARGATE"}],
    non_compliant=[{"configuration.LaunchType": "FARGATE", PLATFORM: "1.3.0"}],
    not_applicable=[{"configuration.LaunchType": "EC2"}, {}],
)
def ecs_fargate_latest_platform_version(service: ConfigurationItem, *, latest_linux_version: str = "1.4.0") -> Verdict:
    """Services on Fargate run on its newest platform version.

    A version that is pinned misses what AWS mends in the next.
    """
    if service.text("configuration.LaunchType") != "FARGATE":
        return NOT_APPLICABLE
    version = service.text(PLATFORM, "LATEST")
    newest = any_of([version == "LATEST", version == latest_linux_version])
    return compliant_if(newest, otherwise=f"platform version is {version}")


@check(
    "AWS::ECS::Service",
    best_practices={"SEC05-BP01": "tasks stand in the internet, not in a layer behind it"},
    effort="M",
    fix="Run the tasks in private subnets with AssignPublicIp DISABLED, behind a load balancer and endpoints or NAT.",
    compliant=[{PUBLIC_IP: "DISABLED"}, {SUBNETS: ["subnet-1"]}],
    non_compliant=[{PUBLIC_IP: "ENABLED"}],
    not_applicable=[{}],
)
def ecs_service_no_public_ip(service: ConfigurationItem) -> Verdict:
    """Tasks of ECS services have no public address.

    What only a load balancer can reach, nobody else can attack.
    """
    if not service.has("configuration.NetworkConfiguration.AwsvpcConfiguration"):
        return NOT_APPLICABLE
    assigned = service.text(PUBLIC_IP, "DISABLED")
    return compliant_if(assigned == "DISABLED", otherwise=f"public addresses are {assigned}")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP01": "more load waits for a person",
        "PERF02-BP05": "capacity does not follow the load",
        "SUS02-BP01": "idle tasks keep running",
    },
    effort="M",
    collector="scaling",
    fix="Register the service as a scalable target with a target-tracking policy.",
    compliant=[{f"related.{TARGET}": [{"configuration.MinCapacity": 1, "configuration.MaxCapacity": 4}]}],
    non_compliant=[
        {f"related.{TARGET}": [{"configuration.MinCapacity": 2, "configuration.MaxCapacity": 2}]},
        {f"related.{TARGET}": []},
    ],
    not_applicable=[{STRATEGY: "DAEMON", f"related.{TARGET}": []}],
)
def ecs_service_autoscaling_configured(service: ConfigurationItem) -> Verdict:
    """The number of an ECS service's tasks follows its load.

    A range whose ends are equal does not scale.
    """
    if service.text(STRATEGY, "REPLICA") != "REPLICA":
        return NOT_APPLICABLE
    return compliant_if(any_of(service.related(TARGET), scales), otherwise="the number of tasks is fixed")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "all tasks stand in one Availability Zone",
        "REL11-BP02": "there is no healthy zone to start a task in",
    },
    effort="M",
    fix="Add a subnet in another Availability Zone.",
    compliant=[{SUBNETS: ["subnet-1", "subnet-2"]}],
    non_compliant=[{SUBNETS: ["subnet-1"]}],
    not_applicable=[{STRATEGY: "DAEMON", SUBNETS: ["subnet-1"]}, {}],
)
def ecs_service_subnets_multi_az(service: ConfigurationItem) -> Verdict:
    """ECS services have subnets to fail over to.

    One subnet is one Availability Zone. Where two lie only they themselves tell.
    """
    if any_of([service.text(STRATEGY) == "DAEMON", none_of([service.has(SUBNETS)])]):
        return NOT_APPLICABLE
    subnets = service.texts(SUBNETS)
    return compliant_if(len(subnets) > 1, otherwise=f"{len(subnets)} subnet")


@check(
    "AWS::ECS::Service",
    best_practices={"SEC06-BP03": "people open a shell in a running container"},
    effort="S",
    severity="low",
    fix="Turn off ECS Exec, and turn it on while it is needed.",
    compliant=[{EXECUTE: False}, {}],
    non_compliant=[{EXECUTE: True}],
)
def ecs_service_execute_command_disabled(service: ConfigurationItem) -> Verdict:
    """Nobody can open a shell in the tasks of ECS services.

    What somebody changed by hand is gone with the task, and known to nobody.
    """
    return compliant_if(none_of([service.flag(EXECUTE)]), otherwise="ECS Exec is on")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "the only task stands in one place",
        "REL11-BP05": "while the task is replaced nobody answers",
    },
    effort="S",
    fix="Run two tasks or more in production.",
    compliant=[{"tags.Environment": "production", COUNT: 2}],
    non_compliant=[{"tags.Environment": "production", COUNT: 1}, {"tags.Environment": "production"}],
    not_applicable=[
        {"tags.Environment": "development", COUNT: 1},
        {"tags.Environment": "production", STRATEGY: "DAEMON"},
        {},
    ],
)
def ecs_service_minimum_running_tasks(
    service: ConfigurationItem, *, production: str = "production", least_tasks: int = 2
) -> Verdict:
    """ECS services in production run more than one task.

    Only where the tag Environment says `production`.
    """
    if any_of([service.tag("Environment") != production, service.text(STRATEGY) == "DAEMON"]):
        return NOT_APPLICABLE
    count = service.number(COUNT, 1)
    return compliant_if(count >= least_tasks, otherwise=f"{count} task")


@check(
    "AWS::ECS::Service",
    best_practices={"COST03-BP02": "the cost of tasks cannot be told to anybody"},
    effort="S",
    severity="low",
    fix="Propagate the service's tags, and turn on the tags that ECS manages.",
    compliant=[{"configuration.PropagateTags": "SERVICE", "configuration.EnableECSManagedTags": True}],
    non_compliant=[
        {"configuration.PropagateTags": "NONE", "configuration.EnableECSManagedTags": True},
        {"configuration.PropagateTags": "TASK_DEFINITION"},
        {},
    ],
)
def ecs_service_tag_propagation_enabled(service: ConfigurationItem) -> Verdict:
    """Tasks carry the tags of their service.

    Fargate bills tasks, not services.
    """
    propagated, managed = service.text("configuration.PropagateTags", "NONE"), "configuration.EnableECSManagedTags"
    right = all_of([propagated != "NONE", service.flag(managed)])
    return compliant_if(right, otherwise=f"tags are propagated from {propagated.lower()}")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL11-BP03": "a task that answers nothing counts as healthy",
        "REL07-BP02": "impaired tasks are not replaced in time",
    },
    effort="S",
    severity="medium",
    fix="Attach a target group, and let the grace period be shorter than five minutes.",
    compliant=[{GROUPS: [{"TargetGroupArn": "arn"}], GRACE: 299}, {GROUPS: [{"TargetGroupArn": "arn"}]}],
    non_compliant=[{GROUPS: [{"TargetGroupArn": "arn"}], GRACE: 300}],
    not_applicable=[{}],
)
def ecs_service_replaces_unhealthy_tasks(service: ConfigurationItem, *, most_seconds: int = 300) -> Verdict:
    """ECS services behind a load balancer replace tasks that do not answer.

    Within the grace period a task may be sick. Services without a load balancer rely on the container's own check.
    """
    if none_of([service.has(GROUPS)]):
        return NOT_APPLICABLE
    seconds = service.number(GRACE)
    return compliant_if(seconds < most_seconds, otherwise=f"the grace period is {seconds} seconds")


@check(
    "AWS::ECS::Service",
    best_practices={"COST07-BP04": "what may be interrupted is paid for in full"},
    effort="S",
    fix="Give FARGATE_SPOT a weight in the service's capacity provider strategy.",
    compliant=[
        {"tags.Criticality": "low", PROVIDERS: [{"CapacityProvider": "FARGATE"}, {"CapacityProvider": "FARGATE_SPOT"}]}
    ],
    non_compliant=[
        {"tags.Criticality": "low", PROVIDERS: [{"CapacityProvider": "FARGATE"}]},
        {"tags.Criticality": "low"},
    ],
    not_applicable=[{"tags.Criticality": "critical"}, {}],
)
def fargate_spot_used_for_noncritical(service: ConfigurationItem) -> Verdict:
    """ECS services that may be interrupted use Fargate Spot.

    Only where the tag Criticality says `low`.
    """
    if service.tag("Criticality") != "low":
        return NOT_APPLICABLE
    providers = service.texts(f"{PROVIDERS}.CapacityProvider")
    return compliant_if(contains(providers, "FARGATE_SPOT"), otherwise=f"providers: {listed(providers) or 'none'}")


def related(service: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its scalable targets."""
    return {TARGET: service.attached(TARGET, "ResourceId")}
