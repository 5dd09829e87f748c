"""ECS services, with CloudFormation's attribute names."""

from collections.abc import Sequence
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
    compliant_if_all,
    contains,
    listed,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.lift import TemplateResource
from rules.shared.alarms import ALARM, alarmed, alarms_of
from rules.shared.examples import alarm
from rules.shared.networks import placed, placed_subnets, several_zones
from rules.shared.scaling import POLICY, TARGET, scaled
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

COUNT = "configuration.DesiredCount"
EXECUTE = "configuration.EnableExecuteCommand"
GRACE = "configuration.HealthCheckGracePeriodSeconds"
GROUPS = "configuration.LoadBalancers"
PROVIDERS = "configuration.CapacityProviderStrategy"

BUSIEST = "supplementaryConfiguration.Metrics.CPUUtilization.Maximum"
FINDING = "supplementaryConfiguration.compute-optimizer.GetECSServiceRecommendations.ecsServiceRecommendations"
TRACKING = "configuration.TargetTrackingScalingPolicyConfiguration"
CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
METRIC = f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType"
WATCHED = (
    ("AWS/ECS", "CPUUtilization"),
    ("AWS/ECS", "MemoryUtilization"),
    ("ECS/ContainerInsights", "RunningTaskCount"),
)
SCALED = {f"related.{TARGET}": [{"configuration.MinCapacity": 1, "configuration.MaxCapacity": 4}]}
FIXED: dict[str, object] = {f"related.{TARGET}": [], f"related.{POLICY}": []}


def policy(metric: str, value: int, **more: object) -> dict[str, object]:
    """An example of a service that scales by one target-tracking policy."""
    configuration = {f"{TRACKING}.{key}": each for key, each in more.items()}
    return {**SCALED, f"related.{POLICY}": [{METRIC: metric, f"{TRACKING}.TargetValue": value, **configuration}]}


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS06-BP04": "a failed deployment is not rolled back automatically",
        "OPS06-BP01": "no rollback is configured for failed deployments",
    },
    effort="S",
    fix="Turn on the deployment circuit breaker, with rollback.",
    compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": True}],
    non_compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": False}, {}],
    not_applicable=[{CONTROLLER: "CODE_DEPLOY"}],
)
def ecs_service_deployment_circuit_breaker_enabled(service: ConfigurationItem) -> Verdict:
    """ECS services have the deployment circuit breaker with rollback enabled.

    Without the circuit breaker ECS tries to start broken tasks for hours. CodeDeploy has its own rollback.
    """
    if service.text(CONTROLLER, "ECS") != "ECS":
        return NOT_APPLICABLE
    return compliant_if_all(
        ("Enable", "Rollback"),
        lambda setting: service.flag(f"{BREAKER}.{setting}"),
        "DeploymentCircuitBreaker does not set",
    )


@check(
    "AWS::ECS::Service",
    best_practices={"OPS06-BP03": "a deployment takes capacity away from the users"},
    effort="S",
    severity="low",
    fix="Set MinimumHealthyPercent to 100 and MaximumPercent to 200.",
    compliant=[
        {f"{BOUNDS}.MinimumHealthyPercent": 100, f"{BOUNDS}.MaximumPercent": 150},
        {f"{BOUNDS}.MinimumHealthyPercent": 50, f"{BOUNDS}.MaximumPercent": 200, COUNT: 1},
        {},
    ],
    non_compliant=[
        {f"{BOUNDS}.MinimumHealthyPercent": 99, f"{BOUNDS}.MaximumPercent": 200},
        {f"{BOUNDS}.MinimumHealthyPercent": 100, f"{BOUNDS}.MaximumPercent": 149},
        {f"{BOUNDS}.MinimumHealthyPercent": 50, f"{BOUNDS}.MaximumPercent": 200, COUNT: 2},
        {f"{BOUNDS}.MinimumHealthyPercent": 0, f"{BOUNDS}.MaximumPercent": 200, COUNT: 1},
    ],
    not_applicable=[{STRATEGY: "DAEMON"}, {CONTROLLER: "CODE_DEPLOY", f"{BOUNDS}.MinimumHealthyPercent": 50}],
)
def ecs_service_deployment_bounds_set(
    service: ConfigurationItem, *, minimum_healthy_percent: int = 100, maximum_percent: int = 150
) -> Verdict:
    """ECS services keep their full capacity while they are deployed.

    ECS's defaults, 100 and 200 percent, do; a daemon cannot. CodeDeploy starts all new tasks beside the old ones. ECS
    rounds the least number up: of a single task any share above none is the whole.
    """
    if any_of([service.text(STRATEGY, "REPLICA") != "REPLICA", service.text(CONTROLLER, "ECS") != "ECS"]):
        return NOT_APPLICABLE
    least = service.number(f"{BOUNDS}.MinimumHealthyPercent", 100)
    most = service.number(f"{BOUNDS}.MaximumPercent", 200)
    single = all_of([service.number(COUNT) == 1, least > 0])
    room = all_of([any_of([least >= minimum_healthy_percent, single]), most >= maximum_percent])
    return compliant_if(room, otherwise=f"bounds are {least} and {most} percent")


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS05-BP05": "patches of the platform are not applied",
        "SUS06-BP03": "the platform is not kept up to date",
        "PERF05-BP06": "improvements of the platform are missed",
    },
    managed_rule="ECS_FARGATE_LATEST_PLATFORM_VERSION",
    effort="S",
    severity="low",
    fix="Set the platform version to LATEST.",
    compliant=[
        {"configuration.LaunchType": "FARGATE", PLATFORM: "LATEST"},
        {"configuration.LaunchType": "FARGATE"},
        {PROVIDERS: [{"CapacityProvider": "FARGATE"}]},
    ],
    non_compliant=[
        {"configuration.LaunchType": "FARGATE", PLATFORM: "1.3.0"},
        {PROVIDERS: [{"CapacityProvider": "FARGATE_SPOT"}], PLATFORM: "1.3.0"},
        {PLATFORM: "1.3.0"},
    ],
    not_applicable=[{"configuration.LaunchType": "EC2"}, {PROVIDERS: [{"CapacityProvider": "own-group"}]}, {}],
)
def ecs_fargate_latest_platform_version(service: ConfigurationItem, *, latest_linux_version: str = "1.4.0") -> Verdict:
    """ECS services on Fargate use the latest platform version.

    A pinned version does not get the fixes of later versions. Only services on Fargate have one: by launch type, or
    by capacity provider.
    """
    by_provider = any_of(service.texts(f"{PROVIDERS}.CapacityProvider"), lambda name: name.startswith("FARGATE"))
    if none_of([service.text("configuration.LaunchType") == "FARGATE", by_provider, service.has(PLATFORM)]):
        return NOT_APPLICABLE
    version = service.text(PLATFORM, "LATEST")
    newest = any_of([version == "LATEST", version == latest_linux_version])
    return compliant_if(newest, otherwise=f"platform version is {version}")


@check(
    "AWS::ECS::Service",
    best_practices={"SEC05-BP01": "tasks have a public address instead of a private subnet"},
    effort="M",
    exposed=True,
    fix="Run the tasks in private subnets with AssignPublicIp DISABLED, behind a load balancer and endpoints or NAT.",
    compliant=[{PUBLIC_IP: "DISABLED"}, {SUBNETS: ["subnet-1"]}],
    non_compliant=[{PUBLIC_IP: "ENABLED"}],
    not_applicable=[{}],
)
def ecs_service_no_public_ip(service: ConfigurationItem) -> Verdict:
    """ECS tasks have no public IP address.

    Only the load balancer can then connect to the tasks.
    """
    if not service.has("configuration.NetworkConfiguration.AwsvpcConfiguration"):
        return NOT_APPLICABLE
    assigned = service.text(PUBLIC_IP, "DISABLED")
    return compliant_if(assigned == "DISABLED", otherwise=f"public addresses are {assigned}")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP01": "tasks are added manually when the load rises",
        "PERF02-BP05": "the number of tasks does not follow the load",
        "SUS02-BP01": "idle tasks keep running",
        "PERF05-BP05": "a slow service has to be scaled manually",
    },
    effort="M",
    severity="medium",
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
    """ECS services have automatic scaling.

    A range whose ends are equal does not scale.
    """
    if service.text(STRATEGY, "REPLICA") != "REPLICA":
        return NOT_APPLICABLE
    return compliant_if(scaled(service), otherwise="the number of tasks is fixed")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "all tasks run in one Availability Zone",
        "REL11-BP02": "no other Availability Zone is available to start tasks",
    },
    effort="M",
    collector="services",
    fix="Add a subnet in another Availability Zone.",
    compliant=[{SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1b")}],
    non_compliant=[
        {SUBNETS: ["subnet-1"]},
        {SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1a")},
    ],
    not_applicable=[{STRATEGY: "DAEMON", SUBNETS: ["subnet-1"]}, {}],
)
def ecs_service_subnets_multi_az(service: ConfigurationItem) -> Verdict:
    """ECS services have subnets in several Availability Zones.

    Several subnets may lie in one zone. A daemon runs where the instances are.
    """
    if any_of([service.text(STRATEGY) == "DAEMON", none_of([service.has(SUBNETS)])]):
        return NOT_APPLICABLE
    return several_zones(service, service.texts(SUBNETS), 2)


@check(
    "AWS::ECS::Service",
    best_practices={"SEC06-BP03": "users can open a shell in running containers"},
    effort="S",
    severity="low",
    fix="Turn off ECS Exec, and turn it on while it is needed.",
    compliant=[{EXECUTE: False}, {}],
    non_compliant=[{EXECUTE: True}],
)
def ecs_service_execute_command_disabled(service: ConfigurationItem) -> Verdict:
    """ECS services have ECS Exec disabled.

    Changes that are made in a running task are not recorded and are lost with the task.
    """
    return compliant_if(none_of([service.flag(EXECUTE)]), otherwise="ECS Exec is on")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "the only task runs in one Availability Zone",
        "REL11-BP05": "the service is unavailable while the task is replaced",
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
def ecs_service_minimum_running_tasks(service: ConfigurationItem, *, least_tasks: int = 2) -> Verdict:
    """ECS services in production run more than one task.

    Only where the tag Environment says `production`.
    """
    if any_of([service.environment != PRODUCTION, service.text(STRATEGY) == "DAEMON"]):
        return NOT_APPLICABLE
    count = service.number(COUNT, 1)
    return compliant_if(count >= least_tasks, otherwise=f"tasks: {count}")


@check(
    "AWS::ECS::Service",
    best_practices={"COST03-BP02": "cost of tasks cannot be allocated"},
    effort="S",
    severity="low",
    fix="Set PropagateTags to SERVICE and EnableECSManagedTags to true.",
    compliant=[{"configuration.PropagateTags": "SERVICE", "configuration.EnableECSManagedTags": True}],
    non_compliant=[
        {"configuration.PropagateTags": "NONE", "configuration.EnableECSManagedTags": True},
        {"configuration.PropagateTags": "TASK_DEFINITION"},
        {},
    ],
)
def ecs_service_tag_propagation_enabled(service: ConfigurationItem) -> Verdict:
    """ECS services propagate their tags to tasks.

    Fargate bills tasks, not services.
    """
    propagated, managed = service.text("configuration.PropagateTags", "NONE"), "configuration.EnableECSManagedTags"
    right = all_of([propagated != "NONE", service.flag(managed)])
    return compliant_if(right, otherwise=f"tags are propagated from {propagated.lower()}")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL11-BP03": "a task that does not respond counts as healthy",
        "REL07-BP02": "impaired tasks are not replaced in time",
    },
    effort="S",
    severity="medium",
    fix="Set HealthCheckGracePeriodSeconds below 300, to the time that a start takes.",
    compliant=[{GROUPS: [{"TargetGroupArn": "arn"}], GRACE: 299}, {GROUPS: [{"TargetGroupArn": "arn"}]}],
    non_compliant=[{GROUPS: [{"TargetGroupArn": "arn"}], GRACE: 300}],
    not_applicable=[{}],
)
def ecs_service_replaces_unhealthy_tasks(service: ConfigurationItem, *, most_seconds: int = 300) -> Verdict:
    """ECS services behind a load balancer replace unhealthy tasks.

    ECS ignores unhealthy targets during the grace period. Services without a load balancer are not applicable.
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
        {"tags.Criticality": "low", PROVIDERS: [{"CapacityProvider": "FARGATE_SPOT"}]},
        {
            "tags.Criticality": "low",
            PROVIDERS: [{"CapacityProvider": "FARGATE", "Base": 1}, {"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
        },
    ],
    non_compliant=[
        {"tags.Criticality": "low", PROVIDERS: [{"CapacityProvider": "FARGATE"}]},
        {
            "tags.Criticality": "low",
            PROVIDERS: [{"CapacityProvider": "FARGATE", "Weight": 1}, {"CapacityProvider": "FARGATE_SPOT"}],
        },
        {"tags.Criticality": "low"},
    ],
    not_applicable=[{"tags.Criticality": "critical"}, {}],
)
def fargate_spot_used_for_noncritical(service: ConfigurationItem) -> Verdict:
    """ECS services that may be interrupted use Fargate Spot.

    Only where the tag Criticality says `low`. Of several providers, one without a weight or a base is not used.
    """
    if service.tag("Criticality") != "low":
        return NOT_APPLICABLE
    providers = service.objects(PROVIDERS)

    def runs_on_spot(provider: Attributes) -> bool:
        used = [len(providers) == 1, provider.number("Weight") > 0, provider.number("Base") > 0]
        return all_of([provider.text("CapacityProvider") == "FARGATE_SPOT", any_of(used)])

    names = service.texts(f"{PROVIDERS}.CapacityProvider")
    return compliant_if(any_of(providers, runs_on_spot), otherwise=f"Spot is not used, of: {listed(names) or 'none'}")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "a full processor brings no further task",
        "PERF02-BP05": "capacity does not follow what tasks compute",
        "COST09-BP03": "tasks are added too early, or kept too long",
        "SUS02-BP01": "tasks run that compute little",
    },
    effort="S",
    collector="scaling",
    fix="Add a target-tracking policy on ECSServiceAverageCPUUtilization with a target of 70 percent.",
    compliant=[policy(CPU, 60), policy(CPU, 75)],
    non_compliant=[policy(CPU, 59), policy(CPU, 76), policy(MEMORY, 70)],
    not_applicable=[FIXED],
)
def ecs_service_target_tracking_cpu(
    service: ConfigurationItem, *, least_percent: int = 60, most_percent: int = 75
) -> Verdict:
    """ECS services that scale by CPU leave headroom below full load.

    Below the range much is idle, above it new tasks come too late.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE
    return compliant_if(tracks(service, CPU, least_percent, most_percent), otherwise=targets_of(service))


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "a full memory brings no further task",
        "PERF02-BP05": "capacity does not follow what tasks keep in memory",
        "SUS02-BP01": "how many tasks memory takes is a guess",
    },
    effort="S",
    severity="low",
    collector="scaling",
    fix="Add a target-tracking policy on ECSServiceAverageMemoryUtilization with a target of at most 80 percent.",
    compliant=[policy(MEMORY, 80), policy(MEMORY, 50)],
    non_compliant=[policy(MEMORY, 81), policy(CPU, 70)],
    not_applicable=[FIXED],
)
def ecs_service_target_tracking_memory(service: ConfigurationItem, *, most_percent: int = 80) -> Verdict:
    """ECS services that scale follow their memory.

    A task that runs out of memory is killed, however idle its processor is. Waive it where the load takes no memory.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE
    return compliant_if(tracks(service, MEMORY, 0, most_percent), otherwise=targets_of(service))


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "the demand itself brings no further task",
        "PERF02-BP05": "capacity follows the demand only when tasks already suffer",
    },
    effort="M",
    severity="low",
    collector="scaling",
    fix="Add a target-tracking policy on ALBRequestCountPerTarget, or on a metric of the queue or the connections.",
    compliant=[
        policy("ALBRequestCountPerTarget", 1000),
        {**SCALED, f"related.{POLICY}": [{f"{TRACKING}.CustomizedMetricSpecification.MetricName": "BacklogPerTask"}]},
    ],
    non_compliant=[policy(CPU, 70), {**SCALED, f"related.{POLICY}": []}],
    not_applicable=[FIXED],
)
def ecs_service_demand_metric_scaling(service: ConfigurationItem) -> Verdict:
    """ECS services that scale follow a metric of their demand.

    Requests, connections or a backlog rise before processors do. What alarm a step policy follows is not seen here.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE

    def follows(found: ConfigurationItem) -> bool:
        by_requests = found.text(METRIC) == "ALBRequestCountPerTarget"
        return any_of([by_requests, found.has(f"{TRACKING}.CustomizedMetricSpecification")])

    return compliant_if(any_of(service.related(POLICY), follows), otherwise=targets_of(service))


@check(
    "AWS::ECS::Service",
    best_practices={
        "PERF02-BP05": "capacity follows the load too slowly",
        "COST09-BP03": "unused capacity is billed after the load drops",
        "SUS02-BP01": "idle tasks keep running for minutes",
    },
    effort="S",
    severity="low",
    collector="scaling",
    fix="Set a cooldown of at most 120 seconds for scaling out and 300 for scaling in, and let the policy scale in.",
    compliant=[policy(CPU, 70, ScaleOutCooldown=120, ScaleInCooldown=300), policy(CPU, 70, ScaleOutCooldown=0)],
    non_compliant=[
        policy(CPU, 70, ScaleOutCooldown=121),
        policy(CPU, 70, ScaleOutCooldown=60, ScaleInCooldown=301),
        policy(CPU, 70, ScaleOutCooldown=60, DisableScaleIn=True),
        policy(CPU, 70),
    ],
    not_applicable=[FIXED],
)
def ecs_service_scaling_cooldowns_set(
    service: ConfigurationItem, *, most_seconds_out: int = 120, most_seconds_in: int = 300
) -> Verdict:
    """ECS scaling policies have short cooldowns and scale in.

    What is not said is 300 seconds both ways.
    """

    def quick(found: ConfigurationItem) -> bool:
        leaving, coming = found.number(f"{TRACKING}.ScaleInCooldown", 300), f"{TRACKING}.ScaleOutCooldown"
        cooldowns = [found.number(coming, 300) <= most_seconds_out, leaving <= most_seconds_in]
        return all_of([*cooldowns, none_of([found.flag(f"{TRACKING}.DisableScaleIn")])])

    return compliant_if_all(
        service.related(POLICY),
        quick,
        "slow policies",
        named=lambda found: found.text("configuration.PolicyName", "unnamed"),
        where=lambda found: found.has(TRACKING),
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "COST09-BP03": "warm tasks wait around the clock, whoever comes",
        "COST06-BP03": "the number of warm tasks follows no metric",
        "SUS02-BP01": "warm tasks run when nobody needs them",
    },
    effort="M",
    collector="scaling",
    fix="Add a policy on the demand, or scheduled actions that lower MinCapacity outside working hours.",
    compliant=[
        {f"related.{TARGET}": [{"configuration.MinCapacity": 3, "configuration.ScheduledActions": [{}]}]},
        {f"related.{TARGET}": [{"configuration.MinCapacity": 3}], f"related.{POLICY}": [{METRIC: CPU}]},
    ],
    non_compliant=[{f"related.{TARGET}": [{"configuration.MinCapacity": 3}], f"related.{POLICY}": []}],
    not_applicable=[{f"related.{TARGET}": [{"configuration.MinCapacity": 2}], f"related.{POLICY}": []}, FIXED],
)
def warm_capacity_scheduled(service: ConfigurationItem, *, most_always: int = 2) -> Verdict:
    """Idle capacity that waits for users follows a schedule or the demand.

    Of services that keep more than `most_always` tasks at least: so many are for availability.
    """

    def keeps_warm(target: ConfigurationItem) -> bool:
        return target.number("configuration.MinCapacity") > most_always

    targets = service.related(TARGET)
    if none_of(targets, keeps_warm):
        return NOT_APPLICABLE
    planned = any_of(targets, lambda target: target.has("configuration.ScheduledActions"))
    followed = any_of([planned, any_of(service.related(POLICY), lambda found: found.has("configuration"))])
    return compliant_if(followed, otherwise="neither a policy nor a scheduled action")


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS08-BP04": "no alarm on CPU, memory or running tasks notifies anyone",
        "REL11-BP01": "a service without enough capacity or tasks is not detected",
    },
    effort="S",
    severity="medium",
    collector="services",
    fix="Add alarms on CPUUtilization, MemoryUtilization and RunningTaskCount, with an action.",
    compliant=[{f"related.{ALARM}": [alarm("ServiceName", *metric) for metric in WATCHED]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("ServiceName", *metric) for metric in WATCHED[:2]]},
        {f"related.{ALARM}": []},
    ],
)
def ecs_service_alarm_configured(service: ConfigurationItem) -> Verdict:
    """ECS services have alarms on CPU, memory and the number of running tasks.

    Container Insights publishes the number of running tasks.
    """
    return compliant_if_all(
        WATCHED,
        lambda metric: alarmed(service, "ServiceName", *metric),
        "no alarm on",
        named=lambda metric: metric[1],
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "PERF02-BP04": "tasks have more or less than they need",
        "COST06-BP02": "what was measured does not decide the size",
        "SUS05-BP01": "more hardware runs than is needed",
    },
    effort="S",
    collector="services",
    live=True,
    fix="Give the task the CPU and memory that Compute Optimizer recommends.",
    compliant=[{FINDING: [{"finding": "Optimized"}]}],
    non_compliant=[
        {FINDING: [{"finding": "Overprovisioned", "findingReasonCodes": ["CPUOverprovisioned"]}]},
        {FINDING: [{"finding": "Underprovisioned"}]},
    ],
    not_applicable=[{FINDING: []}, {}],
)
def ecs_service_right_sized(service: ConfigurationItem) -> Verdict:
    """ECS services have the size that Compute Optimizer finds right.

    It needs a day of metrics, and knows services on Fargate.
    """
    return compliant_if_all(
        service.objects(FINDING),
        lambda found: found.text("finding") == "Optimized",
        "it is",
        named=lambda found: listed([found.text("finding"), *found.texts("findingReasonCodes")]),
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "COST04-BP04": "nothing stops tasks that have nothing to do",
        "SUS02-BP03": "unused tasks are kept running",
        "SUS02-BP01": "the number of tasks does not fall with the load",
    },
    effort="M",
    severity="medium",
    collector="services",
    live=True,
    fix="Scale the service to zero when it is idle, by schedule or by its queue, or delete it.",
    compliant=[{BUSIEST: 2}],
    non_compliant=[{BUSIEST: 1.9}],
    not_applicable=[{BUSIEST: None}, {BUSIEST: 0.1, COUNT: 0}, {}],
)
def ecs_idle_tasks_stopped(service: ConfigurationItem, *, least_percent: int = 2) -> Verdict:
    """ECS services that do nothing are stopped.

    A service is idle that in two weeks had not one busy minute, by the maximum of its processors' use.
    """
    if any_of([none_of([service.has(BUSIEST)]), service.number(COUNT, 1) == 0]):
        return NOT_APPLICABLE
    busiest = service.number(BUSIEST)
    return compliant_if(busiest >= least_percent, otherwise=f"its busiest minute took {busiest} percent")


def tracks(service: ConfigurationItem, metric: str, least: float, most: float) -> bool:
    """Whether a policy keeps a metric within a range."""

    def keeps(found: ConfigurationItem) -> bool:
        target = found.number(f"{TRACKING}.TargetValue")
        return all_of([found.text(METRIC) == metric, target >= least, target <= most])

    return any_of(service.related(POLICY), keeps)


def targets_of(service: ConfigurationItem) -> str:
    """What its policies track and with which target, as an annotation tells it."""
    target = f"{TRACKING}.TargetValue"
    found = [f"{each.text(METRIC, 'another metric')} at {each.text(target, '?')}" for each in service.related(POLICY)]
    return f"policies: {listed(found) or 'none'}"


def related(service: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its alarms, its scalable targets and the policies of either."""
    targets = service.attached(TARGET, "ResourceId")
    policies = [policy for target in targets for policy in target.attached(POLICY, "ScalingTargetId")]
    return {**alarms_of(service), TARGET: targets, POLICY: [*policies, *service.attached(POLICY, "ResourceId")]}


def lift(service: TemplateResource) -> dict[str, Any]:
    """A service. One that is scaled and tells no number of tasks gets as many as its target keeps at least."""
    properties = service.properties
    if "DesiredCount" not in properties:
        for target in service.attached(TARGET, "ResourceId"):
            properties["DesiredCount"] = target.properties.get("MinCapacity")
    subnets = placed_subnets(service, "NetworkConfiguration.AwsvpcConfiguration.Subnets")
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"ec2": {"DescribeSubnets": {"Subnets": subnets}}},
    }
