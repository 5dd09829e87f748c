"""ECS task definitions: CloudFormation's shape. Config also keeps the revisions that are no longer active."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
)

CONTAINERS = "configuration.ContainerDefinitions"
STATUS = "configuration.Status"
TRACERS = ("aws-xray-daemon", "aws-otel-collector", "cloudwatch-agent", "adot-collector")


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


def lift(task: Any) -> dict[str, Any]:
    """A task definition is active while it stands in a template."""
    return {"configuration": {"Status": "ACTIVE", **task.properties}}
