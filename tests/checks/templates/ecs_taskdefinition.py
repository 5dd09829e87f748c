"""Templates of ecs_taskdefinition."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("ecs-task-definition-log-configuration", "NON_COMPLIANT", {"ContainerDefinitions": [{"Name": "web"}]}, {}),
]
