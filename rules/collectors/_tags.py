"""Tags by key, as Config records them: of one answer, or in bulk, one call for a hundred resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules.collectors import Aws


def by_key(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The tags of an answer that lists them, ``[{"Key": ..., "Value": ...}]``."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def tags_by_arn(aws: Aws, *resource_types: str) -> Any:
    """The tags of every resource of the types (``logs:log-group``) that has any; unknown where that is refused.

    Needs ``tag:GetResources``.
    """
    found = aws.every("tag:GetResources", "ResourceTagMappingList", ResourceTypeFilters=list(resource_types))
    if isinstance(found, Unknown):
        return found
    return {each["ResourceARN"]: by_key(each["Tags"]) for each in found}


def tags_of(found: Any, arn: str) -> Any:
    """The tags of one of these resources, none where it has none; unknown where they are."""
    return found if isinstance(found, Unknown) else found.get(arn, {})
