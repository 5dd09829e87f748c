"""The configuration item: the recorded state of one resource, read by dotted paths.

A path has AWS's own form, e.g. ``configuration.ipPermissions.ipv4Ranges.cidrIp``: accessor, key of an example,
attribute in AWS's resource schema and column of an advanced query at once.
Shapes: https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pillarwatch.ended import ENDED
from pillarwatch.environments import BY_DEFAULT
from pillarwatch.json_text import document_in, flattened
from pillarwatch.paths import KEYS, keys_of
from pillarwatch.policy import Statement
from pillarwatch.tags import tags_of
from pillarwatch.unknown import Default, Unknown, any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Result = TypeVar("Result")

ACCOUNT = "AWS::::Account"

TEXTUAL = (str, Unknown)  # a tuple: a union would be made anew with each test


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
        """The raw value at a path, None where absent. JSON inside a string is read on the way.

        Of what lies in something unknown, nothing is known: not even that it is there.
        """
        value = self._document
        for key in KEYS[path]:
            if type(value) is not dict:
                if value is None:
                    break
                value = self._item._opened(value)  # noqa: SLF001 - the item remembers what was parsed
                if value is None:
                    break
                if type(value) is not dict:
                    value = Unknown(value.why) if isinstance(value, Unknown) else self._not(value, path, "an object")
                    break
            value = value.get(key)
        if value is None and self._item.of_account:
            value = self._item._absent(path)  # noqa: SLF001
        reads = self._item.reads  # appended one by one, which is faster than a tuple
        reads.append(self)
        reads.append(path)
        reads.append(value)
        return value

    def _not(self, value: object, path: str, wanted: str) -> Unknown:
        return Unknown(f"{self._path}{path} is {_kind(value)}, not {wanted}")

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
        if value is None:
            return False
        if type(value) is str or type(value) is dict:
            return len(value) > 0
        if isinstance(value, Unknown):
            return True if value.present else value  # type: ignore[return-value]
        if type(value) is Default:
            self._item.note(value)
        if type(value) is list and value:  # of unknown elements none may be left
            if not isinstance(value[0], Unknown):
                return True
            return any_of([True if not isinstance(each, Unknown) or each.present else each for each in value])
        return value is not None and value not in ("", [], {})

    def texts(self, path: str) -> Sequence[str]:
        """The texts at a path through any lists on the way; a single text is a list of one."""
        values = self._across(path)
        reads = self._item.reads
        reads.append(self)
        reads.append(path)
        reads.append(values)
        if isinstance(values, Unknown):
            return values  # type: ignore[return-value]
        if len(values) == 1 and type(values[0]) is str:
            return values
        return [text if type(text) is str else self._texted(text) for text in values if type(text) is not dict]

    def _texted(self, value: Any) -> Any:
        if isinstance(value, Default):
            self._item.note(value)
        return value if isinstance(value, TEXTUAL) else json.dumps(value)

    def objects(self, path: str) -> Sequence[Attributes]:
        """The objects at a path through any lists on the way, each with these accessors; one is a list of one."""
        found: Any = self._find(path)
        if found is None:
            return []
        value: Any = found
        if type(value) is not list:
            value = self._item._opened(found)  # noqa: SLF001
            if isinstance(value, Unknown):
                value = self._across(path) if value is found else value
                if isinstance(value, Unknown):
                    return value  # type: ignore[return-value]
            if value is None or value == "":
                return []
            if type(value) is dict:
                return [Attributes(value, self._item, f"{self._path}{path}.")]
            if not isinstance(value, list):
                return self._not(value, path, "a list")  # type: ignore[return-value]
        return self._item._elements_of(value, f"{self._path}{path}.")  # noqa: SLF001

    def entries(self, path: str) -> Sequence[Attributes]:
        """The entries of the map at a path, each with its ``key`` and its ``value``; none where absent."""
        value: Any = self._item._opened(self._find(path))  # noqa: SLF001
        if value is None or isinstance(value, Unknown):
            return [] if value is None else value  # type: ignore[return-value]
        if type(value) is not dict:
            return self._not(value, path, "an object")  # type: ignore[return-value]
        prefix = f"{self._path}{path}."
        return [Attributes({"key": key, "value": each}, self._item, prefix) for key, each in value.items()]

    def statements(self, path: str) -> Sequence[Statement]:
        """The statements of the policy document at a path, JSON (URL-encoded or not) or object; none where absent.

        An empty object is how Config records that there is none. A document that is not known is one statement that is
        not known: what other documents say still counts.
        """
        document: Any = self._item._opened(self._find(path))  # noqa: SLF001
        if document is None or (type(document) is dict and not document):
            return []
        if type(document) is not dict:
            unread = document if isinstance(document, Unknown) else self._not(document, path, "a policy document")
            return [Statement(unread)]
        return self._item._stated(document, f"{self._path}{path}")  # noqa: SLF001

    def days_since(self, path: str, default: float | None = None) -> float:
        """The days from the time at a path to when the item is judged, negative for a time to come.

        Times are ISO 8601, or milliseconds since 1970. An absent one without a default is unknown.
        """
        value: Any = self._find(path)
        if isinstance(value, Unknown):
            return value  # type: ignore[return-value]
        if value is None:
            return Unknown(f"{self._path}{path} is absent") if default is None else default  # type: ignore[return-value]
        try:
            time = (
                datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value / 1000, UTC)
            )
        except (ArithmeticError, OSError, TypeError, ValueError):
            return self._not(value, path, "a time")  # type: ignore[return-value]
        judged_at = self._item.judged_at
        return (judged_at - (time if time.tzinfo else time.replace(tzinfo=UTC))) / timedelta(days=1)

    def once(self, read: Callable[[Any], Result]) -> Result:
        """What ``read`` answers of this, read once; each check that asks has read the same values and defaults."""
        item = self._item
        known = item._read.get((self, read))  # noqa: SLF001
        if known is None:
            noted, began, answer = len(item.notes), len(item.reads), read(self)
            item._read[self, read] = answer, item.notes[noted:], item.reads[began:]  # noqa: SLF001
            return answer
        if known[1]:
            item.notes += known[1]
        item.reads.extend(known[2])
        return known[0]  # type: ignore[no-any-return]

    def _across(self, path: str) -> list[Any] | Unknown:
        """The raw values at a path through any lists on the way, absent ones left out."""
        found: list[Any] | Unknown
        value = self._document
        for key in KEYS[path]:
            if type(value) is not dict:
                found = [] if value is None else self._across_lists(path)
                break
            value = value.get(key)
        else:
            if type(value) is str:
                return [value]
            found = value if isinstance(value, Unknown) else flattened(value if type(value) is list else [value])
        if type(found) is list and not found and self._item.of_account:
            absent = self._item._absent(path)  # noqa: SLF001
            return [] if absent is None else absent
        return found

    def _across_lists(self, path: str) -> list[Any] | Unknown:
        """As :meth:`_across`, for any path: one without lists, and texts that hold JSON, is read faster there."""
        values: list[Any] = [self._document]
        single = True
        for key in KEYS[path]:
            reached: list[Any] = []
            for value in values:
                for opened in [value] if type(value) is dict else self._unfolded(value):
                    if type(opened) is dict:
                        inner = opened.get(key)
                        if type(inner) is list:
                            single = False
                            reached += flattened(inner)
                        elif inner is not None:
                            reached.append(inner)
                    elif isinstance(opened, Unknown):
                        reached.append(Unknown(opened.why))
                    elif opened is not None:
                        return self._not(opened, path, "an object")
            values = reached
        return values[0] if single and values and isinstance(values[0], Unknown) else values

    def _unfolded(self, value: Any) -> list[Any]:
        """What is in a value that is no object: a document, or the elements of a list, as in the API's envelope."""
        opened = self._item._opened(value)  # noqa: SLF001
        return flattened(opened) if type(opened) is list else [opened]


class ConfigurationItem(Attributes):
    """One resource as AWS Config recorded it, a collector listed it, or a template describes it.

    Args:
        item: the item in either of AWS's envelopes: the event's (``awsAccountId``, ``ARN``) or the API's
            (``accountId``, ``arn``, ``configuration`` as a JSON string). It is only read.
        judged_at: the time against which ages are judged.
        related: resources that belong to this one, by resource type. A type that nobody supplied is unknown; one
            supplied as an empty list is absent.
    """

    __slots__ = (
        "_elements",
        "_parsed",
        "_read",
        "_related",
        "_statements",
        "environments",
        "judged_at",
        "notes",
        "of_account",
        "reads",
        "resource_type",
    )

    def __init__(
        self,
        item: Mapping[str, Any],
        *,
        judged_at: datetime | None = None,
        related: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        super().__init__(item, self, "")
        self.judged_at = judged_at or datetime.now(UTC)
        self.resource_type = _known(item.get("resourceType")) if type(item) is dict else ""  #: e.g. ``AWS::S3::Bucket``
        self.of_account = self.resource_type == ACCOUNT
        self._related = related or {}
        self._parsed: dict[int, tuple[Any, Any]] = {}
        self._elements: dict[int, tuple[list[Any], str, Sequence[Attributes]]] = {}
        self._statements: dict[int, Sequence[Statement]] = {}
        self._read: dict[tuple[Attributes, Callable[[Any], Any]], tuple[Any, list[str], list[Any]]] = {}
        self.notes: list[str] = []
        self.reads: list[Any] = []  #: all that was read so far: of what, the path, the raw value, and so on
        self.environments = BY_DEFAULT  #: of the settings in force; :func:`~pillarwatch.evaluation.judge` sets them

    @property
    def document(self) -> Any:
        """The item as it came. Not to be changed."""
        return self._document

    @property
    def resource_id(self) -> str:
        """Config's resourceId: a name, an ARN or an id, as the type has it; a template's logical id."""
        return _known(self._document.get("resourceId"))

    @property
    def name(self) -> str:
        """The resource's name, else its id."""
        name = self._attribute("resourceName")
        return self.resource_id if type(name) is str and not name else name

    @property
    def arn(self) -> str:
        """The ARN, or an empty text."""
        return self._attribute("ARN", "arn")

    @property
    def account(self) -> str:
        """The twelve digits of the AWS account."""
        return self._attribute("awsAccountId", "accountId")

    @property
    def region(self) -> str:
        """The region as recorded; ``global`` for IAM."""
        return self._attribute("awsRegion")

    @property
    def status(self) -> str:
        """configurationItemStatus: OK, ResourceDiscovered, ResourceDeleted, ..."""
        return _known(self._attribute("configurationItemStatus")) or "OK"

    @property
    def has_ended(self) -> bool:
        """Whether it is terminated, deregistered or being deleted, though AWS Config still records it."""
        path, states = ENDED.get(self.resource_type, ("", ()))
        found: list[Any] = [self._find(path), self._find(path.removesuffix(".value"))] if path else []  # or a bare word
        return any(isinstance(state, str) and state in states for state in found)

    @property
    def captured_at(self) -> str:
        """configurationItemCaptureTime, ISO 8601 in UTC."""
        return _known(self._attribute("configurationItemCaptureTime"))

    @property
    def identity(self) -> dict[str, str]:
        """Account, region, type, id, name and ARN, to name the resource by: what is unknown of it is empty."""
        return {
            "account": _known(self.account),
            "region": _known(self.region),
            "type": self.resource_type,
            "id": self.resource_id,
            "name": _known(self.name) or self.resource_id,
            "arn": _known(self.arn),
        }

    def is_named(self, value: str) -> bool:
        """Whether a value is the resource's name, or a template's reference to it."""
        if isinstance(value, Unknown) and value.reference and value.parts == (None,):
            return True if value.reference == self.resource_id else value == self.name
        return value == self.name

    @property
    def tags(self) -> dict[str, str]:
        """Tags by key, from an event's map or a query's list, JSON or not; keys that cannot be read are left out."""
        return self.once(_tags_of)[0]  # type: ignore[no-any-return]

    def tag(self, key: str, default: str = "") -> str:
        """A tag's value. Where another tag's key is unknown, or cannot be read, one that is missing is unknown."""
        recorded: Any = self._document.get("tags")
        tags, unread = (recorded, None) if type(recorded) is dict else self.once(_tags_of)
        value = tags if isinstance(tags, Unknown) else tags.get(key)
        self.reads += (self, f"tags.{key}", value)
        if isinstance(tags, Unknown):
            return tags  # type: ignore[return-value]
        if value is None:
            return default if unread is None else unread
        return value if type(value) is str or isinstance(value, TEXTUAL) else json.dumps(value, default=str)  # type: ignore[return-value]

    @property
    def environment(self) -> str:
        """The name of its environment by its tag, whichever alias the tag has; empty without one."""
        return self.environments.name_of(self.tag(self.environments.tag))

    def related(self, resource_type: str) -> Sequence[Self]:
        """The related resources of a type: unknown where nobody supplied them, empty where there are none."""
        found = self._related.get(resource_type)
        if found is None:
            return Unknown(f"related resources of type {resource_type} are not known")  # type: ignore[return-value]
        if isinstance(found, Unknown):
            return found  # type: ignore[return-value]
        items = [type(self)(item, judged_at=self.judged_at) for item in found]
        for item in items:
            item.environments = self.environments
            item.notes = self.notes  # what is read of them is a reason of the same verdict
            item.reads = self.reads
        return items

    def note(self, value: str) -> None:
        """Remember that a check has read a default."""
        if isinstance(value, Default):
            self.notes.append(value.source)

    def take_notes(self) -> str:
        """What was noted since the last call, as the end of an annotation."""
        if not self.notes:
            return ""
        notes = ", ".join(dict.fromkeys(self.notes))
        self.notes.clear()
        return f" ({notes})"

    def _attribute(self, *keys: str) -> str:
        """A text of the envelope, under the first key that it has."""
        value: Any = next((self._document[key] for key in keys if self._document.get(key) is not None), "")
        self.reads += (self, keys[0], value)
        return value if isinstance(value, TEXTUAL) else self._not(value, keys[0], "a text")  # type: ignore[return-value]

    def _absent(self, path: str) -> Unknown | None:
        """What an absent value is: of the account only a value that was requested can be absent; the rest is unknown.

        There ``configuration`` has sections by service and operation; what an operation says is nothing, is null.
        """
        section, service, operation, *_ = (*keys_of(path), "", "")
        requested = self._document.get(section)
        answers = requested.get(service) if isinstance(requested, dict) else None
        if section != "configuration" or (isinstance(answers, dict) and operation in answers):
            return None
        return Unknown(f"{service}:{operation} was not called")

    def _opened(self, value: Any) -> Any:
        """A document that AWS delivers as a string, parsed once per item; other values as they are."""
        if not isinstance(value, TEXTUAL):
            return value
        known = self._parsed.get(id(value))
        if known is None:  # what is kept keeps the text alive, so that its id stays its own
            known = self._parsed[id(value)] = (value, document_in(value))
        return known[1]

    def _stated(self, document: dict[str, Any], path: str) -> Sequence[Statement]:
        """The statements of a policy document, read once per item: several checks ask for them."""
        statements = self._statements.get(id(document))
        if statements is None:  # the item, or what was parsed of it, keeps the document alive
            found: Any = document.get("Statement", Unknown(f"{path} has no Statement"))
            statements = [Statement(statement) for statement in (found if isinstance(found, list) else [found])]
            self._statements[id(document)] = statements
        return statements

    def _elements_of(self, values: list[Any], path: str) -> Sequence[Attributes]:
        """The elements of a list, made once per item: several checks ask for them."""
        known = self._elements.get(id(values))
        if known is None or known[1] != path:  # one list may stand at two paths
            elements = [Attributes(element, self, path) for element in values if element is not None]
            known = self._elements[id(values)] = (values, path, elements)  # keeps the list alive, so its id its own
        return known[2]


def _tags_of(item: ConfigurationItem) -> tuple[Any, Any]:
    return tags_of(item._opened(item.document.get("tags")))  # noqa: SLF001


def _known(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
