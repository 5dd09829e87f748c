"""From a template's resource to a configuration item: what a resource type's file needs to say how.

Most types need nothing: their item has CloudFormation's shape under ``configuration``. The older ones have the
describe API's camelCase, and some attributes lie elsewhere; those files define ``lift(resource)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TemplateResource(Protocol):
    """One resource of a template, its intrinsic functions resolved as far as a template can."""

    @property
    def logical_id(self) -> str:
        """The key under ``Resources``."""

    @property
    def properties(self) -> dict[str, Any]:
        """``Properties``; what cannot be known is :class:`~pillarwatch.unknown.Unknown`, ``AWS::NoValue`` is absent."""

    def attached(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The template's resources of a type that name this one in the property ``by`` (a dotted path)."""


def lowered(properties: Any, names: Mapping[str, str] | None = None, *, keep: Sequence[str] = ()) -> Any:
    """A document with the first letter of every key in lower case, as the describe APIs write it.

    Args:
        properties: the properties, or any part of them.
        names: keys that AWS writes otherwise, e.g. ``{"KmsKeyArn": "kmskeyArn"}``.
        keep: keys whose value is left as it is (policy documents, maps of a user's own keys).
    """
    if isinstance(properties, list):
        return [lowered(element, names, keep=keep) for element in properties]
    if not isinstance(properties, dict):
        return properties
    return {
        (names or {}).get(key) or key[:1].lower() + key[1:]: value if key in keep else lowered(value, names, keep=keep)
        for key, value in properties.items()
    }


def worded(flag: Any, yes: str, no: str) -> Any:
    """A template's boolean as the describe APIs word it, e.g. ``ENABLED`` and ``DISABLED``; what is unknown stays so."""
    if isinstance(flag, Unknown):
        return flag
    return yes if flag in (True, "true", "True") else no


def merged_statements(documents: Sequence[Any]) -> dict[str, Any] | None:
    """One policy document of several fragments, as AWS keeps them; None where there is none."""
    statements: list[Any] = []
    for document in documents:
        found = document.get("Statement", []) if isinstance(document, dict) else document
        statements.extend(found if isinstance(found, list) else [found])
    return {"Version": "2012-10-17", "Statement": statements} if documents else None
