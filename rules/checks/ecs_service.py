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
    in_json,
    listed,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.alarms import ALARM, alarmed, alarms_of
from rules.checks.shared.examples import alarm
from rules.checks.shared.networks import placed, placed_subnets, several_zones
from rules.checks.shared.scaling import POLICY, TARGET, scaled
from rules.checks.shared.tags import (
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

BREAKER = "configuration.DeploymentConfiguration.DeploymentCircuitBreaker"
DEPLOYMENT = "configuration.DeploymentConfiguration"
CONTROLLER = "configuration.DeploymentController.Type"
PLATFORM = "configuration.PlatformVersion"
PUBLIC_IP = "configuration.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
STRATEGY = "configuration.SchedulingStrategy"
SUBNETS = "configuration.NetworkConfiguration.AwsvpcConfiguration.Subnets"

COUNT = "configuration.DesiredCount"
EXECUTE = "configuration.EnableExecuteCommand"
GRACE = "configuration.HealthCheckGracePeriodSeconds"
BALANCERS = "configuration.LoadBalancers"
PROVIDERS = "configuration.CapacityProviderStrategy"

MAXIMUM_CPU = "supplementaryConfiguration.Metrics.CPUUtilization.Maximum"
FINDING = "supplementaryConfiguration.compute-optimizer.GetECSServiceRecommendations.ecsServiceRecommendations"
TRACKING = "configuration.TargetTrackingScalingPolicyConfiguration"
CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
METRIC = f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType"
ALARM_METRICS = (
    ("AWS/ECS", "CPUUtilization"),
    ("AWS/ECS", "MemoryUtilization"),
    ("ECS/ContainerInsights", "RunningTaskCount"),
)
SCALED = {f"related.{TARGET}": [{"configuration.MinCapacity": 1, "configuration.MaxCapacity": 4}]}
FIXED: dict[str, object] = {f"related.{TARGET}": [], f"related.{POLICY}": []}


def policy(metric: str, value: int, **more: object) -> dict[str, object]:
    """An example of a service with one target-tracking policy."""
    configuration = {f"{TRACKING}.{key}": each for key, each in more.items()}
    return {**SCALED, f"related.{POLICY}": [{METRIC: metric, f"{TRACKING}.TargetValue": value, **configuration}]}


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS06-BP04": "a failed deployment is not rolled back automatically",
        "OPS06-BP01": "no rollback is configured for failed deployments",
    },
    effort="S",
    fix="Set DeploymentConfiguration.DeploymentCircuitBreaker.Enable and Rollback to true.",
    compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": True}],
    non_compliant=[{f"{BREAKER}.Enable": True, f"{BREAKER}.Rollback": False}, {}],
    not_applicable=[{CONTROLLER: "CODE_DEPLOY"}],
)
def ecs_service_deployment_circuit_breaker_enabled(service: ConfigurationItem) -> Verdict:
    """ECS services have the deployment circuit breaker with rollback enabled.

    Without the circuit breaker, ECS keeps starting tasks that fail and does not roll back. Services that CodeDeploy
    deploys are not evaluated, because CodeDeploy has its own rollback.
    """
    if service.text(CONTROLLER, "ECS") != "ECS":
        return NOT_APPLICABLE
    return compliant_if_all(
        ("Enable", "Rollback"),
        lambda setting: service.flag(f"{BREAKER}.{setting}"),
        "DeploymentCircuitBreaker settings are not true (expected true)",
    )


@check(
    "AWS::ECS::Service",
    best_practices={"OPS06-BP03": "a deployment reduces the capacity for users"},
    effort="S",
    severity="low",
    fix="Set DeploymentConfiguration.MinimumHealthyPercent to 100 and MaximumPercent to 200.",
    compliant=[
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 100, f"{DEPLOYMENT}.MaximumPercent": 150},
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 50, f"{DEPLOYMENT}.MaximumPercent": 200, COUNT: 1},
        {},
    ],
    non_compliant=[
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 99, f"{DEPLOYMENT}.MaximumPercent": 200},
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 100, f"{DEPLOYMENT}.MaximumPercent": 149},
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 50, f"{DEPLOYMENT}.MaximumPercent": 200, COUNT: 2},
        {f"{DEPLOYMENT}.MinimumHealthyPercent": 0, f"{DEPLOYMENT}.MaximumPercent": 200, COUNT: 1},
    ],
    not_applicable=[{STRATEGY: "DAEMON"}, {CONTROLLER: "CODE_DEPLOY", f"{DEPLOYMENT}.MinimumHealthyPercent": 50}],
)
def ecs_service_deployment_bounds_set(
    service: ConfigurationItem, *, minimum_healthy_percent: int = 100, maximum_percent: int = 150
) -> Verdict:
    """ECS services keep their full capacity during deployments.

    Below a minimum of 100 percent, a deployment stops tasks before new tasks are healthy. ECS rounds the minimum up, so
    any minimum above 0 keeps a single task. The defaults, 100 and 200 percent, are compliant. Daemons and CodeDeploy
    deployments are not evaluated.
    """
    if any_of([service.text(STRATEGY, "REPLICA") != "REPLICA", service.text(CONTROLLER, "ECS") != "ECS"]):
        return NOT_APPLICABLE
    least = service.number(f"{DEPLOYMENT}.MinimumHealthyPercent", 100)
    most = service.number(f"{DEPLOYMENT}.MaximumPercent", 200)
    single = all_of([service.number(COUNT) == 1, least > 0])
    expected = f"{minimum_healthy_percent} and {maximum_percent}"
    keeps_capacity = all_of([any_of([least >= minimum_healthy_percent, single]), most >= maximum_percent])
    otherwise = f"MinimumHealthyPercent is {least}, MaximumPercent is {most} (expected at least {expected})"
    return compliant_if(keeps_capacity, otherwise)


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS05-BP05": "patches of the platform are not applied",
        "SUS06-BP03": "the platform version is not kept up to date",
        "PERF05-BP06": "improvements of newer platform versions are not used",
    },
    managed_rule="ECS_FARGATE_LATEST_PLATFORM_VERSION",
    effort="S",
    severity="low",
    fix="Set PlatformVersion to LATEST.",
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

    A pinned platform version does not receive the fixes of later versions. The check applies to services with the
    launch type FARGATE, a Fargate capacity provider or a platform version.
    """
    by_provider = any_of(service.texts(f"{PROVIDERS}.CapacityProvider"), lambda name: name.startswith("FARGATE"))
    if none_of([service.text("configuration.LaunchType") == "FARGATE", by_provider, service.has(PLATFORM)]):
        return NOT_APPLICABLE
    version = service.text(PLATFORM, "LATEST")
    newest = any_of([version == "LATEST", version == latest_linux_version])
    return compliant_if(newest, otherwise=f"PlatformVersion is {version} (expected LATEST)")


@check(
    "AWS::ECS::Service",
    best_practices={"SEC05-BP01": "tasks get a public IP address"},
    effort="M",
    exposed=True,
    fix="Set AssignPublicIp to DISABLED, and use private subnets with a load balancer and a NAT gateway.",
    compliant=[{PUBLIC_IP: "DISABLED"}, {SUBNETS: ["subnet-1"]}],
    non_compliant=[{PUBLIC_IP: "ENABLED"}],
    not_applicable=[{}],
)
def ecs_service_no_public_ip(service: ConfigurationItem) -> Verdict:
    """ECS tasks have no public IP address.

    A task with a public IP address can be reached from the internet if its security groups allow it.
    """
    if not service.has("configuration.NetworkConfiguration.AwsvpcConfiguration"):
        return NOT_APPLICABLE
    assigned = service.text(PUBLIC_IP, "DISABLED")
    return compliant_if(assigned == "DISABLED", otherwise=f"AssignPublicIp is {assigned} (expected DISABLED)")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP01": "tasks are added manually when load rises",
        "PERF02-BP05": "the number of tasks does not follow the load",
        "SUS02-BP01": "idle tasks keep running",
        "PERF05-BP05": "a slow service has to be scaled manually",
    },
    effort="M",
    severity="medium",
    collector="scaling",
    fix="Register DesiredCount as a scalable target with a target-tracking policy.",
    compliant=[{f"related.{TARGET}": [{"configuration.MinCapacity": 1, "configuration.MaxCapacity": 4}]}],
    non_compliant=[
        {f"related.{TARGET}": [{"configuration.MinCapacity": 2, "configuration.MaxCapacity": 2}]},
        {f"related.{TARGET}": []},
    ],
    not_applicable=[{STRATEGY: "DAEMON", f"related.{TARGET}": []}],
)
def ecs_service_autoscaling_configured(service: ConfigurationItem) -> Verdict:
    """ECS services have auto scaling configured.

    With a fixed number of tasks, peak load overloads the service, and idle tasks are charged. A scalable target with
    equal MinCapacity and MaxCapacity does not scale.
    """
    if service.text(STRATEGY, "REPLICA") != "REPLICA":
        return NOT_APPLICABLE
    return compliant_if(
        scaled(service), otherwise="no scalable target with MinCapacity below MaxCapacity (expected one)"
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "all tasks run in one Availability Zone",
        "REL11-BP02": "tasks cannot start in another Availability Zone",
    },
    effort="M",
    collector="services",
    fix="Add a subnet in another Availability Zone to AwsvpcConfiguration.Subnets.",
    compliant=[{SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1b")}],
    non_compliant=[
        {SUBNETS: ["subnet-1"]},
        {SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1a")},
    ],
    not_applicable=[{STRATEGY: "DAEMON", SUBNETS: ["subnet-1"]}, {}],
)
def ecs_service_subnets_multi_az(service: ConfigurationItem) -> Verdict:
    """ECS services use subnets in several Availability Zones.

    If all tasks run in one Availability Zone, its failure stops the service. Daemon services are not evaluated.
    """
    if any_of([service.text(STRATEGY) == "DAEMON", none_of([service.has(SUBNETS)])]):
        return NOT_APPLICABLE
    return several_zones(service, service.texts(SUBNETS), 2)


@check(
    "AWS::ECS::Service",
    best_practices={"SEC06-BP03": "users can open a shell in running containers"},
    effort="S",
    severity="low",
    fix="Set EnableExecuteCommand to false, and enable it only while it is needed.",
    compliant=[{EXECUTE: False}, {}],
    non_compliant=[{EXECUTE: True}],
)
def ecs_service_execute_command_disabled(service: ConfigurationItem) -> Verdict:
    """ECS services have ECS Exec disabled.

    With ECS Exec, users can open a shell in a container and change it. Such changes are lost when the task stops.
    """
    return compliant_if(none_of([service.flag(EXECUTE)]), otherwise="EnableExecuteCommand is true (expected false)")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL10-BP01": "the only task runs in one Availability Zone",
        "REL11-BP05": "the service is unavailable while its only task is replaced",
    },
    effort="S",
    fix="Set DesiredCount to 2 or more.",
    compliant=[{"tags.Environment": "production", COUNT: 2}],
    non_compliant=[{"tags.Environment": "production", COUNT: 1}, {"tags.Environment": "production"}],
    not_applicable=[
        {"tags.Environment": "development", COUNT: 1},
        {"tags.Environment": "production", STRATEGY: "DAEMON"},
        {},
    ],
)
def ecs_service_minimum_running_tasks(service: ConfigurationItem, *, least_tasks: int = 2) -> Verdict:
    """ECS services in production run at least two tasks.

    If the only task fails, the service is unavailable until ECS has replaced the task. The check applies to
    services whose Environment tag is production.
    """
    if any_of([service.environment != PRODUCTION, service.text(STRATEGY) == "DAEMON"]):
        return NOT_APPLICABLE
    count = service.number(COUNT, 1)
    return compliant_if(count >= least_tasks, otherwise=f"DesiredCount is {count} (expected {least_tasks} or more)")


@check(
    "AWS::ECS::Service",
    best_practices={"COST03-BP02": "the cost of tasks cannot be allocated"},
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
    """ECS services propagate tags to their tasks.

    Fargate charges tasks, so without propagated tags the cost cannot be allocated to a project.
    """
    propagated, managed = service.text("configuration.PropagateTags", "NONE"), "configuration.EnableECSManagedTags"
    tagged = all_of([propagated != "NONE", service.flag(managed)])
    found = f"PropagateTags is {propagated}, EnableECSManagedTags is {in_json(service.flag(managed))}"
    return compliant_if(tagged, otherwise=f"{found} (expected SERVICE and true)")


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL11-BP03": "an unhealthy task counts as healthy during a long grace period",
        "REL07-BP02": "unhealthy tasks are not replaced in time",
    },
    effort="S",
    severity="medium",
    fix="Set HealthCheckGracePeriodSeconds to the seconds that a task needs to start. The value must be below 300.",
    compliant=[{BALANCERS: [{"TargetGroupArn": "arn"}], GRACE: 299}, {BALANCERS: [{"TargetGroupArn": "arn"}]}],
    non_compliant=[{BALANCERS: [{"TargetGroupArn": "arn"}], GRACE: 300}],
    not_applicable=[{}],
)
def ecs_service_replaces_unhealthy_tasks(service: ConfigurationItem, *, most_seconds: int = 300) -> Verdict:
    """ECS services behind a load balancer replace unhealthy tasks promptly.

    ECS does not replace unhealthy tasks during the health check grace period, so this period must be shorter than 300
    seconds. Services without a load balancer are not evaluated.
    """
    if none_of([service.has(BALANCERS)]):
        return NOT_APPLICABLE
    seconds, most = service.number(GRACE), most_seconds
    return compliant_if(seconds < most, otherwise=f"HealthCheckGracePeriodSeconds is {seconds} (expected below {most})")


@check(
    "AWS::ECS::Service",
    best_practices={"COST07-BP04": "interruptible tasks are charged at the full price"},
    effort="S",
    fix="Add FARGATE_SPOT with a Weight to CapacityProviderStrategy. Tasks get a two-minute warning before a stop.",
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
    """Noncritical ECS services use Fargate Spot.

    Tasks that can be interrupted cost less on Fargate Spot. With several capacity providers, FARGATE_SPOT needs a
    weight or a base. Applies to services whose Criticality tag is low.
    """
    if service.tag("Criticality") != "low":
        return NOT_APPLICABLE
    providers = service.objects(PROVIDERS)

    def runs_on_spot(provider: Attributes) -> bool:
        used = any_of([len(providers) == 1, provider.number("Weight") > 0, provider.number("Base") > 0])
        return all_of([provider.text("CapacityProvider") == "FARGATE_SPOT", used])

    names = service.texts(f"{PROVIDERS}.CapacityProvider")
    otherwise = f"capacity providers: {listed(names) or 'none'} (expected FARGATE_SPOT with a weight)"
    return compliant_if(any_of(providers, runs_on_spot), otherwise)


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "high CPU use does not start more tasks",
        "PERF02-BP05": "capacity does not follow CPU use",
        "COST09-BP03": "tasks are added too early or kept too long",
        "SUS02-BP01": "tasks run with low CPU use",
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
    """ECS services with auto scaling track a CPU target of 60 to 75 percent.

    Below this range, idle capacity is charged. Above this range, new tasks start too late.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE
    otherwise = f"{targets_of(service)} (expected {CPU} at {least_percent} to {most_percent})"
    return compliant_if(tracks(service, CPU, least_percent, most_percent), otherwise)


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "high memory use does not start more tasks",
        "PERF02-BP05": "capacity does not follow memory use",
        "SUS02-BP01": "the number of tasks is not based on memory use",
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
    """ECS services with auto scaling track a memory target of at most 80 percent.

    A task that runs out of memory is stopped, even if its CPU is idle. Add a waiver if memory use does not depend on
    load.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE
    otherwise = f"{targets_of(service)} (expected {MEMORY} at {most_percent} or less)"
    return compliant_if(tracks(service, MEMORY, 0, most_percent), otherwise)


@check(
    "AWS::ECS::Service",
    best_practices={
        "REL07-BP03": "rising demand does not start more tasks",
        "PERF02-BP05": "capacity is added only after tasks are busy",
    },
    effort="M",
    severity="low",
    collector="scaling",
    fix="Add a target-tracking policy on ALBRequestCountPerTarget or on a custom metric, such as backlog per task.",
    compliant=[
        policy("ALBRequestCountPerTarget", 1000),
        {**SCALED, f"related.{POLICY}": [{f"{TRACKING}.CustomizedMetricSpecification.MetricName": "BacklogPerTask"}]},
    ],
    non_compliant=[policy(CPU, 70), {**SCALED, f"related.{POLICY}": []}],
    not_applicable=[FIXED],
)
def ecs_service_demand_metric_scaling(service: ConfigurationItem) -> Verdict:
    """ECS services with auto scaling track a metric of demand.

    Requests, connections and backlogs rise before CPU use does, so scaling by CPU alone is late. The alarms of step
    scaling policies are not evaluated.
    """
    if none_of([scaled(service)]):
        return NOT_APPLICABLE

    def follows(found: ConfigurationItem) -> bool:
        by_requests = found.text(METRIC) == "ALBRequestCountPerTarget"
        return any_of([by_requests, found.has(f"{TRACKING}.CustomizedMetricSpecification")])

    otherwise = f"{targets_of(service)} (expected ALBRequestCountPerTarget or a custom metric)"
    return compliant_if(any_of(service.related(POLICY), follows), otherwise)


@check(
    "AWS::ECS::Service",
    best_practices={
        "PERF02-BP05": "capacity follows the load too slowly",
        "COST09-BP03": "unused capacity is charged after the load drops",
        "SUS02-BP01": "idle tasks keep running for minutes",
    },
    effort="S",
    severity="low",
    collector="scaling",
    fix="Set ScaleOutCooldown to at most 120, ScaleInCooldown to at most 300 and DisableScaleIn to false.",
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

    With long cooldowns, capacity follows the load too slowly. The default is 300 seconds in both directions.
    """

    def is_quick(found: ConfigurationItem) -> bool:
        scale_out, scale_in = (found.number(f"{TRACKING}.Scale{each}Cooldown", 300) for each in ("Out", "In"))
        cooldowns = [scale_out <= most_seconds_out, scale_in <= most_seconds_in]
        return all_of([*cooldowns, none_of([found.flag(f"{TRACKING}.DisableScaleIn")])])

    return compliant_if_all(
        service.related(POLICY),
        is_quick,
        f"cooldowns over {most_seconds_out} or {most_seconds_in} seconds, or DisableScaleIn is true",
        named=lambda found: found.text("configuration.PolicyName", "unnamed"),
        where=lambda found: found.has(TRACKING),
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "COST09-BP03": "idle tasks are charged at all times",
        "COST06-BP03": "the number of idle tasks does not follow a metric",
        "SUS02-BP01": "idle tasks run without demand",
    },
    effort="M",
    collector="scaling",
    fix="Add a scaling policy, or scheduled actions that lower MinCapacity outside working hours.",
    compliant=[
        {f"related.{TARGET}": [{"configuration.MinCapacity": 3, "configuration.ScheduledActions": [{}]}]},
        {f"related.{TARGET}": [{"configuration.MinCapacity": 3}], f"related.{POLICY}": [{METRIC: CPU}]},
    ],
    non_compliant=[{f"related.{TARGET}": [{"configuration.MinCapacity": 3}], f"related.{POLICY}": []}],
    not_applicable=[{f"related.{TARGET}": [{"configuration.MinCapacity": 2}], f"related.{POLICY}": []}, FIXED],
)
def warm_capacity_scheduled(service: ConfigurationItem, *, most_always: int = 2) -> Verdict:
    """ECS services with a high minimum capacity scale by schedule or by policy.

    A constant number of idle tasks is charged at all times. Applies to services with a MinCapacity above 2 (parameter
    `most_always`), because two tasks are needed for availability.
    """

    def keeps_warm(target: ConfigurationItem) -> bool:
        return target.number("configuration.MinCapacity") > most_always

    targets = service.related(TARGET)
    if none_of(targets, keeps_warm):
        return NOT_APPLICABLE
    scheduled = any_of(targets, lambda target: target.has("configuration.ScheduledActions"))
    scaling = any_of([scheduled, any_of(service.related(POLICY), lambda found: found.has("configuration"))])
    return compliant_if(scaling, otherwise="no scaling policy and no scheduled action is set (expected one)")


@check(
    "AWS::ECS::Service",
    best_practices={
        "OPS08-BP04": "an alarm on CPU, memory or running tasks is missing",
        "REL11-BP01": "a service without enough capacity or tasks is not detected",
    },
    effort="S",
    severity="medium",
    collector="services",
    fix="Create alarms with an action on CPUUtilization, MemoryUtilization and RunningTaskCount.",
    compliant=[{f"related.{ALARM}": [alarm("ServiceName", *metric) for metric in ALARM_METRICS]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("ServiceName", *metric) for metric in ALARM_METRICS[:2]]},
        {f"related.{ALARM}": []},
    ],
)
def ecs_service_alarm_configured(service: ConfigurationItem) -> Verdict:
    """ECS services have alarms on CPU, memory and running tasks.

    Without these alarms, a service without enough capacity is noticed only by its users. RunningTaskCount requires
    Container Insights.
    """
    return compliant_if_all(
        ALARM_METRICS,
        lambda metric: alarmed(service, "ServiceName", *metric),
        "no alarm with an action (expected one) on",
        named=lambda metric: metric[1],
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "PERF02-BP04": "tasks have more or less capacity than they need",
        "COST06-BP02": "the task size is not based on measured use",
        "SUS05-BP01": "the task size does not match the work",
    },
    effort="S",
    collector="services",
    live=True,
    fix="Set Cpu and Memory of the task definition to the size that Compute Optimizer recommends.",
    compliant=[{FINDING: [{"finding": "Optimized"}]}],
    non_compliant=[
        {FINDING: [{"finding": "Overprovisioned", "findingReasonCodes": ["CPUOverprovisioned"]}]},
        {FINDING: [{"finding": "Underprovisioned"}]},
    ],
    not_applicable=[{FINDING: []}, {}],
)
def ecs_service_right_sized(service: ConfigurationItem) -> Verdict:
    """ECS services on Fargate have the size that Compute Optimizer recommends.

    Oversized tasks cost more than needed, and undersized tasks are slow or fail. Compute Optimizer needs 24 hours of
    metrics.
    """
    return compliant_if_all(
        service.objects(FINDING),
        lambda found: found.text("finding") == "Optimized",
        "finding (expected Optimized)",
        named=lambda found: listed([found.text("finding"), *found.texts("findingReasonCodes")]),
    )


@check(
    "AWS::ECS::Service",
    best_practices={
        "COST04-BP04": "idle tasks are not stopped automatically",
        "SUS02-BP03": "unused tasks are kept running",
        "SUS02-BP01": "the number of tasks does not fall with the load",
    },
    effort="M",
    severity="medium",
    collector="services",
    live=True,
    fix="Scale the service to zero while it is idle, by schedule or by queue length, or delete it.",
    compliant=[{MAXIMUM_CPU: 2}],
    non_compliant=[{MAXIMUM_CPU: 1.9}],
    not_applicable=[{MAXIMUM_CPU: None}, {MAXIMUM_CPU: 0.1, COUNT: 0}, {}],
)
def ecs_idle_tasks_stopped(service: ConfigurationItem, *, least_percent: int = 2) -> Verdict:
    """Idle ECS services are stopped.

    Idle tasks are charged although they do no work. A service is idle if its maximum CPU use was below 2 percent for 14
    days.
    """
    if any_of([none_of([service.has(MAXIMUM_CPU)]), service.number(COUNT, 1) == 0]):
        return NOT_APPLICABLE
    maximum = service.number(MAXIMUM_CPU)
    return compliant_if(
        maximum >= least_percent,
        otherwise=f"maximum CPUUtilization is {maximum} percent (expected {least_percent} or more)",
    )


def tracks(service: ConfigurationItem, metric: str, least: float, most: float) -> bool:
    """Whether a policy tracks a metric with a target in a range."""

    def is_in_range(found: ConfigurationItem) -> bool:
        target = found.number(f"{TRACKING}.TargetValue")
        return all_of([found.text(METRIC) == metric, target >= least, target <= most])

    return any_of(service.related(POLICY), is_in_range)


def targets_of(service: ConfigurationItem) -> str:
    """The metrics and targets of the scaling policies, for annotations."""
    target = f"{TRACKING}.TargetValue"
    found = [f"{each.text(METRIC, 'another metric')} at {each.text(target, '?')}" for each in service.related(POLICY)]
    return f"policies: {listed(found) or 'none'}"


def related(service: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms, the scalable targets and the scaling policies of a service."""
    targets = service.attached(TARGET, "ResourceId")
    policies = [policy for target in targets for policy in target.attached(POLICY, "ScalingTargetId")]
    return {**alarms_of(service), TARGET: targets, POLICY: [*policies, *service.attached(POLICY, "ResourceId")]}


def to_configuration_item(service: TemplateResource) -> dict[str, Any]:
    """A service. Without a DesiredCount, it has the MinCapacity of its scalable target."""
    properties = service.properties
    if "DesiredCount" not in properties:
        for target in service.attached(TARGET, "ResourceId"):
            properties["DesiredCount"] = target.properties.get("MinCapacity")
    subnets = placed_subnets(service, "NetworkConfiguration.AwsvpcConfiguration.Subnets")
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"ec2": {"DescribeSubnets": {"Subnets": subnets}}},
    }
