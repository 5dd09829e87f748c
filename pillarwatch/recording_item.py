"""A configuration item that records what each check reads of it, so that a passing verdict can be explained too."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from pillarwatch.configuration_item import Attributes, ConfigurationItem
from pillarwatch.secrets import may_hold_secret
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Result = TypeVar("Result")
Read = tuple[Attributes, str, Any]  #: of what, the path in it, and the value there as it was recorded

MOST_BYTES = 128  #: of the text of a check
MOST_CHARACTERS = 200  #: of one value that is looked at; longer ones are scripts and documents
MASKED = "***"
UNSET = {"not set", "none"}


class _Recording(Attributes):
    """Attributes that record each reading in their item."""

    __slots__ = ()
    _item: RecordingItem

    def _find(self, path: str) -> Any:
        value = super()._find(path)
        self._item.reads.append((self, path, value))
        return value

    def _across(self, path: str) -> Any:
        value = super()._across(path)
        self._item.reads.append((self, path, value))
        return value

    def once(self, read: Callable[[Any], Result]) -> Result:
        """As the overridden one; what was read the first time counts for each check that asks."""
        item = self._item
        begun = len(item.reads)
        answer = super().once(read)
        known = item.read_once.setdefault((self, read), item.reads[begun:])
        if len(item.reads) == begun:
            item.reads += known
        return answer


class RecordingItem(_Recording, ConfigurationItem):
    """As a configuration item; :meth:`value_read` tells what was read of it."""

    __slots__ = ("read_once", "reads")
    parts = _Recording

    def __init__(self, item: Mapping[str, Any], **about: Any) -> None:
        self.reads: list[Read] = []
        self.read_once: dict[tuple[Attributes, Callable[[Any], Any]], list[Read]] = {}
        super().__init__(item, **about)

    def tag(self, key: str, default: str = "") -> str:
        """As the overridden one, recorded."""
        value = super().tag(key, default)
        self.reads.append((self, f"tags.{key}", value))
        return value

    def related(self, resource_type: str) -> Sequence[Any]:
        """As the overridden one; what is read of the related resources is recorded here."""
        found: Any = super().related(resource_type)
        if not isinstance(found, Unknown):
            for item in found:
                item.reads, item.read_once = self.reads, self.read_once
        return found  # type: ignore[no-any-return]

    def forget_reads(self) -> None:
        """Begin anew with what :meth:`value_read` tells."""
        self.reads.clear()

    def value_read(self) -> str:
        """What was read, as ``name: value; name: value`` of at most ``MOST_BYTES`` bytes; what is set comes first.

        What a name or a value shows to be a secret is masked, and what is unknown is left out: the verdict says why.
        """
        values: dict[str, dict[str, None]] = {}
        for attributes, path, value in self.reads:
            name = _name(attributes, path)
            for text in _texts(name, value, self):
                values.setdefault(name, {})[text] = None
        found = sorted(_short_names(values).items(), key=lambda entry: entry[1].keys() <= UNSET)
        return fitted("; ".join(f"{name}: {', '.join(texts)}" for name, texts in found))


def fitted(text: str) -> str:
    """The text, cut at a character and with an ellipsis where it has more than ``MOST_BYTES`` bytes."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= MOST_BYTES:
        return encoded.decode()
    return encoded[: MOST_BYTES - len("…".encode())].decode(errors="ignore") + "…"


def _name(attributes: Attributes, path: str) -> str:
    """A path, with the name of the entry to which a value belongs."""
    prefix, document = attributes._path, attributes._document  # noqa: SLF001 - both are the item's
    if path == "value" and isinstance(document, dict):
        entry = document.get("key", document.get("name"))
        if isinstance(entry, str):
            return f"{prefix}{entry}"
    return f"{prefix}{path}"


def _short_names(values: Mapping[str, dict[str, None]]) -> dict[str, dict[str, None]]:
    """The values by the last word of their path, or by the last two where several paths end in the same word."""
    ends = Counter(name.rpartition(".")[2] for name in values)
    short: dict[str, dict[str, None]] = {}
    for name, texts in values.items():
        words = name.split(".")
        short.setdefault(words[-1] if ends[words[-1]] == 1 else ".".join(words[-2:]), {}).update(texts)
    return short


def _texts(name: str, value: Any, item: RecordingItem) -> list[str]:
    """A value as texts: none of an unknown one and of objects, whose attributes are read one by one."""
    if isinstance(value, Unknown):
        return []
    if value is None or value == "":
        return ["not set"]
    if type(value) is list:
        return [text for each in value for text in _texts(name, each, item)] if value else ["none"]
    opened = item._opened(value)  # noqa: SLF001 - a document that AWS delivers as a string
    if type(opened) is dict:
        statements = opened.get("Statement")
        return [f"statements of a policy: {len(statements)}"] if type(statements) is list else []
    text = str(value) if isinstance(value, str) else json.dumps(value, default=str)
    if may_hold_secret(name.rpartition(".")[2], text):
        return [MASKED]
    return [f"{len(text)} characters"] if len(text) > MOST_CHARACTERS or "\n" in text else [text]
