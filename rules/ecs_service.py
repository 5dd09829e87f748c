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
)
from pillarwatch.lift import TemplateResource
from rules.shared.scaling import TARGET, scales
from rules.shared.tags import required_tags, resource_managed_by_iac, workload_region_in_approved_list

BREAKER = "configuration.DeploymentConfiguration.DeploymentCircuitBreaker"
BOUNDS = "configuration.DeploymentConfiguration"
CONTROLLER = "configuration.DeploymentController.Type"
PLATFORM = "configuration.PlatformVersion"
PUBLIC_IP = "configuration.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
STRATEGY = "configuration.SchedulingStrategy"
SUBNETS = "configuration.NetworkConfiguration.AwsvpcConfiguration.Subnets"


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


def related(service: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its scalable targets."""
    return {TARGET: service.attached(TARGET, "ResourceId")}
