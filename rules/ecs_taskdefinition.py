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
from pillarwatch.lift import TemplateResource, each
from pillarwatch.secrets import names_secret
from pillarwatch.unknown import Unknown
from rules.shared.components import TASK, TASK_ROLE, dedicated_iam_role_per_component, sharing

CONTAINERS = "configuration.ContainerDefinitions"
STATUS = "configuration.Status"
EXECUTION_ROLE = "configuration.ExecutionRoleArn"
TRACERS = ("xray-daemon", "otel-collector", "opentelemetry-collector", "adot-collector", "cloudwatch-agent")

PLATFORM = "configuration.RuntimePlatform"
UNRECORDED = "AWS Config does not record the runtime platform"
FAMILY = "configuration.RuntimePlatform.OperatingSystemFamily"
NETWORK = "configuration.NetworkMode"
PROCESSES = "configuration.PidMode"
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
    fix="Set a LogConfiguration for every container, e.g. with awslogs.",
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

    return compliant_if_all(task.objects(CONTAINERS), logs, "no log driver", named="Name")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "REL11-BP01": "ECS has no health check of its own for the container",
        "REL11-BP03": "ECS cannot replace the container based on a container health check",
    },
    effort="S",
    severity="low",
    fix="Add a HealthCheck command to every essential container.",
    compliant=[{CONTAINERS: [{"Name": "web", "HealthCheck": {"Command": ["CMD", "true"]}}]}],
    non_compliant=[{CONTAINERS: [{"Name": "web"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_container_health_check(task: ConfigurationItem) -> Verdict:
    """Essential containers have a health check.

    A container is essential unless it says otherwise. A load balancer's health check asks only the one behind it.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(
        task.objects(CONTAINERS),
        lambda container: container.has("HealthCheck.Command"),
        "HealthCheck.Command is not set",
        named="Name",
        where=lambda container: container.flag("Essential", default=True),
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "OPS04-BP05": "the task sends no traces",
        "REL06-BP07": "requests cannot be traced through the task",
    },
    effort="M",
    severity="low",
    fix="Add the AWS Distro for OpenTelemetry collector as a sidecar.",
    compliant=[
        {CONTAINERS: [{"Image": "web:1"}, {"Image": "aws-observability/aws-otel-collector:v0.43.3"}]},
        {CONTAINERS: [{"Image": "web:1"}, {"Image": "otel/opentelemetry-collector-contrib:0.110.0"}]},
    ],
    non_compliant=[{CONTAINERS: [{"Image": "web:1"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Image": "web:1"}]}, {}],
)
def ecs_task_tracing_sidecar_present(task: ConfigurationItem) -> Verdict:
    """ECS tasks send traces through a sidecar.

    The X-Ray daemon, an OpenTelemetry collector or the CloudWatch agent. Waive it where the application sends its
    traces elsewhere by itself.
    """
    images = task.texts(f"{CONTAINERS}.Image")
    if any_of([task.text(STATUS) == "INACTIVE", len(images) == 0]):
        return NOT_APPLICABLE
    traced = any_of(images, lambda image: any_of([contains(image, tracer) for tracer in TRACERS]))
    return compliant_if(traced, otherwise=f"no container sends traces for the others: {listed(images)}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC02-BP03": "the secret is readable in the task definition"},
    managed_rule="ECS_NO_ENVIRONMENT_SECRETS",
    effort="M",
    fix="Store the value in Secrets Manager and reference it under the container's Secrets.",
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
    """Environment variables of containers hold no secrets.

    By their names, as AWS's own rule: those that it is given, and what ends as the name of a password, a token or a key
    does. DB_SECRET_ARN rather tells where the secret is kept.
    """

    def hides(container: Attributes) -> bool:
        names = container.texts("Environment.Name")
        return any_of(names, lambda name: any_of([contains(secret_keys, name), names_secret(name)]))

    if any_of([task.text(STATUS) == "INACTIVE", none_of([task.has(CONTAINERS)])]):
        return NOT_APPLICABLE
    return compliant_if_none(task.objects(CONTAINERS), hides, "secrets in the environment of", named="Name")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC03-BP02": "containers use the permissions of the execution role or the instance",
        "SEC02-BP02": "without a role the application needs long-term access keys",
    },
    effort="S",
    severity="medium",
    fix="Set TaskRoleArn to a role with the permissions that the application needs.",
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

    It differs from the execution role, with which ECS pulls images and reads secrets.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    role, execution = task.text(TASK_ROLE, "missing"), task.text(EXECUTION_ROLE)
    shared = all_of([task.has(EXECUTION_ROLE), role == execution])
    return compliant_if(all_of([task.has(TASK_ROLE), none_of([shared])]), otherwise=f"the task role is {role}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "a compromised container gives root access to the host"},
    managed_rule="ECS_CONTAINERS_NONPRIVILEGED",
    effort="S",
    fix="Drop the privileged mode, and add the capabilities that are needed.",
    compliant=[{CONTAINERS: [{"Name": "web", "Privileged": False}, {"Name": "cache"}]}],
    non_compliant=[{CONTAINERS: [{"Name": "agent", "Privileged": True}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_containers_nonprivileged(task: ConfigurationItem) -> Verdict:
    """Containers are not privileged.

    A privileged container is root on the instance. Fargate has none.
    """
    return of_containers(task, lambda container: none_of([container.flag("Privileged")]), "privileged")


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
    """Containers have a read-only root file system.

    What was tested is then what runs. Windows has no read-only file system for containers.
    """
    if task.text(FAMILY, "LINUX") != "LINUX":
        return NOT_APPLICABLE
    return of_containers(
        task, lambda container: container.flag("ReadonlyRootFilesystem"), "ReadonlyRootFilesystem is not true"
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the container runs as root unless its image names a user"},
    managed_rule="ECS_TASK_DEFINITION_LINUX_USER_NON_ROOT",
    effort="M",
    severity="medium",
    same_cause_as="ecs-task-definition-user-for-host-mode-check",
    fix="Name a user that is not root in the task definition.",
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
    """Containers do not run as root.

    As AWS's own rule reads it, a user that only the image names does not count: nobody can see it here.
    """
    if task.text(FAMILY, "LINUX") != "LINUX":
        return NOT_APPLICABLE
    return of_containers(task, lambda container: none_of([is_root(container)]), "no user but root")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the container's processes are the administrator's"},
    managed_rule="ECS_TASK_DEFINITION_WINDOWS_USER_NON_ADMIN",
    effort="M",
    severity="medium",
    fix="Name a user that is not an administrator, such as ContainerUser.",
    compliant=[{FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web", "User": "ContainerUser"}]}],
    non_compliant=[
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web", "User": "ContainerAdministrator"}]},
        {FAMILY: "WINDOWS_SERVER_2022_CORE", CONTAINERS: [{"Name": "web"}]},
    ],
    not_applicable=[{CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_windows_user_non_admin(task: ConfigurationItem) -> Verdict:
    """Windows containers do not run as the administrator.

    As AWS's own rule reads it, a user that only the image names does not count.
    """
    if none_of([task.text(FAMILY, "LINUX").startswith("WINDOWS")]):
        return NOT_APPLICABLE

    def harmless(container: Attributes) -> bool:
        return container.text("User", "containeradministrator").lower() != "containeradministrator"

    return of_containers(task, harmless, "administrators")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "on the host's network, and root there by default"},
    managed_rule="ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK",
    effort="M",
    fix="Use the network mode awsvpc, or name a user that is not root.",
    compliant=[
        {NETWORK: "host", CONTAINERS: [{"Name": "web", "User": "app"}]},
        {NETWORK: "host", CONTAINERS: [{"Name": "agent", "Privileged": True}]},
        {NETWORK: "awsvpc", CONTAINERS: [{"Name": "web"}]},
    ],
    non_compliant=[{NETWORK: "host", CONTAINERS: [{"Name": "web", "User": "root", "Privileged": False}]}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK: "host", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_user_for_host_mode_check(task: ConfigurationItem) -> Verdict:
    """No container is on its host's network, and root, without anybody having said so.

    As AWS's own rule reads it: that a container is privileged was said, and is judged by a check of its own.
    """
    apart = task.text(NETWORK) != "host"

    def meant(container: Attributes) -> bool:
        return any_of([apart, container.flag("Privileged"), none_of([is_root(container)])])

    return of_containers(task, meant, "root on the host's network")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC05-BP02": "no security group separates the task from the host's network",
        "SEC06-BP02": "the container shares the network of its host",
    },
    managed_rule="ECS_TASK_DEFINITION_NETWORK_MODE_NOT_HOST",
    effort="M",
    severity="medium",
    fix="Use the network mode awsvpc.",
    compliant=[{NETWORK: "awsvpc"}, {NETWORK: "bridge"}, {}],
    non_compliant=[{NETWORK: "host"}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK: "host"}],
)
def ecs_task_definition_network_mode_not_host(task: ConfigurationItem) -> Verdict:
    """ECS tasks do not use the network mode host.

    There they reach what listens on the host only, its credentials among it.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if(task.text(NETWORK) != "host", otherwise="the network mode is host")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC05-BP02": "tasks share the security groups of their instance"},
    managed_rule="ECS_AWSVPC_NETWORKING_ENABLED",
    effort="M",
    severity="medium",
    same_cause_as="ecs-task-definition-network-mode-not-host",
    fix="Use the network mode awsvpc, and give each service a security group of its own.",
    compliant=[{NETWORK: "awsvpc"}],
    non_compliant=[{NETWORK: "bridge"}, {}],
    not_applicable=[{STATUS: "INACTIVE", NETWORK: "bridge"}],
)
def ecs_awsvpc_networking_enabled(task: ConfigurationItem) -> Verdict:
    """ECS tasks use the network mode awsvpc.

    Security groups and flow logs then tell task from task. What is not said is bridge.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    mode = task.text(NETWORK, "bridge")
    return compliant_if(mode == "awsvpc", otherwise=f"the network mode is {mode}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the task sees and stops the processes of its host"},
    managed_rule="ECS_TASK_DEFINITION_PID_MODE_CHECK",
    effort="S",
    fix="Leave the process mode out, or set it to task.",
    compliant=[{PROCESSES: "task"}, {}],
    non_compliant=[{PROCESSES: "host"}],
    not_applicable=[{STATUS: "INACTIVE", PROCESSES: "host"}],
)
def ecs_task_definition_pid_mode_check(task: ConfigurationItem) -> Verdict:
    """ECS tasks do not see the processes of their host.

    In the environment of a process stand secrets, too.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if(task.text(PROCESSES) != "host", otherwise="the process mode is host")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC09-BP02": "files travel in clear text between task and file system"},
    managed_rule="ECS_TASK_DEFINITION_EFS_ENCRYPTION_ENABLED",
    effort="S",
    severity="medium",
    fix="Enable transit encryption in the configuration of the volume.",
    compliant=[{VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "ENABLED"}}, {"Name": "scratch"}]}],
    non_compliant=[{VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "DISABLED"}}, {"Name": "scratch"}]}],
    not_applicable=[
        {STATUS: "INACTIVE", VOLUMES: [{"Name": "data", EFS: {"TransitEncryption": "DISABLED"}}]},
        {VOLUMES: [{"Name": "scratch"}]},
        {},
    ],
)
def ecs_task_definition_efs_encryption_enabled(task: ConfigurationItem) -> Verdict:
    """ECS tasks talk to their EFS file systems by TLS.

    They do not unless it is asked for.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(
        task.objects(VOLUMES),
        lambda volume: volume.text(f"{EFS}.TransitEncryption", "DISABLED") == "ENABLED",
        "clear text",
        named="Name",
        where=lambda volume: volume.has(EFS),
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"PERF02-BP02": "one task takes the memory of all others on its instance"},
    effort="S",
    severity="low",
    fix="Give every container a memory limit.",
    compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}]}, {CONTAINERS: [{"Name": "web"}], TASK_MEMORY: "1024"}],
    non_compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}, {"Name": "cache"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_memory_hard_limit(task: ConfigurationItem) -> Verdict:
    """Containers have a limit of memory.

    AWS's own rule asks it of each container; a limit of the whole task, as Fargate demands it, keeps others safe too.
    """
    return of_containers(
        task, lambda container: any_of([container.has("Memory"), task.has(TASK_MEMORY)]), "without a limit"
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
    fix="Build images for arm64 and set RuntimePlatform.CpuArchitecture to ARM64.",
    compliant=[{ARM64: "ARM64"}],
    non_compliant=[{ARM64: "X86_64"}, {FAMILY: "LINUX"}, {PLATFORM: {}}],
    not_applicable=[
        {FAMILY: "WINDOWS_SERVER_2022_CORE"},
        {STATUS: "INACTIVE"},
    ],
)
def ecs_task_definition_arm64(task: ConfigurationItem) -> Verdict:
    """ECS tasks run on Graviton (arm64).

    A runtime platform without an architecture is of X86_64. Windows has no other choice.
    """
    family = task.text(FAMILY, "LINUX")
    if any_of([task.text(STATUS) == "INACTIVE", family != "LINUX"]):
        return NOT_APPLICABLE
    found: Any = task.text(ARM64, "X86_64") if task.objects(PLATFORM) else Unknown(UNRECORDED)
    return compliant_if(found == "ARM64", otherwise=f"the architecture is {found}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "COST06-BP02": "test runs at the size of production",
        "PERF02-BP04": "the size does not follow what the environment needs",
        "SUS02-BP02": "more runs in test than its service level asks for",
    },
    effort="S",
    severity="low",
    fix="Give tasks outside production a smaller size.",
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
    """Tasks outside production are no larger than was agreed.

    Only where the tag Environment says that it is not `production`.
    """
    environment = task.environment
    exempt = any_of([task.text(STATUS) == "INACTIVE", contains(("", PRODUCTION), environment)])
    if any_of([exempt, none_of([task.has(TASK_MEMORY)])]):
        return NOT_APPLICABLE
    size = task.number(TASK_MEMORY)
    return compliant_if(size <= most_mib_elsewhere, otherwise=f"{size} MiB in {environment}")


def of_containers(task: ConfigurationItem, holds: Callable[[Attributes], bool], otherwise: str) -> Verdict:
    """The verdict on the containers of a task definition that is in force."""
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(task.objects(CONTAINERS), holds, otherwise, named="Name")


def is_root(container: Attributes) -> bool:
    """Whether a Linux container runs as root, as it does where nothing is said."""
    user = container.text("User", "root")
    return any_of([user.startswith(("root:", "0:")), contains(("root", "0"), user)])


def related(task: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The components that share its role."""
    return sharing(task, TASK, "TaskRoleArn")


def lift(task: Any) -> dict[str, Any]:
    """A task definition, active while it stands in a template; CloudFormation writes EFS in capitals, and takes GB."""
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
    """A size of memory as ECS records it: ``1 GB`` is ``1024``."""
    number = size.upper().removesuffix("GB").strip() if isinstance(size, str) and size.upper().endswith("GB") else ""
    return str(round(float(number) * 1024)) if re.fullmatch(r"\d+(\.\d+)?", number) else size
