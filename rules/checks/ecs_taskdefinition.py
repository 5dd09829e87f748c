"""ECS task definitions, with CloudFormation's attribute names. AWS Config also keeps deregistered revisions.

Every revision is evaluated; the newest active one of a family counts, see ``pillarwatch.revisions``.
"""

import re
from collections.abc import Callable, Sequence
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
    compliant_if_none,
    contains,
    listed,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.secrets import names_secret
from pillarwatch.template_resource import TemplateResource, each
from pillarwatch.unknown import Unknown
from rules.checks.shared.components import TASK, TASK_ROLE, dedicated_iam_role_per_component, sharing

CONTAINERS = "configuration.ContainerDefinitions"
STATUS = "configuration.Status"
EXECUTION_ROLE = "configuration.ExecutionRoleArn"
TRACING_IMAGES = ("xray-daemon", "otel-collector", "opentelemetry-collector", "adot-collector", "cloudwatch-agent")

PLATFORM = "configuration.RuntimePlatform"
UNRECORDED = "AWS Config does not record the runtime platform"
FAMILY = "configuration.RuntimePlatform.OperatingSystemFamily"
NETWORK_MODE = "configuration.NetworkMode"
PID_MODE = "configuration.PidMode"
TASK_MEMORY = "configuration.Memory"
VOLUMES = "configuration.Volumes"
EFS = "EfsVolumeConfiguration"
ARM64 = "configuration.RuntimePlatform.CpuArchitecture"


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "OPS04-BP02": "the container's output is not stored",
        "SEC04-BP01": "the container's events are not logged",
        "REL06-BP01": "the container's failures are not logged",
    },
    managed_rule="ECS_TASK_DEFINITION_LOG_CONFIGURATION",
    effort="S",
    severity="medium",
    fix="Set LogConfiguration.LogDriver of every container, for example to awslogs.",
    compliant=[{CONTAINERS: [{"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}]}],
    non_compliant=[
        {CONTAINERS: [{"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}, {"Name": "cache"}]},
    ],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_log_configuration(task: ConfigurationItem) -> Verdict:
    """ECS containers have a log configuration.

    Without a log driver, the output of a container is lost when the container stops.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE

    def logs(container: Attributes) -> bool:
        return container.has("LogConfiguration.LogDriver")

    return compliant_if_all(
        task.objects(CONTAINERS), logs, "LogConfiguration.LogDriver is not set (expected a driver)", named="Name"
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "REL11-BP01": "ECS has no health check for the container",
        "REL11-BP03": "ECS cannot detect and replace the unhealthy container",
    },
    effort="S",
    severity="low",
    fix="Set HealthCheck.Command of every essential container.",
    compliant=[{CONTAINERS: [{"Name": "web", "HealthCheck": {"Command": ["CMD", "true"]}}]}],
    non_compliant=[{CONTAINERS: [{"Name": "web"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_container_health_check(task: ConfigurationItem) -> Verdict:
    """Essential ECS containers have a health check.

    Without a health check, ECS does not replace a container that runs but does not work. Containers are essential by
    default. A load balancer checks only the container that receives its traffic.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(
        task.objects(CONTAINERS),
        lambda container: container.has("HealthCheck.Command"),
        "HealthCheck.Command is not set (expected a command)",
        named="Name",
        where=lambda container: container.flag("Essential", default=True),
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "OPS04-BP05": "no sidecar sends traces of the task",
        "REL06-BP07": "requests cannot be traced through the task",
    },
    effort="M",
    severity="low",
    fix="Add the AWS Distro for OpenTelemetry Collector as a sidecar container.",
    compliant=[
        {CONTAINERS: [{"Image": "web:1"}, {"Image": "aws-observability/aws-otel-collector:v0.43.3"}]},
        {CONTAINERS: [{"Image": "web:1"}, {"Image": "otel/opentelemetry-collector-contrib:0.110.0"}]},
    ],
    non_compliant=[{CONTAINERS: [{"Image": "web:1"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Image": "web:1"}]}, {}],
)
def ecs_task_tracing_sidecar_present(task: ConfigurationItem) -> Verdict:
    """ECS tasks have a tracing sidecar.

    Without traces, slow and failed requests cannot be followed through the task. The check accepts the X-Ray daemon, an
    OpenTelemetry collector and the CloudWatch agent. Add a waiver if the application sends its traces directly.
    """
    images = task.texts(f"{CONTAINERS}.Image")
    if any_of([task.text(STATUS) == "INACTIVE", len(images) == 0]):
        return NOT_APPLICABLE
    traced = any_of(images, lambda image: any_of([contains(image, tracer) for tracer in TRACING_IMAGES]))
    return compliant_if(traced, otherwise=f"no tracing sidecar (expected one), images: {listed(images)}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC02-BP03": "the secret is readable in the task definition"},
    managed_rule="ECS_NO_ENVIRONMENT_SECRETS",
    effort="M",
    fix="Store the value in Secrets Manager, reference it in the container's Secrets, and replace the exposed value.",
    compliant=[
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "LOG_LEVEL", "Value": "info"}]}]},
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "DB_SECRET_ARN", "Value": "arn:aws:x"}]}]},
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "MAX_TOKENS_OUT", "Value": "4096"}]}]},
    ],
    non_compliant=[
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "DB_PASSWORD", "Value": "x"}]}]},
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "AWS_ACCESS_KEY_ID", "Value": "AKIA"}]}]},
    ],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_no_environment_secrets(
    task: ConfigurationItem,
    *,
    secret_keys: Sequence[str] = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"),
) -> Verdict:
    """Environment variables of ECS containers hold no secrets.

    Everyone who can read the task definition can read a secret in an environment variable. The check finds secrets by
    the names of variables, as the AWS managed rule does. It looks for the names in `secret_keys` and for names that end
    like a password, a token or a key. A reference such as DB_SECRET_ARN is compliant.
    """

    def has_secret(container: Attributes) -> bool:
        names = container.texts("Environment.Name")
        return any_of(names, lambda name: any_of([contains(secret_keys, name), names_secret(name)]))

    if any_of([task.text(STATUS) == "INACTIVE", none_of([task.has(CONTAINERS)])]):
        return NOT_APPLICABLE
    return compliant_if_none(
        task.objects(CONTAINERS),
        has_secret,
        "Environment has variables named like secrets (expected references in Secrets)",
        named="Name",
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC03-BP02": "no task role limits the permissions of the application",
        "SEC02-BP02": "no dedicated task role gives the application temporary credentials",
    },
    effort="S",
    severity="medium",
    fix="Set TaskRoleArn to a role other than the execution role, with only the permissions of the application.",
    compliant=[
        {TASK_ROLE: "arn:task", EXECUTION_ROLE: "arn:execution"},
        {TASK_ROLE: "arn:task"},
    ],
    non_compliant=[
        {TASK_ROLE: "arn:x", EXECUTION_ROLE: "arn:x"},
        {EXECUTION_ROLE: "arn:x"},
        {},
    ],
    not_applicable=[{STATUS: "INACTIVE"}],
)
def ecs_task_role_defined(task: ConfigurationItem) -> Verdict:
    """ECS tasks have a task role.

    Without a task role, the application has the permissions of the instance or needs long-term access keys. A task role
    that is also the execution role fails, because ECS uses that role to pull images and read secrets.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    role, execution = task.text(TASK_ROLE, "not set"), task.text(EXECUTION_ROLE)
    shared = all_of([task.has(EXECUTION_ROLE), role == execution])
    otherwise = f"TaskRoleArn is {role} (expected a role other than the execution role)"
    return compliant_if(all_of([task.has(TASK_ROLE), none_of([shared])]), otherwise)


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "a compromised container gives root access to the host"},
    managed_rule="ECS_CONTAINERS_NONPRIVILEGED",
    effort="S",
    fix="Remove Privileged, and add only the required capabilities in LinuxParameters.Capabilities.",
    compliant=[{CONTAINERS: [{"Name": "web", "Privileged": False}, {"Name": "cache"}]}],
    non_compliant=[{CONTAINERS: [{"Name": "agent", "Privileged": True}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_containers_nonprivileged(task: ConfigurationItem) -> Verdict:
    """ECS containers are not privileged.

    A process in a privileged container has root access to the container instance. Fargate has no privileged containers.
    """
    not_privileged = "Privileged is true (expected false)"
    return of_containers(task, lambda container: none_of([container.flag("Privileged")]), not_privileged)


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "a compromised container can change its own files"},
    managed_rule="ECS_CONTAINERS_READONLY_ACCESS",
    effort="M",
    severity="medium",
    fix="Set ReadonlyRootFilesystem to true, and mount a volume for files that have to be written.",
    compliant=[{CONTAINERS: [{"Name": "web", "ReadonlyRootFilesystem": True}]}],
    non_compliant=[{CONTAINERS: [{"Name": "web", "ReadonlyRootFilesystem": True}, {"Name": "cache"}]}],
    not_applicable=[
        {STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]},
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web"}]},
        {},
    ],
)
def ecs_containers_readonly_access(task: ConfigurationItem) -> Verdict:
    """ECS containers have a read-only root file system.

    A compromised process can change the files of a container with a writable root file system. Windows containers are
    not evaluated, because they do not support read-only root file systems.
    """
    if task.text(FAMILY, "LINUX") != "LINUX":
        return NOT_APPLICABLE
    return of_containers(
        task,
        lambda container: container.flag("ReadonlyRootFilesystem"),
        "ReadonlyRootFilesystem is false (expected true)",
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the container runs as root unless its image sets a user"},
    managed_rule="ECS_TASK_DEFINITION_LINUX_USER_NON_ROOT",
    effort="M",
    severity="medium",
    same_cause_as="ecs-task-definition-user-for-host-mode-check",
    fix="Set User to a user other than root in every container definition.",
    compliant=[{CONTAINERS: [{"Name": "web", "User": "1000:1000"}]}],
    non_compliant=[
        {CONTAINERS: [{"Name": "web", "User": "root"}]},
        {CONTAINERS: [{"Name": "web", "User": "0:1000"}]},
        {CONTAINERS: [{"Name": "web"}]},
    ],
    not_applicable=[
        {STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]},
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web"}]},
        {},
    ],
)
def ecs_task_definition_linux_user_non_root(task: ConfigurationItem) -> Verdict:
    """ECS Linux containers do not run as root.

    A compromised process that runs as root has more ways to attack the host. The check does not see a user that only
    the image sets, because the task definition does not contain that user. The AWS managed rule has the same limit.
    """
    if task.text(FAMILY, "LINUX") != "LINUX":
        return NOT_APPLICABLE
    return of_containers(
        task, lambda container: none_of([is_root(container)]), "User is root or not set (expected another user)"
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the container's processes run as the administrator"},
    managed_rule="ECS_TASK_DEFINITION_WINDOWS_USER_NON_ADMIN",
    effort="M",
    severity="medium",
    fix="Set User to a user that is not an administrator, such as ContainerUser.",
    compliant=[{FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web", "User": "ContainerUser"}]}],
    non_compliant=[
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web", "User": "ContainerAdministrator"}]},
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web"}]},
    ],
    not_applicable=[{CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_windows_user_non_admin(task: ConfigurationItem) -> Verdict:
    """ECS Windows containers do not run as the administrator.

    A compromised process that runs as the administrator can change the whole container. The check does not see a user
    that only the image sets. The AWS managed rule has the same limit.
    """
    if none_of([task.text(FAMILY, "LINUX").startswith("WINDOWS")]):
        return NOT_APPLICABLE

    def is_restricted(container: Attributes) -> bool:
        return container.text("User", "containeradministrator").lower() != "containeradministrator"

    return of_containers(task, is_restricted, "User is ContainerAdministrator or not set (expected another user)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "a container that runs as root uses the network of its host"},
    managed_rule="ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK",
    effort="M",
    fix="Set NetworkMode to awsvpc, or set User to a user other than root.",
    compliant=[
        {NETWORK_MODE: "host", CONTAINERS: [{"Name": "web", "User": "app"}]},
        {NETWORK_MODE: "host", CONTAINERS: [{"Name": "agent", "Privileged": True}]},
        {NETWORK_MODE: "awsvpc", CONTAINERS: [{"Name": "web"}]},
    ],
    non_compliant=[{NETWORK_MODE: "host", CONTAINERS: [{"Name": "web", "User": "root", "Privileged": False}]}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK_MODE: "host", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_user_for_host_mode_check(task: ConfigurationItem) -> Verdict:
    """ECS tasks in host network mode do not run as root.

    A process that runs as root in host network mode can control the network of its host. Privileged containers are
    evaluated by the check ecs-containers-nonprivileged instead, as in the AWS managed rules.
    """
    isolated = task.text(NETWORK_MODE) != "host"

    def is_safe(container: Attributes) -> bool:
        return any_of([isolated, container.flag("Privileged"), none_of([is_root(container)])])

    return of_containers(task, is_safe, "User is root or not set in NetworkMode host (expected another user)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC05-BP02": "no security group separates the task from its host",
        "SEC06-BP02": "the container shares the network of its host",
    },
    managed_rule="ECS_TASK_DEFINITION_NETWORK_MODE_NOT_HOST",
    effort="M",
    severity="medium",
    fix="Set NetworkMode to awsvpc.",
    compliant=[{NETWORK_MODE: "awsvpc"}, {NETWORK_MODE: "bridge"}, {}],
    non_compliant=[{NETWORK_MODE: "host"}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK_MODE: "host"}],
)
def ecs_task_definition_network_mode_not_host(task: ConfigurationItem) -> Verdict:
    """ECS tasks do not use the network mode host.

    In network mode host, a task can connect to services that listen only on its host.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if(task.text(NETWORK_MODE) != "host", otherwise="NetworkMode is host (expected awsvpc)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC05-BP02": "tasks share the security groups of their instance"},
    managed_rule="ECS_AWSVPC_NETWORKING_ENABLED",
    effort="M",
    severity="medium",
    same_cause_as="ecs-task-definition-network-mode-not-host",
    fix="Set NetworkMode to awsvpc, and give each service its own security group.",
    compliant=[{NETWORK_MODE: "awsvpc"}],
    non_compliant=[{NETWORK_MODE: "bridge"}, {}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK_MODE: "bridge"}],
)
def ecs_awsvpc_networking_enabled(task: ConfigurationItem) -> Verdict:
    """ECS tasks use the network mode awsvpc.

    In other modes, tasks share the security groups and flow logs of their instance. The default is bridge.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    mode = task.text(NETWORK_MODE, "bridge")
    return compliant_if(mode == "awsvpc", otherwise=f"NetworkMode is {mode} (expected awsvpc)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the task can see and stop the processes of its host"},
    managed_rule="ECS_TASK_DEFINITION_PID_MODE_CHECK",
    effort="S",
    fix="Remove PidMode, or set it to task.",
    compliant=[{PID_MODE: "task"}, {}],
    non_compliant=[{PID_MODE: "host"}],
    not_applicable=[{STATUS: "INACTIVE", PID_MODE: "host"}],
)
def ecs_task_definition_pid_mode_check(task: ConfigurationItem) -> Verdict:
    """ECS tasks do not share the process namespace of their host.

    With PidMode host, a task can see the processes of its host and the secrets in their environment variables.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if(task.text(PID_MODE) != "host", otherwise="PidMode is host (expected task or not set)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC09-BP02": "files travel in clear text between task and file system"},
    managed_rule="ECS_TASK_DEFINITION_EFS_ENCRYPTION_ENABLED",
    effort="S",
    severity="medium",
    fix="Set EFSVolumeConfiguration.TransitEncryption to ENABLED.",
    compliant=[{VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "ENABLED"}}, {"Name": "scratch"}]}],
    non_compliant=[{VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "DISABLED"}}, {"Name": "scratch"}]}],
    not_applicable=[
        {STATUS: "INACTIVE", VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "DISABLED"}}]},
        {VOLUMES: [{"Name": "scratch"}]},
        {},
    ],
)
def ecs_task_definition_efs_encryption_enabled(task: ConfigurationItem) -> Verdict:
    """ECS tasks encrypt the traffic to EFS file systems.

    Without encryption in transit, files travel in clear text between the task and the file system. The default is
    DISABLED.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(
        task.objects(VOLUMES),
        lambda volume: volume.text(f"{EFS}.TransitEncryption", "DISABLED") == "ENABLED",
        "TransitEncryption is DISABLED (expected ENABLED)",
        named="Name",
        where=lambda volume: volume.has(EFS),
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"PERF02-BP02": "one task can use the memory of all others on its instance"},
    effort="S",
    severity="low",
    fix="Set Memory of every container or of the task.",
    compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}]}, {CONTAINERS: [{"Name": "web"}], TASK_MEMORY: "1024"}],
    non_compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}, {"Name": "cache"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_memory_hard_limit(task: ConfigurationItem) -> Verdict:
    """ECS containers have a memory limit.

    A container without a limit can use all memory of its instance. A limit of the whole task, as on Fargate, is
    compliant.
    """
    return of_containers(
        task,
        lambda container: any_of([container.has("Memory"), task.has(TASK_MEMORY)]),
        "Memory is not set (expected a limit)",
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SUS05-BP02": "the task does not run on Graviton, which uses less energy",
        "PERF02-BP01": "the processor with the better price-performance is not used",
        "COST05-BP05": "the same task costs less on Graviton",
    },
    effort="M",
    severity="low",
    fix="Build images for arm64, and set RuntimePlatform.CpuArchitecture to ARM64.",
    compliant=[{ARM64: "ARM64"}],
    non_compliant=[{ARM64: "X86_64"}, {FAMILY: "LINUX"}, {PLATFORM: {}}],
    not_applicable=[
        {FAMILY: "WINDOWS_SERVER_2022_CORE"},
        {STATUS: "INACTIVE"},
    ],
)
def ecs_task_definition_arm64(task: ConfigurationItem) -> Verdict:
    """ECS tasks run on Graviton (arm64).

    x86 tasks usually cost more and consume more energy for the same work than tasks on Graviton. The default
    architecture is X86_64. Windows tasks are not evaluated, because they run on X86_64 only.
    """
    family = task.text(FAMILY, "LINUX")
    if any_of([task.text(STATUS) == "INACTIVE", family != "LINUX"]):
        return NOT_APPLICABLE
    found: Any = task.text(ARM64, "X86_64") if task.objects(PLATFORM) else Unknown(UNRECORDED)
    return compliant_if(found == "ARM64", otherwise=f"CpuArchitecture is {found} (expected ARM64)")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "COST06-BP02": "the task is larger than its environment needs",
        "PERF02-BP04": "the task size does not follow the needs of the environment",
        "SUS02-BP02": "the environment has more capacity than its service level requires",
    },
    effort="S",
    severity="low",
    fix="Set Memory to 8192 or less, and reduce Cpu accordingly.",
    compliant=[{"tags.Environment": "development", TASK_MEMORY: "8192"}],
    non_compliant=[{"tags.Environment": "development", TASK_MEMORY: "8193"}],
    not_applicable=[
        {"tags.Environment": "production", TASK_MEMORY: "16384"},
        {"tags.Environment": "development", TASK_MEMORY: "16384", STATUS: "INACTIVE"},
        {"tags.Environment": "development"},
        {},
    ],
)
def resource_allocation_per_environment(task: ConfigurationItem, *, most_mib_elsewhere: int = 8192) -> Verdict:
    """ECS tasks outside production have at most 8192 MiB of memory.

    Tasks of production size cost more than other environments need. Applies to task definitions with an
    Environment tag other than production.
    """
    environment = task.environment
    exempt = any_of([task.text(STATUS) == "INACTIVE", contains(("", PRODUCTION), environment)])
    if any_of([exempt, none_of([task.has(TASK_MEMORY)])]):
        return NOT_APPLICABLE
    size = task.number(TASK_MEMORY)
    otherwise = f"Memory is {size} MiB in {environment} (expected at most {most_mib_elsewhere})"
    return compliant_if(size <= most_mib_elsewhere, otherwise)


def of_containers(task: ConfigurationItem, holds: Callable[[Attributes], bool], otherwise: str) -> Verdict:
    """The verdict on the containers of a task definition; NOT_APPLICABLE if it is inactive."""
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(task.objects(CONTAINERS), holds, otherwise, named="Name")


def is_root(container: Attributes) -> bool:
    """Whether a Linux container runs as root, which is the default."""
    user = container.text("User", "root")
    return any_of([user.startswith(("root:", "0:")), contains(("root", "0"), user)])


def related(task: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The components that share the task role."""
    return sharing(task, TASK, "TaskRoleArn")


def to_configuration_item(task: Any) -> dict[str, Any]:
    """An active task definition. CloudFormation writes EFSVolumeConfiguration, and accepts Memory in GB."""
    properties = task.properties
    volumes = each(
        properties.get("Volumes"),
        lambda volume: {EFS: volume.get("EFSVolumeConfiguration"), **volume} if isinstance(volume, dict) else volume,
    )
    memory = _mebibytes(properties.get("Memory"))
    platform = properties.get("RuntimePlatform", {})
    return {
        "configuration": {
            "Status": "ACTIVE",
            **properties,
            "Memory": memory,
            "RuntimePlatform": platform,
            "Volumes": volumes,
        }
    }


def _mebibytes(size: Any) -> Any:
    """A memory size in MiB, as ECS records it: ``1 GB`` becomes ``1024``."""
    number = size.upper().removesuffix("GB").strip() if isinstance(size, str) and size.upper().endswith("GB") else ""
    return str(round(float(number) * 1024)) if re.fullmatch(r"\d+(\.\d+)?", number) else size
