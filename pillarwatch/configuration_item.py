"""The configuration item: the recorded state of one resource, read by dotted paths.

A path has AWS's own form, e.g. ``configuration.ipPermissions.ipv4Ranges.cidrIp``: accessor, key of an example,
attribute in AWS's resource schema and column of an advanced query at once.
Shapes: https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from pillarwatch.policy import Statement
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ACCOUNT = "AWS::::Account"

_KEYS: dict[str, tuple[str, ...]] = {}  # every path is split once per process


def keys_of(path: str) -> tuple[str, ...]:
    """The keys of a dotted path."""
    keys = _KEYS.get(path)
    if keys is None:
        keys = _KEYS[path] = tuple(path.split("."))
    return keys


class Default(str):
    """A text that a template's parameter takes by default: known, and the annotation says from where."""

    __slots__ = ("parameter",)
    parameter: str

    @classmethod
    def of(cls, parameter: str, value: str) -> Default:
        """The default ``value`` of ``parameter``."""
        text = cls(value)
        text.parameter = parameter
        return text


class Attributes:
    """Typed reading of a document by path. Nothing here raises on data of a wrong type: it answers Unknown.

    An absent (or null) attribute is the accessor's default: ``""``, ``0``, ``False`` or no elements. Accessors are
    annotated with the plain type; each may also answer an :class:`~pillarwatch.unknown.Unknown`.
    """

    __slots__ = ("_document", "_item", "_path")

    def __init__(self, document: Any, item: ConfigurationItem, path: str) -> None:
        self._document = document
        self._item = item
        self._path = path

    def _find(self, path: str) -> Any:
        """The raw value at a path, None where absent. JSON inside a string is read on the way."""
        value = self._document
        for key in keys_of(path):
            if type(value) is not dict:
                value = self._item._opened(value)  # noqa: SLF001 - the item remembers what was parsed
                if type(value) is not dict:
                    return value if value is None or isinstance(value, Unknown) else self._not(value, path, "an object")
            value = value.get(key)
            if value is None:
                return None
        return value

    def _not(self, value: object, path: str, wanted: str) -> Unknown:
        return Unknown(f"{self._path}{path} is {_kind(value)}, not {wanted}", present=True)

    def text(self, path: str, default: str = "") -> str:
        """The text at a path; numbers and booleans as JSON writes them."""
        value: Any = self._find(path)
        if type(value) is str:
            return value
        if value is None:
            return default
        if isinstance(value, Default):
            self._item.note(value)
            return value
        if isinstance(value, Unknown):
            return value  # type: ignore[return-value]
        if isinstance(value, bool | int | float):
            return json.dumps(value)
        return self._not(value, path, "a text")  # type: ignore[return-value]

    def number(self, path: str, default: float = 0) -> float:
        """The number at a path; a text that holds one is read."""
        value: Any = self._find(path)
        if type(value) is int or type(value) is float:
            return value
        if value is None:
            return default
        if isinstance(value, Unknown):
            return value  # type: ignore[return-value]
        if isinstance(value, str):
            self._item.note(value)
            try:
                number = float(value)
            except ValueError:
                pass
            else:
                return int(number) if number.is_integer() else number
        return self._not(value, path, "a number")  # type: ignore[return-value]

    def flag(self, path: str, default: bool = False) -> bool:
        """The boolean at a path; ``"true"`` and ``"false"`` are read."""
        value: Any = self._find(path)
        if value is True or value is False:
            return value
        if value is None:
            return default
        if isinstance(value, Unknown):
            return value  # type: ignore[return-value]
        if isinstance(value, str) and value.lower() in ("true", "false"):
            self._item.note(value)
            return value.lower() == "true"
        return self._not(value, path, "a boolean")  # type: ignore[return-value]

    def has(self, path: str) -> bool:
        """Whether something stands at a path: null, ``""``, ``[]`` and ``{}`` are nothing."""
        value: Any = self._find(path)
        if isinstance(value, Unknown):
            return True if value.present else value  # type: ignore[return-value]
        if type(value) is Default:
            self._item.note(value)
        return value is not None and value not in ("", [], {})

    def texts(self, path: str) -> Sequence[str]:
        """The texts at a path through any lists on the way; a single text is a list of one."""
        values = self._across(path)
        if isinstance(values, Unknown):
            return values  # type: ignore[return-value]
        texts: list[Any] = [
            v if isinstance(v, str | Unknown) else json.dumps(v)
            for v in values
            if v is not None and not isinstance(v, dict)
        ]
        for text in texts:
            if type(text) is Default:
                self._item.note(text)
        return texts

    def objects(self, path: str) -> Sequence[Attributes]:
        """The objects of the list at a path, each with these accessors; a single object is a list of one."""
        value: Any = self._item._opened(self._find(path))  # noqa: SLF001
        if isinstance(value, Unknown):
            return value  # type: ignore[return-value]
        if value is None or value == "":
            return []
        if type(value) is dict:
            value = [value]
        if not isinstance(value, list):
            return self._not(value, path, "a list")  # type: ignore[return-value]
        prefix = f"{self._path}{path}."
        return [Attributes(element, self._item, prefix) for element in value if element is not None]

    def statements(self, path: str) -> Sequence[Statement]:
        """The statements of the policy document at a path, JSON (URL-encoded or not) or object; none where absent."""
        document: Any = self._item._opened(self._find(path))  # noqa: SLF001
        if isinstance(document, Unknown):
            return document  # type: ignore[return-value]
        if document is None or document == "":
            return []
        if type(document) is not dict:
            return self._not(document, path, "a policy document")  # type: ignore[return-value]
        found: Any = document.get("Statement", [])
        if isinstance(found, Unknown):
            return found  # type: ignore[return-value]
        return [Statement(statement) for statement in (found if isinstance(found, list) else [found])]

    def _across(self, path: str) -> list[Any] | Unknown:
        values: list[Any] = [self._document]
        for key in keys_of(path):
            reached: list[Any] = []
            for value in _flat(values):
                opened = self._item._opened(value)  # noqa: SLF001
                if isinstance(opened, Unknown):
                    reached.append(opened)
                elif type(opened) is dict:
                    reached.append(opened.get(key))
                elif opened is not None:
                    return self._not(opened, path, "an object")
            values = reached
        if len(values) == 1 and isinstance(values[0], Unknown):
            return values[0]
        return list(_flat(values))


class ConfigurationItem(Attributes):
    """One resource as AWS Config recorded it, a collector listed it, or a template describes it.

    Args:
        item: the item in either of AWS's envelopes: the event's (``awsAccountId``, ``ARN``) or the API's
            (``accountId``, ``arn``, ``configuration`` as a JSON string). It is only read.
        judged_at: the time against which ages are judged.
        related: resources that belong to this one, by resource type. A type that nobody supplied is unknown; one
            supplied as an empty list is absent.
    """

    __slots__ = ("_notes", "_parsed", "_related", "judged_at")

    def __init__(
        self,
        item: Mapping[str, Any],
        *,
        judged_at: datetime | None = None,
        related: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        super().__init__(item, self, "")
        self.judged_at = judged_at or datetime.now(UTC)
        self._related = related or {}
        self._parsed: dict[int, tuple[str, Any]] = {}
        self._notes: list[str] = []

    @property
    def document(self) -> Any:
        """The item as it came. Not to be changed."""
        return self._document

    @property
    def resource_type(self) -> str:
        """E.g. ``AWS::S3::Bucket``."""
        return str(self._document.get("resourceType", ""))

    @property
    def resource_id(self) -> str:
        """Config's resourceId: a name, an ARN or an id, as the type has it."""
        return str(self._document.get("resourceId", ""))

    @property
    def name(self) -> str:
        """The resource's name, else its id."""
        return str(self._document.get("resourceName") or self.resource_id)

    @property
    def arn(self) -> str:
        """The ARN, or an empty text."""
        return str(self._document.get("ARN") or self._document.get("arn") or "")

    @property
    def account(self) -> str:
        """The twelve digits of the AWS account."""
        return str(self._document.get("awsAccountId") or self._document.get("accountId") or "")

    @property
    def region(self) -> str:
        """The region as recorded; ``global`` for IAM."""
        return str(self._document.get("awsRegion") or "")

    @property
    def status(self) -> str:
        """configurationItemStatus: OK, ResourceDiscovered, ResourceDeleted, ..."""
        return str(self._document.get("configurationItemStatus") or "OK")

    @property
    def captured_at(self) -> str:
        """configurationItemCaptureTime, ISO 8601 in UTC."""
        return str(self._document.get("configurationItemCaptureTime") or "")

    @property
    def tags(self) -> dict[str, str]:
        """Tags by key, from the map of an event or the list of an advanced query."""
        tags: Any = self._document.get("tags")
        if isinstance(tags, Unknown):
            return tags  # type: ignore[return-value]
        if isinstance(tags, list):
            pairs: Iterable[Any] = (t for t in tags if isinstance(t, dict))
            return {str(t.get("key")): t.get("value") or "" for t in pairs}
        return tags if isinstance(tags, dict) else {}

    def related(self, resource_type: str) -> Sequence[Self]:
        """The related resources of a type: unknown where nobody supplied them, empty where there are none."""
        found = self._related.get(resource_type)
        if found is None:
            return Unknown(f"no {resource_type} were supplied for it")  # type: ignore[return-value]
        if isinstance(found, Unknown):
            return found
        return [type(self)(item, judged_at=self.judged_at) for item in found]

    def note(self, value: str) -> None:
        """Remember that a check has read a parameter's default."""
        if isinstance(value, Default):
            self._notes.append(f"default of parameter {value.parameter}")

    def take_notes(self) -> str:
        """What was noted since the last call, as the end of an annotation."""
        if not self._notes:
            return ""
        notes = ", ".join(dict.fromkeys(self._notes))
        self._notes.clear()
        return f" ({notes})"

    def _opened(self, value: Any) -> Any:
        """A document that AWS delivers as a string, parsed once per item; other values as they are."""
        if not isinstance(value, str):
            return value
        known = self._parsed.get(id(value))
        if known is None:
            text = unquote(value) if value.startswith("%") else value
            try:
                parsed = json.loads(text) if text else None
            except ValueError:
                parsed = Unknown("a document could not be read: it is no JSON", present=True)
            known = self._parsed[id(value)] = (value, parsed)  # keeps the string alive, so that its id stays its own
        return known[1]


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
