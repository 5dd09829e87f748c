"""From a SAM template on disk to plain CloudFormation, and from its functions (Ref, Fn::If, …) to values."""

import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)  # it misses a service to report to

BUCKET = "local"  # an S3 location in this bucket is a path on this machine
NO_VALUE = object()
LOCAL_PATHS = {  # where a template names a folder or a file beside it
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Lambda::Function": "Code",
    "AWS::Serverless::Application": "Location",
    "AWS::CloudFormation::Stack": "TemplateURL",
}


class TemplateError(Exception):
    """The template asks for something that CloudFormation would refuse."""


class _ManagedPolicies:
    """SAM's map of AWS's managed policies; it brings its own copy when this is empty."""

    def load(self) -> dict[str, str]:
        return {}


def load(path: Path, region: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Read a template and, if it is SAM, transform it."""
    return deepcopy(_load(path, path.stat().st_mtime_ns, region, json.dumps(dict(parameters), sort_keys=True)))


@cache
def _load(path: Path, _: int, region: str, parameters: str) -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse(path.read_text())
    here = path.parent.resolve()
    _localise(template.get("Globals", {}).get("Function", {}), "CodeUri", here)
    for resource in template.get("Resources", {}).values():
        if name := LOCAL_PATHS.get(resource.get("Type", "")):
            _localise(resource.setdefault("Properties", {}), name, here)
    if "AWS::Serverless-2016-10-31" not in str(template.get("Transform", "")):
        return template
    try:
        with patch.dict(os.environ, AWS_DEFAULT_REGION=region):
            plain: dict[str, Any] = transform(template, json.loads(parameters), _ManagedPolicies())
    except InvalidDocumentException as error:
        reasons = "; ".join(cause.message for cause in error.causes)
        raise TemplateError(f"{path.name} is not valid SAM: {reasons}") from error
    return plain


def _localise(properties: dict[str, Any], name: str, here: Path) -> None:
    given = properties.get(name)
    if not isinstance(given, str) or given.startswith(("s3://", "https://")):
        return
    key = str((here / given).resolve())
    location = f"https://{BUCKET}.s3.amazonaws.com/{key}"
    properties[name] = location if name in {"Location", "TemplateURL"} else {"Bucket": BUCKET, "Key": key}
    if name == "Code":
        properties[name] = {"S3Bucket": BUCKET, "S3Key": key}


def local_path(location: Any) -> Path | None:
    """The path on this machine that an S3 location stands for."""
    if isinstance(location, str):
        prefix = f"https://{BUCKET}.s3.amazonaws.com/"
        return Path(location.removeprefix(prefix)) if location.startswith(prefix) else None
    return Path(location["S3Key"]) if location.get("S3Bucket") == BUCKET else None


@dataclass
class Template:
    """A plain template with its parameters: evaluates conditions and values."""

    document: dict[str, Any]
    pseudo: dict[str, Any]  # AWS::Region and the like
    given: dict[str, Any]
    reference: Callable[[str], Any]  # logical id -> what Ref answers; deploys the resource first
    attribute: Callable[[str, str], Any]
    imported: Callable[[str], str]
    parameter_store: Callable[[str], str]
    parameters: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        declared = self.document.get("Parameters", {})
        if unknown := set(self.given) - set(declared):
            raise TemplateError(f"parameters that the template does not declare: {', '.join(sorted(unknown))}")
        self.parameters = {name: self._parameter(name, slot) for name, slot in declared.items()}
        self._conditions: dict[str, bool] = {}

    def _parameter(self, name: str, slot: Mapping[str, Any]) -> Any:
        if name not in self.given and "Default" not in slot:
            raise TemplateError(f"parameter {name} has no value and no default")
        value, kind = written(self.given.get(name, slot.get("Default"))), slot["Type"]
        if kind.startswith("AWS::SSM::Parameter::Value<"):
            value = self.parameter_store(value)
        is_list = kind == "CommaDelimitedList" or kind.startswith("List<") or "<List<" in kind
        values = [part.strip() for part in value.split(",")] if is_list else [value]
        for each in values:
            _check_parameter(name, each, slot)
        return values if is_list else value

    def condition(self, name: str) -> bool:
        """Evaluate a condition of the template, once."""
        if name not in self._conditions:
            if name not in self.document.get("Conditions", {}):
                raise TemplateError(f"undefined condition {name}")
            self._conditions[name] = self._holds(self.document["Conditions"][name])
        return self._conditions[name]

    def _holds(self, node: Any) -> bool:
        match node:
            case {"Condition": name}:
                return self.condition(name)
            case {"Fn::And": parts}:
                return all(self._holds(part) for part in parts)
            case {"Fn::Or": parts}:
                return any(self._holds(part) for part in parts)
            case {"Fn::Not": [part]}:
                return not self._holds(part)
            case {"Fn::Equals": [left, right]}:
                return written(self.value(left)) == written(self.value(right))
        raise TemplateError(f"not a condition: {node}")

    def value(self, node: Any) -> Any:
        """Resolve every function in a part of the template."""
        if isinstance(node, list):
            return [value for each in node if (value := self.value(each)) is not NO_VALUE]
        if isinstance(node, str):
            return re.sub(r"{{resolve:ssm:([^:}]+)(:\d+)?}}", lambda found: self.parameter_store(found[1]), node)
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, argument)
        return {key: value for key, each in node.items() if (value := self.value(each)) is not NO_VALUE}

    def _function(self, name: str, argument: Any) -> Any:  # noqa: C901, PLR0911, PLR0912  # a case for each function
        match name, argument:
            case "Ref", str():
                return self._ref(argument)
            case "Fn::GetAtt", [logical_id, attribute]:
                return self.attribute(logical_id, self.value(attribute))
            case "Fn::GetAtt", str():
                return self.attribute(*argument.split(".", 1))
            case "Fn::If", [condition, yes, no]:
                return self.value(yes if self.condition(condition) else no)
            case "Fn::Sub", [text, variables]:
                return self._sub(text, self.value(variables))
            case "Fn::Sub", str():
                return self._sub(argument, {})
            case "Fn::Join", [separator, parts]:
                return separator.join(written(part) for part in self.value(parts))
            case "Fn::Split", [separator, text]:
                return self.value(text).split(separator)
            case "Fn::Select", [index, parts]:
                values = self.value(parts)
                position = int(self.value(index))
                if position >= len(values):
                    raise TemplateError(f"Fn::Select cannot select nonexistent value at index {position}")
                return values[position]
            case "Fn::FindInMap", [mapping, first, second, *_]:
                return self._find(self.value(mapping), self.value(first), self.value(second))
            case "Fn::ImportValue", _:
                return self.imported(self.value(argument))
            case "Fn::Base64", _:
                return self.value(argument)
            case "Fn::ToJsonString", _:
                return json.dumps(self.value(argument))
        raise TemplateError(f"the local AWS does not know {name} with {argument!r}")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        return self.parameters[name] if name in self.parameters else self.reference(name)

    def _find(self, mapping: str, first: str, second: str) -> Any:
        try:
            return self.document["Mappings"][mapping][first][second]
        except KeyError as error:
            raise TemplateError(f"Fn::FindInMap: no {mapping}.{first}.{second}") from error

    def _sub(self, text: str, variables: Mapping[str, Any]) -> str:
        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in variables:
                return written(variables[name])
            return written(self.attribute(*name.split(".", 1)) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", fill, text)


def written(value: Any) -> str:
    """A scalar as CloudFormation writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_parameter(name: str, value: str, slot: Mapping[str, Any]) -> None:
    refused = (
        ("AllowedValues" in slot and value not in map(written, slot["AllowedValues"]))
        or ("AllowedPattern" in slot and not re.fullmatch(slot["AllowedPattern"], value))
        or len(value) < int(slot.get("MinLength", 0))
        or len(value) > int(slot.get("MaxLength", len(value)))
        or (slot["Type"] == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", value))
        or ("MinValue" in slot and float(value) < float(slot["MinValue"]))
        or ("MaxValue" in slot and float(value) > float(slot["MaxValue"]))
    )
    if refused:
        raise TemplateError(f"parameter {name} refuses {value!r}: {slot.get('ConstraintDescription', dict(slot))}")
