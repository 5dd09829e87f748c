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

from cli.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

try:
    from yaml.cyaml import CParser as Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML without libyaml: the same events, ten times slower
    from yaml import Loader as Parser  # type: ignore[assignment]

MOST_BYTES = 5_000_000  # CloudFormation takes 1 MB; comments and indentation may be removed before
MOST_NODES = 500_000  # what aliases of aliases may grow to
DEEPEST = 120  # far above what anybody writes, far below Python's recursion limit

TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}
FALSE = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}
NULL = {"", "~", "null", "Null", "NULL"}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
CORE_TAG = "tag:yaml.org,2002:"


class UnreadableTemplate(UserError):
    """A file cannot be judged. ``str()`` names file, line, reason and the way out."""

    way_out = "mend it there; `sam validate --lint` knows more"

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


class DuplicateKey(UnreadableTemplate):
    """A mapping has a key twice; which one counts depends on the reader."""


class NoTemplate(UnreadableTemplate):
    """It is no mapping, or a mapping without a mapping of Resources."""

    way_out = "name a CloudFormation or SAM template"


class Template(NamedTuple):
    """One template as read.

    ``document`` has intrinsic functions in their long form (``!Ref x`` is ``{"Ref": "x"}``); ``lines`` has the line of
    every logical id; ``sources`` the resource of the file from which a transform made another one.
    """

    file: str
    document: dict[str, Any]
    lines: dict[str, int]
    sources: dict[str, str]


def read_template(path: Path) -> Template:
    """The template in a file.

    Raises:
        UnreadableTemplate: one of its kinds, for whatever is wrong with the file.
    """
    file = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge(file, f"has more than {MOST_BYTES // 1_000_000} MB; CloudFormation takes 1 MB")
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise Unreachable(file, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if b"\0" in content:
        raise NoText(file, "is binary, not a template")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoText(file, "is not encoded in UTF-8", line) from None
    return parsed(text, file)


def parsed(text: str, file: str) -> Template:
    """The template that a text holds.

    Raises:
        UnreadableTemplate: one of its kinds.
    """
    # JSON may write a character outside the basic plane as two escapes, which YAML has no notion of.
    text = SURROGATES.sub(lambda pair: chr(_code_point(*pair.groups())), text) if "\\u" in text else text
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
        raise NoTemplate(file, "is no template: it has no mapping `Resources`")
    return Template(file, document, reader.lines, {})


class _Reader:
    """Builds one document of a parser's events, and remembers the lines of what stands under ``Resources``."""

    def __init__(self, text: str, file: str) -> None:
        self.lines: dict[str, int] = {}
        self._file = file
        self._next: Callable[[], Any] = Parser(text).get_event
        self._section = ""
        self._anchors: dict[str, tuple[Any, int]] = {}  # value, and how many nodes it has
        self._nodes = 0

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
        before = self._nodes
        self._count(event, 1, depth)
        if kind is ScalarEvent:
            value: Any = _scalar(event)
        elif kind is MappingStartEvent:
            value = self._mapping(depth)
        elif kind is SequenceStartEvent:
            value = self._sequence(depth)
        if event.tag and event.tag.startswith("!") and event.tag != "!":
            value = _long_form(event.tag[1:], value)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before)
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
            if key in mapping:
                raise DuplicateKey(self._file, f"has the key {key!r} twice", line)
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
        value, nodes = self._anchors[event.anchor]
        self._count(event, nodes, 0)
        return value

    def _count(self, event: Any, nodes: int, depth: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES or depth > DEEPEST:
            what = f"is nested more than {DEEPEST} levels deep" if depth > DEEPEST else "expands to too many nodes"
            raise TooLarge(self._file, what, event.start_mark.line + 1)


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
