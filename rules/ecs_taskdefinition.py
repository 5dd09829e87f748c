"""ECS task definitions: CloudFormation's shape. Config also keeps the revisions that are no longer active."""

from collections.abc import Callable
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

CONTAINERS = "configuration.ContainerDefinitions"
STATUS = "configuration.Status"
TRACERS = ("aws-xray-daemon", "aws-otel-collector", "cloudwatch-agent", "adot-collector")


TASK_MEMORY = "configuration.Memory"
ARM64 = "configuration.RuntimePlatform.CpuArchitecture"
SECRET_NAMES = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY")
REFERENCES = ("_ARN", "_NAME", "_ID", "_PATH", "_URL", "_PREFIX")  # what a name ends with that tells where a secret is


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "OPS04-BP02": "what the container prints is lost",
        "SEC04-BP01": "the container's events are not recorded",
        "REL06-BP01": "the container's failures leave no trace",
    },
    managed_rule="ECS_TASK_DEFINITION_LOG_CONFIGURATION",
    effort="S",
    fix="Give every container a log driver, e.g. awslogs.",
    compliant=[{CONTAINERS: [{"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}]}],
    non_compliant=[
        {CONTAINERS: [{"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}, {"Name": "cache"}]},
    ],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_log_configuration(task: ConfigurationItem) -> Verdict:
    """Every container of an ECS task writes logs to a named place.

    What a container without a log driver prints ends with the container.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE

    def logs(container: Attributes) -> bool:
        return container.has("LogConfiguration.LogDriver")

    return compliant_if_all(task.objects(CONTAINERS), logs, "no log driver", named="Name")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "REL11-BP01": "a container that hangs counts as healthy",
        "REL11-BP03": "a container that hangs is not replaced",
    },
    effort="S",
    severity="medium",
    fix="Give every essential container a HealthCheck command.",
    compliant=[{CONTAINERS: [{"Name": "web", "HealthCheck": {"Command": ["CMD", "true"]}}]}],
    non_compliant=[{CONTAINERS: [{"Name": "web"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_container_health_check(task: ConfigurationItem) -> Verdict:
    """Every essential container of an ECS task tells whether it is healthy.

    A container is essential unless it says otherwise. A load balancer's health check sees only one of them.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(
        task.objects(CONTAINERS),
        lambda container: container.has("HealthCheck.Command"),
        "no health check",
        named="Name",
        where=lambda container: container.flag("Essential", default=True),
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "OPS04-BP05": "the task is a gap in every trace",
        "REL06-BP07": "requests cannot be followed through the task",
    },
    effort="M",
    severity="medium",
    fix="Add the AWS Distro for OpenTelemetry collector as a sidecar.",
    compliant=[{CONTAINERS: [{"Image": "web:1"}, {"Image": "aws-observability/aws-otel-collector:v0.43.3"}]}],
    non_compliant=[{CONTAINERS: [{"Image": "web:1"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Image": "web:1"}]}, {}],
)
def ecs_task_tracing_sidecar_present(task: ConfigurationItem) -> Verdict:
    """ECS tasks send traces through a sidecar.

    The X-Ray daemon, the OpenTelemetry collector or the CloudWatch agent. Waive it where the application sends its
    traces elsewhere by itself.
    """
    images = task.texts(f"{CONTAINERS}.Image")
    if any_of([task.text(STATUS) == "INACTIVE", len(images) == 0]):
        return NOT_APPLICABLE
    traced = any_of(images, lambda image: any_of([contains(image, tracer) for tracer in TRACERS]))
    return compliant_if(traced, otherwise=f"no tracer among: {listed(images)}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC02-BP03": "a secret stands in the task definition for everybody who may read it"},
    managed_rule="ECS_NO_ENVIRONMENT_SECRETS",
    effort="M",
    fix="Keep the value in Secrets Manager, and name it under the container's secrets.",
    compliant=[
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "LOG_LEVEL", "Value": "info"}]}]},
        {CONTAINERS: [{"Name": "web", "Environment": [{"Name": "DB_SECRET_ARN", "Value": "arn:aws:x"}]}]},
    ],
    non_compliant=[{CONTAINERS: [{"Name": "web", "Environment": [{"Name": "DB_PASSWORD", "Value": "x"}]}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_no_environment_secrets(task: ConfigurationItem) -> Verdict:
    """Environment variables of containers hold no secrets.

    By their names, as AWS's own rule looks for its list of names; one that ends in ARN, NAME, ID, PATH or URL tells
    where the secret is kept.
    """

    def hides(container: Attributes) -> bool:
        return any_of(container.texts("Environment.Name"), is_secret)

    if any_of([task.text(STATUS) == "INACTIVE", none_of([task.has(CONTAINERS)])]):
        return NOT_APPLICABLE
    return compliant_if_none(task.objects(CONTAINERS), hides, "secrets in the environment of", named="Name")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC03-BP02": "containers have the rights of the agent that starts them",
        "SEC02-BP02": "for want of a role the application brings a key",
    },
    effort="S",
    severity="medium",
    fix="Give the task a role of its own with what the application needs.",
    compliant=[{"configuration.TaskRoleArn": "arn:task", "configuration.ExecutionRoleArn": "arn:execution"}],
    non_compliant=[{"configuration.TaskRoleArn": "arn:x", "configuration.ExecutionRoleArn": "arn:x"}, {}],
    not_applicable=[{STATUS: "INACTIVE"}],
)
def ecs_task_role_defined(task: ConfigurationItem) -> Verdict:
    """ECS tasks have a role of their own.

    It differs from the execution role, with which ECS pulls images and reads secrets.
    """
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    role, execution = task.text("configuration.TaskRoleArn"), task.text("configuration.ExecutionRoleArn")
    own = all_of([role != "", role != execution])
    return compliant_if(own, otherwise=f"the task role is {role or 'missing'}")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SEC06-BP02": "whoever breaks the container has the host",
        "SEC06-BP05": "nothing keeps the container's processes in",
    },
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
    best_practices={"SEC06-BP02": "whoever breaks in can change what the container runs"},
    managed_rule="ECS_CONTAINERS_READONLY_ACCESS",
    effort="M",
    severity="medium",
    fix="Make the root file system read-only, and mount a volume for what has to be written.",
    compliant=[{CONTAINERS: [{"Name": "web", "ReadonlyRootFilesystem": True}]}],
    non_compliant=[{CONTAINERS: [{"Name": "web", "ReadonlyRootFilesystem": True}, {"Name": "cache"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_containers_readonly_access(task: ConfigurationItem) -> Verdict:
    """Containers cannot write to their own file system.

    What was tested is then what runs.
    """
    return of_containers(task, lambda container: container.flag("ReadonlyRootFilesystem"), "writable")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"SEC06-BP02": "the container's processes are root"},
    managed_rule="ECS_TASK_DEFINITION_LINUX_USER_NON_ROOT",
    effort="M",
    severity="medium",
    fix="Name a user that is not root in the task definition.",
    compliant=[{CONTAINERS: [{"Name": "web", "User": "1000:1000"}]}],
    non_compliant=[
        {CONTAINERS: [{"Name": "web", "User": "root"}]},
        {CONTAINERS: [{"Name": "web", "User": "0:1000"}]},
        {CONTAINERS: [{"Name": "web"}]},
    ],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_linux_user_non_root(task: ConfigurationItem) -> Verdict:
    """Containers do not run as root.

    As AWS's own rule reads it, a user that only the image names does not count: nobody can see it here.
    """

    def harmless(container: Attributes) -> bool:
        user = container.text("User", "root")
        return none_of([user.startswith(("root:", "0:")), contains(("root", "0"), user)])

    return of_containers(task, harmless, "root")


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={"PERF02-BP02": "one container takes the memory of all others"},
    managed_rule="ECS_TASK_DEFINITION_MEMORY_HARD_LIMIT",
    effort="S",
    severity="low",
    fix="Give every container a memory limit.",
    compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}]}, {CONTAINERS: [{"Name": "web"}], TASK_MEMORY: "1024"}],
    non_compliant=[{CONTAINERS: [{"Name": "web", "Memory": 512}, {"Name": "cache"}]}],
    not_applicable=[{STATUS: "INACTIVE", CONTAINERS: [{"Name": "web"}]}, {}],
)
def ecs_task_definition_memory_hard_limit(task: ConfigurationItem) -> Verdict:
    """Containers have a limit of memory.

    AWS's own rule asks it of every container; a limit of the whole task, which Fargate demands, is one too.
    """
    return of_containers(
        task, lambda container: any_of([container.has("Memory"), task.has(TASK_MEMORY)]), "without a limit"
    )


@check(
    "AWS::ECS::TaskDefinition",
    best_practices={
        "SUS05-BP02": "a processor that needs less energy is left unused",
        "PERF02-BP01": "Graviton does more for the same price",
        "COST05-BP05": "the same tasks are cheaper on Graviton",
    },
    effort="M",
    severity="low",
    fix="Build images for arm64 too, and set the runtime platform to ARM64.",
    compliant=[{ARM64: "ARM64"}],
    non_compliant=[{ARM64: "X86_64"}, {}],
    not_applicable=[
        {"configuration.RuntimePlatform.OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        {STATUS: "INACTIVE"},
    ],
)
def ecs_task_definition_arm64(task: ConfigurationItem) -> Verdict:
    """ECS tasks run on Graviton.

    What is not said is X86_64. Windows has no other choice.
    """
    family = task.text("configuration.RuntimePlatform.OperatingSystemFamily", "LINUX")
    if any_of([task.text(STATUS) == "INACTIVE", family != "LINUX"]):
        return NOT_APPLICABLE
    found = task.text(ARM64, "X86_64")
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
    not_applicable=[{"tags.Environment": "production", TASK_MEMORY: "16384"}, {"tags.Environment": "development"}, {}],
)
def resource_allocation_per_environment(
    task: ConfigurationItem, *, production: str = "production", most_mib_elsewhere: int = 8192
) -> Verdict:
    """Tasks outside production are no larger than was agreed.

    Only where the tag Environment says that it is not `production`.
    """
    environment = task.tag("Environment", production)
    if any_of([environment == production, none_of([task.has(TASK_MEMORY)])]):
        return NOT_APPLICABLE
    size = task.number(TASK_MEMORY)
    return compliant_if(size <= most_mib_elsewhere, otherwise=f"{size} MiB in {environment}")


def of_containers(task: ConfigurationItem, holds: Callable[[Attributes], bool], otherwise: str) -> Verdict:
    """The verdict on the containers of a task definition that is in force."""
    if task.text(STATUS) == "INACTIVE":
        return NOT_APPLICABLE
    return compliant_if_all(task.objects(CONTAINERS), holds, otherwise, named="Name")


def is_secret(name: str) -> bool:
    """Whether an environment variable of this name holds a secret."""
    upper = name.upper()
    return all_of([any_of(SECRET_NAMES, lambda each: contains(upper, each)), none_of(REFERENCES, upper.endswith)])


def lift(task: Any) -> dict[str, Any]:
    """A task definition is active while it stands in a template."""
    return {"configuration": {"Status": "ACTIVE", **task.properties}}
