"""The templates of all folders as one document: what a deployment creates, without nested stacks.

Nothing in the templates may depend on nesting, so this is the same deployment. Logical ids are unique over all files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from template_scan.reading import read_template, section

if TYPE_CHECKING:
    from pathlib import Path

NESTED = "AWS::Serverless::Application"
PARAMETER = re.compile(r"\$\{(\w+)\}")


class DuplicateLogicalId(Exception):
    """Two templates declare a resource, a condition or a parameter under one name."""


class DifferentGlobals(Exception):
    """Two templates with functions differ in what holds for all functions."""


def flat_template(path: Path) -> dict[str, Any]:
    """A template with the resources of its nested stacks in the place of these.

    Args:
        path: a template; nested stacks are named by a path relative to it.

    Returns:
        The document, intrinsic functions in their long form.

    Raises:
        DuplicateLogicalId: a name is used twice.
        DifferentGlobals: nested templates have different ``Globals``.
    """
    document = read_template(path).document
    resources = section(document, "Resources")
    outputs: dict[str, Any] = {}
    for logical_id, nested in [(name, body) for name, body in resources.items() if body["Type"] == NESTED]:
        del resources[logical_id]
        child = flat_template(path.parent / nested["Properties"]["Location"])
        given = section(nested["Properties"], "Parameters")
        for name in ("Resources", "Conditions"):
            _add(document.setdefault(name, {}), _with_parameters(section(child, name), given))
        if "Globals" in child:
            made = _with_parameters(child["Globals"], given)
            if document.setdefault("Globals", made) != made:
                raise DifferentGlobals(nested["Properties"]["Location"])
            document["Transform"] = child["Transform"]
        declared = {key: value for key, value in section(child, "Parameters").items() if key not in given}
        _add(document.setdefault("Parameters", {}), declared)
        for name, output in section(child, "Outputs").items():
            outputs[f"{logical_id}.Outputs.{name}"] = _with_parameters(output["Value"], given)
    flat: dict[str, Any] = _with_outputs(document, outputs)
    return flat


def _add(to: dict[str, Any], more: dict[str, Any]) -> None:
    if twice := to.keys() & more.keys():
        raise DuplicateLogicalId(", ".join(sorted(twice)))
    to.update(more)


def _with_parameters(value: Any, given: dict[str, Any]) -> Any:
    """A value of a nested template, with what its parent gives in the place of its parameters."""
    match value:
        case {"Ref": name} if name in given:
            return given[name]
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": PARAMETER.sub(lambda found: _spelled(found, given), text)}
        case dict():
            return {key: _with_parameters(inner, given) for key, inner in value.items()}
        case list():
            return [_with_parameters(inner, given) for inner in value]
    return value


def _spelled(found: re.Match[str], given: dict[str, Any]) -> str:
    match given.get(found[1]):
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case str(text):
            return text
    return found[0]


def _with_outputs(value: Any, outputs: dict[str, Any]) -> Any:
    match value:
        case {"Fn::GetAtt": [name, attribute]} if f"{name}.{attribute}" in outputs:
            return _with_outputs(outputs[f"{name}.{attribute}"], outputs)
        case dict():
            return {key: _with_outputs(inner, outputs) for key, inner in value.items()}
        case list():
            return [_with_outputs(inner, outputs) for inner in value]
    return value
