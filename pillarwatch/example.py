"""A check's example as a configuration item: tests, documentation and the judge read the same thing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pillarwatch.configuration_item import ACCOUNT, ConfigurationItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pillarwatch.check import Check

CAPTURED_AT = "2026-01-15T12:00:00.000Z"
DICTIONARIES = ("tags",)  # their keys may hold dots


def example_item(check: Check, example: Mapping[str, Any]) -> ConfigurationItem:
    """The item that an example describes.

    Keys are paths (``configuration.x.y``), ``tags.KEY``, ``related.TYPE`` (a list of examples), or one of an item's own
    attributes such as ``resourceType`` (by default the check's first), ``awsRegion`` and ``judged_at`` (ISO 8601).
    ``parameters.NAME`` sets a parameter for the example: see :func:`example_parameters`.
    """
    related: dict[str, list[dict[str, Any]]] = {}
    plain: dict[str, Any] = {}
    for key, value in example.items():
        kind, _, rest = key.partition(".")
        if kind == "related":
            related[rest] = [{"resourceType": rest, **nested(inner)} for inner in value]
        elif kind != "parameters":
            plain[key] = value
    judged_at = datetime.fromisoformat(plain.pop("judged_at", CAPTURED_AT))
    document = {**_envelope(plain.get("resourceType", check.resource_types[0])), **nested(plain)}
    return ConfigurationItem(document, judged_at=judged_at, related=related)


def example_parameters(example: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that an example sets, by name."""
    names = (key for key in example if key.startswith("parameters."))
    return {key.removeprefix("parameters."): example[key] for key in names}


def is_bare(example: Mapping[str, Any]) -> bool:
    """Whether an example shows an item in which nothing stands: no paths, or only paths that are set to be empty."""

    def is_empty(value: Any) -> bool:
        return value in ([], {}, None, "") or (type(value) is int and value == 0)

    return all(key == "resourceType" or is_empty(value) for key, value in example.items())


def nested(paths: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1, "a.c": 2}`` as ``{"a": {"b": 1, "c": 2}}``."""
    document: dict[str, Any] = {}
    for path, value in paths.items():
        first, _, rest = path.partition(".")
        keys = [first, rest] if first in DICTIONARIES else path.split(".")
        target = document
        for key in keys[:-1]:
            target = target.setdefault(key, {})
        target[keys[-1]] = value
    return document


def _envelope(resource_type: str) -> dict[str, Any]:
    account = "123456789012"
    resource_id = account if resource_type == ACCOUNT else "example"
    return {
        "resourceType": resource_type,
        "resourceId": resource_id,
        "awsAccountId": account,
        "awsRegion": "eu-west-1",
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": CAPTURED_AT,
        "tags": {},
        "configuration": {},
        "supplementaryConfiguration": {},
    }
