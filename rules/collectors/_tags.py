"""Tags by key, as AWS Config records them: of one response, or of 100 resources for each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules.collectors import Aws


def by_key(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The tags of a response with the shape ``[{"Key": ..., "Value": ...}]``."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def tags_by_arn(aws: Aws, *resource_types: str) -> Any:
    """The tags of all tagged resources of the types (``logs:log-group``), by ARN; Unknown if AWS refuses the call.

    Needs ``tag:GetResources``.
    """
    found = aws.every("tag:GetResources", "ResourceTagMappingList", ResourceTypeFilters=list(resource_types))
    if isinstance(found, Unknown):
        return found
    return {each["ResourceARN"]: by_key(each["Tags"]) for each in found}


def tags_of(found: Any, arn: str) -> Any:
    """The tags of one resource: empty if it has none, Unknown if the tags are unknown."""
    return found if isinstance(found, Unknown) else found.get(arn, {})
