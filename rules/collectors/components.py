"""Functions and tasks with those that work with the same role."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch import ConfigurationItem
from rules.collectors import Listed, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

FUNCTION = "AWS::Lambda::Function"
TASK = "AWS::ECS::TaskDefinition"
ROLES = {FUNCTION: "configuration.role", TASK: "configuration.TaskRoleArn"}


@collector(FUNCTION, TASK, actions=("config:SelectResourceConfig",))
def components(aws: Aws) -> Iterator[Listed]:
    """Lambda functions and active ECS task definitions with the others of their role; revisions of a family are one."""
    users: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for resource_type in ROLES:
        for item in aws.all_recorded(resource_type):
            if _is_in_force(item):
                users[resource_type, _role(item)].setdefault(_component(item), item)
    for resource_type in ROLES:
        for item in filter(_is_in_force, aws.recorded(resource_type)):
            others = [other for key, other in users[resource_type, _role(item)].items() if key != _component(item)]
            yield Listed(item, {resource_type: others})


def _is_in_force(item: dict[str, Any]) -> bool:
    """Whether it can be started: Config keeps the revisions of task definitions that cannot."""
    return ConfigurationItem(item).text("configuration.Status") != "INACTIVE"


def _role(item: dict[str, Any]) -> str:
    """The ARN of its role, or a text of its own where that cannot be read."""
    return str(ConfigurationItem(item).text(ROLES[item["resourceType"]])) or item["resourceId"]


def _component(item: dict[str, Any]) -> str:
    """What is one component; an ARN of a task definition ends with the family and its revision, ``web:7``."""
    is_task = item["resourceType"] == TASK
    return str(item["arn"].rpartition("/")[2].partition(":")[0] if is_task else item["resourceId"])
