"""EC2 instances with their patch state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

INSTANCE = "AWS::EC2::Instance"
AT_ONCE = 50  # instances in one request


@collector(INSTANCE, actions=("config:SelectResourceConfig", "ssm:DescribeInstancePatchStates"))
def patches(aws: Aws) -> Iterator[Listed]:
    """EC2 instances with the last result of Patch Manager."""
    for page in aws.recorded_pages(INSTANCE):
        for first in range(0, len(page), AT_ONCE):
            items = page[first : first + AT_ONCE]
            ids = [item["resourceId"] for item in items]
            found = aws.every("ssm:DescribeInstancePatchStates", "InstancePatchStates", InstanceIds=ids)
            for item in items:
                yield completed(
                    item,
                    {"ssm": {"DescribeInstancePatchStates": {"InstancePatchStates": _of(item["resourceId"], found)}}},
                )


def _of(instance: str, found: Any) -> Any:
    return found if isinstance(found, Unknown) else [each for each in found if each["InstanceId"] == instance]
