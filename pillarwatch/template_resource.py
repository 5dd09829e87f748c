"""From a template's resource to a configuration item: what a resource type's file needs to say how.

Most types need nothing: their item has CloudFormation's shape under ``configuration``. The older ones have the
describe API's camelCase, and some attributes lie elsewhere; those files define ``to_configuration_item(resource)``.

A file whose checks read ``item.related(TYPE)`` defines ``related(resource)`` too: the template's resources that are
related, by Config's name of their type::

    def related(function: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
        return {"AWS::Logs::LogGroup": function.attached("AWS::Logs::LogGroup", "LogGroupName")}

Their items are made by their own types' files. A type that a template has nowhere stays unknown, not absent: a template
is not the whole account.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from pillarwatch.json_text import document_in
from pillarwatch.unknown import Default, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# What ``Fn::GetAZs`` refers to: which zones a Region has is not known, that it has several is: at least three.
ZONES_OF_REGION = "AWS::Region.AvailabilityZones"


class TemplateResource(Protocol):
    """One resource of a template, its intrinsic functions resolved as far as a template can."""

    @property
    def logical_id(self) -> str:
        """The key under ``Resources``."""

    @property
    def resource_type(self) -> str:
        """Its type as CloudFormation says it: several may become one of Config's."""

    @property
    def properties(self) -> dict[str, Any]:
        """``Properties``; what cannot be known is :class:`~pillarwatch.unknown.Unknown`, ``AWS::NoValue`` is absent."""

    def attached(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The template's resources of a type that name this one in the property ``by`` (a dotted path).

        A resource is named by ``Ref``, ``GetAtt`` or ``Sub``, by its literal name, or by a text that ends with a slash
        and its name (``/aws/lambda/NAME``) or names a part of it (``table/NAME/index/PART``).
        """

    def names(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The template's resources of a type that this one names in its property ``by``: ``attached`` backwards."""

    def implied(self, resource_type: str, properties: dict[str, Any]) -> TemplateResource:
        """A resource that AWS makes of properties of this one, as a template would write it apart."""


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
    """A template's boolean as the describe APIs word it, e.g. ``ENABLED`` and ``DISABLED``; unknown stays unknown."""
    if isinstance(flag, Unknown):
        return flag
    return yes if flag in (True, "true", "True") else no


def elements(value: Any) -> list[Any]:
    """The elements of a template's list: one stands for itself, and an unknown list for one unknown element."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def each(value: Any, make: Callable[[Any], Any]) -> Any:
    """A template's list with every element made anew; absent stays absent, unknown stays unknown."""
    return value if value is None or isinstance(value, Unknown) else [make(element) for element in elements(value)]


def merged_statements(documents: Sequence[Any]) -> dict[str, Any] | None:
    """One policy document of several fragments, as AWS keeps them; None where there is none."""
    statements: list[Any] = []
    for text in documents:
        document = document_in(text) if isinstance(text, str | Unknown) else text
        statements.extend(elements(document.get("Statement") if isinstance(document, dict) else document))
    return {"Version": "2012-10-17", "Statement": statements} if documents else None


def inherited(value: Any, source: Any, why: str) -> Any:
    """An attribute that is not known where it is left out and the resource is made of another one that has it."""
    return Unknown(why) if value is None and source is not None else value


def by_default(value: bool | str, what: str = "") -> Default:
    """What AWS sets where a template leaves a property out: the annotation says "default of AWS" and ``what``."""
    return Default.of_aws(json.dumps(value) if isinstance(value, bool) else value, what)


def given(properties: Mapping[str, Any], *keys: str) -> Any:
    """The first of some properties that says something, else None: an empty text stands for nothing."""
    return next((properties[key] for key in keys if key in properties and not _is_empty(properties[key])), None)


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value
