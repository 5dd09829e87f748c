"""CloudFormation and SAM templates as files: read with their line numbers, YAML and JSON alike.

The parser's events are read one by one. Composing nodes first would take three times as long, and libyaml's composer
crashes on deep nesting. YAML 1.1 as CloudFormation reads it:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

try:
    from yaml.cyaml import CParser as Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML without libyaml: the same events, ten times slower
    from yaml import Loader as Parser  # type: ignore[assignment]

# CloudFormation takes 51,200 bytes in a request and 1 MB from S3, without aliases:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
# A file may have more, as comments, indentation and aliases may be removed before.
MOST_BYTES = 5_000_000  # of the file, and of what its aliases expand to
MOST_NODES = 500_000  # of what its aliases expand to
MOST_MADE = 20_000_000  # characters and nodes that functions and loops add, under all assumptions together
NODE = 50  # characters of a text that take as much memory as a node
DEEPEST = 120  # far above what anybody writes, far below Python's recursion limit

TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}
FALSE = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}
NULL = {"", "~", "null", "Null", "NULL"}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
CORE_TAG = "tag:yaml.org,2002:"
CLAIM_IN_YAML = re.compile(rb"""^["']?(?:AWSTemplateFormatVersion|Resources)["']?[ \t]*:""", re.MULTILINE)
CLAIM_IN_JSON = re.compile(rb'"(?:AWSTemplateFormatVersion|Resources)"\s*:')


class UnreadableTemplate(UserError):
    """A file cannot be judged. ``str()`` names file, line, reason and the way out."""

    way_out = "correct it there; `sam validate --lint` explains more"
    is_template = True  #: whether the file is meant as a template; in a folder, other files are left out

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        reason = f"{reason}; {self.way_out}"
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.reason, self.line = file, reason, line


class Unreachable(UnreadableTemplate):
    """There is no such file, or it may not be read."""

    way_out = "name a template that can be read, or a folder of some"


class NoText(UnreadableTemplate):
    """The file is binary, or not encoded in UTF-8."""

    way_out = "name a CloudFormation or SAM template"


class TooLarge(UnreadableTemplate):
    """The file, its nesting or what its aliases expand to is beyond every real template."""

    way_out = "CloudFormation would refuse it too: split it"


class Malformed(UnreadableTemplate):
    """The file is neither YAML nor JSON."""


class NoResources(UnreadableTemplate):
    """It has the version of a template, and no mapping of Resources."""


class NoTemplate(UnreadableTemplate):
    """It is no mapping, or a mapping without a mapping of Resources."""

    way_out = "name a CloudFormation or SAM template"
    is_template = False


class Budget:
    """What functions and loops may add to one template, however often they use what it has.

    Raises:
        TooLarge: on spending more.
    """

    def __init__(self, file: str = "") -> None:
        self._file = file
        self._left = MOST_MADE

    def spend(self, size: int) -> None:
        """Count characters, or steps; a node is as much as some characters."""
        self._left -= size
        if self._left < 0:
            raise TooLarge(self._file, f"its functions and loops make more than {MOST_MADE // 1_000_000} MB of values")


class Template(NamedTuple):
    """One template as read.

    ``document`` has intrinsic functions in their long form (``!Ref x`` is ``{"Ref": "x"}``); ``lines`` has the line of
    every logical id; ``sources`` the resource of the file from which a transform made another one; ``warnings`` lines
    and texts of what is unlikely to be meant.
    """

    file: str
    document: dict[str, Any]
    lines: dict[str, int]
    sources: dict[str, str]
    warnings: tuple[tuple[int, str], ...] = ()


def read_template(path: Path) -> Template:
    """The template in a file.

    Raises:
        UnreadableTemplate: one of its kinds, for whatever is wrong with the file.
    """
    file = str(path)
    content = _content(path)
    try:
        if len(content) > MOST_BYTES:
            raise TooLarge(file, f"has more than {MOST_BYTES // 1_000_000} MB; CloudFormation takes 1 MB")
        if b"\0" in content:
            raise NoText(file, "is binary, not a template")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise NoText(file, "is not encoded in UTF-8", line) from None
        return parsed(text, file)
    except (NoTemplate, NoResources):
        raise
    except UnreadableTemplate as error:
        error.is_template = _claims_to_be_template(content)
        raise


def mentions_resources(path: Path) -> bool:
    """Whether a file may be a template, at a glance; one that cannot be read may be."""
    try:
        return b"Resources" in _content(path)
    except Unreachable:
        return True


def _content(path: Path) -> bytes:
    """The beginning of a file, enough to see whether it is too large: a pipe or a device may have no end."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise Unreachable(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _claims_to_be_template(content: bytes) -> bool:
    """Whether a file that cannot be parsed has the sections of a template, and not only somewhere inside."""
    pattern = CLAIM_IN_JSON if content.lstrip().startswith(b"{") else CLAIM_IN_YAML
    return b"AWS::" in content and pattern.search(content) is not None


def parsed(text: str, file: str) -> Template:
    """The template that a text holds.

    Raises:
        UnreadableTemplate: one of its kinds.
    """
    # JSON may write a character outside the basic plane as two escapes, which YAML has no notion of.
    text = SURROGATES.sub(lambda pair: chr(_code_point(*pair.groups())), text) if "\\u" in text else text
    body = text.lstrip()
    if body.startswith("{"):  # JSON may begin with a tab, YAML may not; the lines stay the same
        text = text[: len(text) - len(body)].replace("\t", " ") + body
    try:
        reader = _Reader(text, file)
        document = reader.document()
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "syntax error"
        line = min(mark.line, text.count("\n")) + 1 if mark else None  # the end of the text is on no line
        raise Malformed(file, f"is neither YAML nor JSON: {problem}", line) from None
    if not isinstance(document, dict):
        raise NoTemplate(file, "is empty" if document is None else "is no template: its top level is no mapping")
    if not isinstance(document.get("Resources"), dict):
        kind = NoResources if "AWSTemplateFormatVersion" in document else NoTemplate
        raise kind(file, "is no template: it has no mapping `Resources`")
    if not document["Resources"] and "Transform" not in document:  # a macro may add some
        raise NoResources(file, "has no resources, and CloudFormation refuses it")
    return Template(file, document, reader.lines, {}, tuple(reader.warnings))


class _Reader:
    """Builds one document of a parser's events, and remembers the lines of what stands under ``Resources``."""

    def __init__(self, text: str, file: str) -> None:
        self.lines: dict[str, int] = {}
        self.warnings: list[tuple[int, str]] = []
        self._file = file
        self._next: Callable[[], Any] = Parser(text).get_event
        self._section = ""
        self._anchors: dict[str, tuple[Any, int, int]] = {}  # value, and how many nodes and characters it has
        self._nodes = 0
        self._characters = 0

    def document(self) -> Any:
        """The one document; None where there is none."""
        self._next()  # the stream starts
        if type(self._next()) is StreamEndEvent:
            return None
        document = self._value(self._next(), 1)
        self._next()  # the document ends
        end = self._next()
        if type(end) is not StreamEndEvent:
            raise Malformed(self._file, "has more than one YAML document", end.start_mark.line + 1)
        return document

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event)
        nodes, characters = self._nodes, self._characters
        self._count(event, 1, len(event.value) if kind is ScalarEvent else 0, depth)
        if kind is ScalarEvent:
            value: Any = _scalar(event)
        elif kind is MappingStartEvent:
            value = self._mapping(depth)
        elif kind is SequenceStartEvent:
            value = self._sequence(depth)
        if event.tag and event.tag.startswith("!") and event.tag != "!":
            value = _long_form(event.tag[1:], value)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - nodes, self._characters - characters)
        return value

    def _sequence(self, depth: int) -> list[Any]:
        elements = []
        while type(event := self._next()) is not SequenceEndEvent:
            elements.append(self._value(event, depth + 1))
        return elements

    def _mapping(self, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        inherited: list[Any] = []
        while type(event := self._next()) is not MappingEndEvent:
            key, line = self._key(event), event.start_mark.line + 1
            if (
                key in mapping
            ):  # CloudFormation takes the last: https://github.com/aws-cloudformation/cfn-lint/issues/35
                self.warnings.append((line, f"the key {key!r} is there twice; CloudFormation takes the last one"))
                del mapping[key]  # what comes last stands last
            if depth == 1:
                self._section = key
            elif depth == 2 and self._section == "Resources":  # noqa: PLR2004 - root, Resources
                self.lines[key] = line
            value = self._value(self._next(), depth + 1)
            if key == "<<":
                inherited += value if isinstance(value, list) else [value]
            else:
                mapping[key] = value
        for base in inherited:
            if isinstance(base, dict):
                mapping = {**base, **mapping}
        return mapping

    def _key(self, event: Any) -> str:
        if type(event) is not ScalarEvent:
            raise Malformed(self._file, "has a key that is no text", event.start_mark.line + 1)
        return str(event.value)

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise Malformed(self._file, f"has no anchor {event.anchor!r} before its alias", event.start_mark.line + 1)
        value, nodes, characters = self._anchors[event.anchor]
        self._count(event, nodes, characters, 0)
        return value

    def _count(self, event: Any, nodes: int, characters: int, depth: int) -> None:
        self._nodes += nodes
        self._characters += characters
        if depth > DEEPEST:
            raise TooLarge(self._file, f"is nested more than {DEEPEST} levels deep", event.start_mark.line + 1)
        if self._nodes > MOST_NODES or self._characters > MOST_BYTES:
            what = "too many nodes" if self._nodes > MOST_NODES else f"more than {MOST_BYTES // 1_000_000} MB"
            raise TooLarge(self._file, f"expands to {what}", event.start_mark.line + 1)


def _scalar(event: Any) -> Any:
    """A text, unless it is plain and reads as a boolean, an integer or null.

    Decimal numbers, dates and octal numbers stay as written: ``1.10`` is a version more often than a number, and
    accessors read numbers in texts.
    """
    text: str = event.value
    plain = event.implicit[0] or ((event.tag or "").startswith(CORE_TAG) and not event.tag.endswith(":str"))
    if not plain:
        return text
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    return int(text) if INTEGER.fullmatch(text) else text


def _long_form(tag: str, value: Any) -> dict[str, Any]:
    """``!GetAtt a.b`` as ``{"Fn::GetAtt": ["a", "b"]}``. A null is what an empty plain scalar reads as."""
    value = "" if value is None else value
    if tag in ("Ref", "Condition"):
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{tag}": value}


def _code_point(high: str, low: str) -> int:
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)


def is_function(key: str) -> bool:
    """Whether a key is an intrinsic function's name."""
    return key == "Ref" or key.startswith("Fn::")


def section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A section of a template; empty where it is missing or no mapping."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}
