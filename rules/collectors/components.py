"""Lambda functions and ECS task definitions with the others that use the same IAM role."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch import ConfigurationItem
from pillarwatch.revisions import Revision, revision_of
from rules.collectors import Listed, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

FUNCTION = "AWS::Lambda::Function"
TASK = "AWS::ECS::TaskDefinition"
ROLES = {FUNCTION: "configuration.role", TASK: "configuration.TaskRoleArn"}


@collector(FUNCTION, TASK, actions=("config:SelectResourceConfig",))
def components(aws: Aws) -> Iterator[Listed]:
    """Lambda functions and active ECS task definitions with the others of their role, each in its newest revision."""
    users: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for resource_type in ROLES:
        newest: dict[str, dict[str, Any]] = {}
        for item in filter(_is_in_force, aws.all_recorded(resource_type)):
            family, number = _revision(item)
            if family not in newest or _revision(newest[family]).number < number:
                newest[family] = item
        for item in newest.values():
            users[resource_type, _role(item)].append(item)
    for resource_type in ROLES:
        for item in filter(_is_in_force, aws.recorded(resource_type)):
            family = _revision(item).family
            others = [other for other in users[resource_type, _role(item)] if _revision(other).family != family]
            yield Listed(item, {resource_type: others})


def _is_in_force(item: dict[str, Any]) -> bool:
    """Whether tasks can be started from it. AWS Config also keeps inactive revisions of task definitions."""
    return not ConfigurationItem(item).has_ended


def _role(item: dict[str, Any]) -> str:
    """The ARN of the role, or a text that no other component has if the role is unreadable."""
    return str(ConfigurationItem(item).text(ROLES[item["resourceType"]])) or item["resourceId"]


def _revision(item: dict[str, Any]) -> Revision:
    return revision_of(item["resourceType"], item["resourceId"])
