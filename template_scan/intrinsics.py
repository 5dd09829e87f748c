"""CloudFormation's intrinsic functions, resolved as far as a template can: what is not known is never guessed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from pillarwatch.template_resource import ZONES_OF_REGION
from pillarwatch.unknown import Default, Unknown
from template_scan.conditions import Conditions
from template_scan.open_values import (
    ABSENT,
    VARIABLE,
    Misused,
    Open,
    dynamic_reference,
    from_default,
    joined,
    plain,
    settled,
    spelling,
    unknown_like,
)
from template_scan.reading import NODE, Budget, is_function, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GIVEN = "pillarwatch: given"  # marks a parameter whose default is what the deployment gives it

# What is known of the ARN that `Ref` answers for a type, where a check asks for more than that it is one.
ARNS = {"AWS::CertificateManager::Certificate": ("arn:", None, ":acm:", None)}

# What `Fn::GetAtt` answers for a type is what its property of that name says.
SAID_BY_PROPERTY = {
    ("AWS::EC2::Instance", "AvailabilityZone"),
    ("AWS::EC2::Subnet", "AvailabilityZone"),
    ("AWS::EC2::Subnet", "CidrBlock"),
    ("AWS::EC2::VPC", "CidrBlock"),
}

# Types of which no two resources of a stack have the same `Ref`.
UNIQUE = {
    "AWS::DynamoDB::Table",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}


class Resolution(Conditions):
    """A template's values under assumptions about what its conditions leave undecided.

    Args:
        document: the template, intrinsic functions in their long form.
        assumptions: of what is undecided, what is assumed; see :attr:`undecided`.
        final: nothing more will be assumed: an undecided ``Fn::If`` is unknown.
        budget: what the template's functions may still make.
        base: the same without assumptions; what does not depend on them is found out once.

    Attributes:
        undecided: the comparisons that were needed and are undecided, with the condition that needs them.
        defaults: the parameters whose defaults have decided conditions that were needed.
        owner: the logical id of the resource whose values are being resolved.
        warnings: owner and text of what is wrong with values, and does not keep the rest from being judged.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        assumptions: Mapping[str, bool] | None = None,
        *,
        final: bool = False,
        budget: Budget | None = None,
        base: Resolution | None = None,
    ) -> None:
        self._parameters = section(document, "Parameters")
        self._mappings = section(document, "Mappings")
        self._resources = section(document, "Resources")
        super().__init__(section(document, "Conditions"), assumptions or {}, base.found if base else None)
        self.final = final
        self._budget = budget or Budget()
        self.undecided: dict[str, str] = {}
        self.defaults: dict[str, None] = {}
        self.owner = ""
        self.warnings: dict[tuple[str, str], None] = {}
        self._said: dict[tuple[str, str], Any] = {}  # what other resources say of themselves

    def value(self, raw: Any) -> Any:
        """What a part of the template resolves to. ``AWS::NoValue`` is :data:`ABSENT`, and left out of what holds it.

        A function that cannot be resolved, or is misused, is Unknown.

        Raises:
            TooLarge: the budget is spent.
        """
        if isinstance(raw, str):
            return raw if "{{resolve:" not in raw else dynamic_reference(raw)
        if isinstance(raw, list):
            values = [self.value(element) for element in raw]
            return [value for value in values if value is not ABSENT]
        if not isinstance(raw, dict):
            return raw
        if len(raw) == 1:
            ((name, argument),) = raw.items()
            if is_function(name):
                return self._called(name, argument)
        elif any(map(is_function, raw)):
            return Unknown("a macro completes it", present=True)
        resolved = {key: self.value(value) for key, value in raw.items() if value is not None}
        return {key: value for key, value in resolved.items() if value is not ABSENT}

    def holds(self, condition: Any) -> bool:
        """Whether a condition of the template holds; one that is undecided is noted, and taken to hold."""
        decision = self.decision(condition)
        if isinstance(decision, str):
            self.undecided[decision] = str(condition)
            return True
        self.defaults |= self._decided_by.get(condition, {})
        return decision

    def decided(self, condition: Any) -> bool:
        """Whether the template and the assumptions decide a condition."""
        return not isinstance(self.decision(condition), str)

    def _called(self, name: str, argument: Any) -> Any:
        self._budget.spend(1)
        function = self._FUNCTIONS.get(name)
        if function is None:
            return Unknown(f"{name} is resolved by CloudFormation")
        try:
            return function(self, argument)
        except Misused as misuse:
            self.warn(f"{name} {misuse}")
            return Unknown(f"{name} {misuse}")

    def _ref(self, argument: Any) -> Any:
        name = self._name(argument)
        if isinstance(name, Unknown):
            return Unknown(name.why)
        if name == "AWS::NoValue":
            return ABSENT
        if name in self._parameters:
            if name not in self.found.parameters:
                self.found.parameters[name] = self._parameter(name)
                self._spend_on(self.found.parameters[name])
            elif isinstance(self.found.parameters[name], list):
                self._budget.spend(len(self.found.parameters[name]))
            return self.found.parameters[name]
        value, kind = self._named(name, name), str(section(self._resources, name).get("Type"))
        if kind in ARNS:
            return Open(value.why, value.spelling, reference=value.reference, parts=ARNS[kind])
        value.of_type = kind if kind in UNIQUE else ""
        return value

    def _name(self, argument: Any) -> Any:
        """What a function names: a text, which another function may make with AWS::LanguageExtensions.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
        """
        name = self.value(argument) if isinstance(argument, dict) else argument
        if not isinstance(name, str | Open):
            raise Misused("names nothing")
        return name

    def _spend_on(self, value: Any) -> None:
        """Count what a function has made; an element is an object beside its text."""
        for element in value if isinstance(value, list) else [value]:
            self._budget.spend(NODE + len(spelling(element) or ""))

    def _named(self, name: str, spelled: str) -> Open:
        if name in self._resources:
            return Open(f"{spelled} is known only after deployment", f"${{{spelled}}}", reference=name)
        if name.startswith("AWS::"):
            return Open(f"{spelled} is known only when deployed", f"${{{spelled}}}", reference=name)
        self.warn(f"{spelled} is not defined in this template")
        return Open(f"{spelled} is not defined in this template", f"${{{spelled}}}", present=False)

    def _parameter(self, name: str) -> Any:
        parameter = self._parameters[name] if isinstance(self._parameters[name], dict) else {}
        kind, default = str(parameter.get("Type")), parameter.get("Default")
        of = (lambda _, text: text) if parameter.get(GIVEN) else Default.of
        if kind.startswith("AWS::SSM::Parameter::Value"):
            return Open(f"parameter {name} is read from Parameter Store", f"${{{name}}}")
        if isinstance(default, dict | list | None):
            return Open(f"parameter {name} has no default", f"${{{name}}}", present=_is_required(parameter))
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [of(name, element.strip()) for element in plain(default).split(",") if element.strip()]
        return settled(of(name, plain(default)))

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or not parts:
            raise Misused("names no resource")
        names = [self._name(part) for part in parts]
        if isinstance(names[0], Unknown):
            return Unknown(names[0].why)
        parts = [str(names[0]), *(part if isinstance(part, str) else "…" for part in names[1:])]
        attribute = ".".join(parts[1:])
        if (said := self._said_by(parts[0], attribute)) is not None:
            return said
        value = self._named(parts[0], f"{parts[0]}.{attribute}")
        if value.reference and not self._is_of_aws(parts[0]):
            return Open(value.why, value.spelling)  # it may name anything, and everybody
        if attribute.endswith("Arn") and value.reference:
            return Open(value.why, value.spelling, reference=value.reference, parts=("arn:", None))
        return value

    def _said_by(self, logical_id: str, attribute: str) -> Any:
        """An attribute that a resource says of itself in the property of the same name; None where it does not."""
        body = section(self._resources, logical_id)
        properties = section(body, "Properties")
        if attribute not in properties or (body.get("Type"), attribute) not in SAID_BY_PROPERTY:
            return None
        if (logical_id, attribute) not in self._said:
            self._said[logical_id, attribute] = None  # one that names itself says nothing
            found = self.value(properties[attribute])
            self._said[logical_id, attribute] = found if isinstance(found, str) else None
        return self._said[logical_id, attribute]

    def _is_of_aws(self, logical_id: str) -> bool:
        """Whether AWS defines what a resource returns; a nested stack or a custom resource may return anything."""
        kind = str(section(self._resources, logical_id).get("Type"))
        return kind.startswith("AWS::") and not kind.startswith("AWS::CloudFormation::")

    def _sub(self, argument: Any) -> Any:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004
        if not isinstance(text, str) or not isinstance(variables, dict):
            raise Misused("has no text")
        pieces: list[Any] = []
        values: dict[str, Any] = {}  # resolved once, however often the text uses them
        end = 0
        for found in VARIABLE.finditer(text):
            literal, name = found.group(1), found.group(2).strip()
            pieces.append(text[end : found.start()])
            end = found.end()
            if literal:
                pieces.append(f"${{{name}}}")
            elif name in variables:
                if name not in values:
                    values[name] = self.value(variables[name])
                pieces.append(values[name])
            elif "." in name and name not in self._parameters:
                pieces.append(self._get_att(name))
            else:
                pieces.append(self._ref(name))
        return self._joined([*pieces, text[end:]], len(text))

    def _joined(self, pieces: list[Any], literal: int) -> Any:
        """One text of pieces, of which so many characters stand in the template."""
        lengths = (len(spelling(piece) or "") for piece in pieces)
        self._budget.spend(max(0, sum(lengths) - literal))
        return settled(joined(pieces))

    def _join(self, argument: Any) -> Any:
        delimiter, elements = self._values(argument, 2)
        if isinstance(elements, Unknown):
            return unknown_like(elements)
        if not isinstance(elements, list) or not isinstance(delimiter, str):
            raise Misused("has no list")
        pieces = [piece for element in elements for piece in (delimiter, element)]
        raw = argument[1] if isinstance(argument[1], list) else []
        return self._joined(pieces[1:], sum(len(element) for element in raw if isinstance(element, str)))

    def _select(self, argument: Any) -> Any:
        index, elements = self._values(argument, 2)
        if isinstance(elements, Unknown) and elements.reference == ZONES_OF_REGION and not isinstance(index, Unknown):
            spelled = f"${{{ZONES_OF_REGION}.{plain(index)}}}"  # two places in the list are two zones
            return Open(elements.why, spelled, reference=ZONES_OF_REGION)
        if isinstance(elements, Unknown) or isinstance(index, Unknown):
            return unknown_like(elements if isinstance(elements, Unknown) else index)
        at = dict(zip(map(str, range(len(elements))), elements, strict=True)) if isinstance(elements, list) else {}
        if plain(index) not in at:
            raise Misused("selects nothing")
        return at[plain(index)]

    def _split(self, argument: Any) -> Any:
        delimiter, text = self._values(argument, 2)
        if isinstance(text, Unknown):
            return unknown_like(text)
        if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter:
            raise Misused("has no text")
        self._budget.spend(len(text) + NODE * text.count(delimiter))
        return [from_default(part, text) for part in text.split(delimiter)]

    def _find_in_map(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) not in (3, 4):
            raise Misused("needs a mapping and two keys")
        keys = [self.value(key) for key in argument[:3]]
        if isinstance(keys[0], Unknown):
            return Unknown(f"the mapping's name is unknown: {keys[0]}", present=True)
        found = _under(self._mappings, [key if isinstance(key, Unknown) else plain(key) for key in keys])
        if not found and isinstance(argument[-1], dict) and "DefaultValue" in argument[-1]:
            return self.value(argument[-1]["DefaultValue"])
        if not found:
            raise Misused(f"finds nothing under {'.'.join(str(key) for key in keys)}")
        if any(each != found[0] for each in found):  # rows that agree decide, whatever the key
            unknown = next(key for key in keys if isinstance(key, Unknown))
            return Unknown(f"the mapping's key is unknown: {unknown}", present=True)
        if isinstance(found[0], list) and all(isinstance(each, str | int | float) for each in found[0]):
            self._budget.spend(len(found[0]))
        elif not isinstance(found[0], str | int | float):
            raise Misused(f"finds no text and no list of texts under {'.'.join(str(key) for key in keys)}")
        return from_default(self.value(found[0]), *keys)

    def _if(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:  # noqa: PLR2004
            raise Misused("needs a condition and two values")
        condition, yes, no = argument
        holds = self.holds(condition)
        if self.final and not self.decided(condition):
            return Unknown(f"condition {condition} is not known")
        return self.value(yes if holds else no)

    def _base64(self, argument: Any) -> Any:
        import base64  # noqa: PLC0415 - few templates need it

        text = self.value(argument)
        if isinstance(text, Unknown):
            return text  # the pieces that are known stay readable, in plain text
        self._budget.spend(len(plain(text)))
        return from_default(base64.b64encode(plain(text).encode(errors="replace")).decode(), text)

    def _length(self, argument: Any) -> Any:
        value = self.value(argument)
        if isinstance(value, Unknown):
            return unknown_like(value)
        if not isinstance(value, list):
            raise Misused("has no list")
        return len(value)

    def _to_json_string(self, argument: Any) -> Any:
        """A document stands for its JSON: accessors read both, and an unknown in it stays where it is."""
        return self.value(argument)

    def _import(self, argument: Any) -> Any:
        name = spelling(self.value(argument)) or "…"
        return Open(f"{name} is imported from another stack", f"${{Fn::ImportValue {name}}}")

    def _known_when_deployed(self, _: Any) -> Any:
        return Unknown("it is known only when deployed", present=True)

    def _zones(self, _: Any) -> Any:
        return Unknown("the Availability Zones are known only when deployed", present=True, reference=ZONES_OF_REGION)

    def _values(self, argument: Any, count: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) != count:
            raise Misused(f"needs {count} arguments")
        values = [self.value(element) for element in argument]
        return [[] if value is ABSENT else value for value in values]

    _FUNCTIONS: ClassVar[dict[str, Callable[[Resolution, Any], Any]]] = {
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Sub": _sub,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::FindInMap": _find_in_map,
        "Fn::If": _if,
        "Fn::Base64": _base64,
        "Fn::Length": _length,
        "Fn::ToJsonString": _to_json_string,
        "Fn::ImportValue": _import,
        "Fn::GetAZs": _zones,
        "Fn::Cidr": _known_when_deployed,
    }

    def warn(self, text: str) -> None:
        """Note what is wrong with a value or a condition."""
        self.warnings[self.owner, text] = None


def _is_required(parameter: Mapping[str, Any]) -> bool:
    """Whether CloudFormation takes nothing empty for it: a number, what exists in the account, one of some values."""
    kind, least, allowed = str(parameter.get("Type")), parameter.get("MinLength"), parameter.get("AllowedValues")
    listed = isinstance(allowed, list) and "" not in allowed
    return kind == "Number" or "AWS::" in kind or listed or str(least or 0) != "0" or _refuses_empty(parameter)


def _refuses_empty(parameter: Mapping[str, Any]) -> bool:
    """Whether a pattern, which a whole value has to match, does not match the empty text."""
    try:
        return re.fullmatch(str(parameter.get("AllowedPattern", "")), "") is None
    except (re.error, RecursionError, OverflowError):  # a pattern of Java's that Python does not have
        return False


def _under(mappings: Mapping[str, Any], keys: list[Any]) -> list[Any]:
    """What stands under keys in the mappings: one value, or one for each row that an unknown key may mean."""
    found: list[Any] = [mappings]
    for key in keys:
        rows = [each for each in found if isinstance(each, dict)]
        found = (
            [inner for row in rows for inner in row.values()]
            if isinstance(key, Unknown)
            else [row[key] for row in rows if key in row]
        )
    return [each for each in found if each is not None]
