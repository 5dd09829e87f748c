"""What a check read, as ``name: value; name: value``: in at most 128 bytes, and without secrets."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pillarwatch.paths import keys_of
from pillarwatch.secrets import MASKED, holds_secret, may_hold_secret, names_secret
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pillarwatch.configuration_item import Attributes

MOST_BYTES = 128
MOST_READS = 100  # that are looked at: of more, the values do not fit
MOST_CHARACTERS = 200  # of a value that is shown; a longer one is a script or a document
CAPTURED = "configurationItemCaptureTime"  # another one in each item; the event has it
DOCUMENTS = ("{", "[", "%7B", "%5B")  # what AWS delivers as a text, also URL-encoded, begins so
UNSET = {"not set", "none"}
NAMES = ("key", "name")  # what the name beside a value is called, or ends in


def value_of(reads: Sequence[Any]) -> str:
    """What was read, for people: what is set comes first, a secret is masked, and of a document there is its size.

    Args:
        reads: of what, the path and the raw value, one after the other, as ``ConfigurationItem.reads`` has them.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}  # texts by the way to a value and its name
    pairs: set[str] = set()  # ways to values that are named by what stands beside them
    for at in range(0, min(len(reads), 3 * MOST_READS), 3):
        attributes, path, value = reads[at : at + 3]
        if path != CAPTURED:
            way, name, known = _named(attributes, path)
            found.setdefault((way, name), {}).update(dict.fromkeys(_texts(attributes, name, known, value)))
            if known and path.lower().endswith("value"):
                pairs.add(way)
    for way, name in [*found]:
        is_name = way in pairs and name.lower() in NAMES
        if (is_name or _has_more(f"{way}{name}.", found)) and not found[way, name].keys() <= UNSET:
            del found[way, name]
    named = sorted(_shortened(found).items(), key=lambda entry: entry[1].keys() <= UNSET)
    text = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in named)
    return fitted(text + "…" if len(reads) > 3 * MOST_READS else text)


def _has_more(container: str, found: Mapping[tuple[str, str], Any]) -> bool:
    """Whether something in a list or a map was read, which says more than its size."""
    return any(way.startswith(container) for way, _ in found)


def fitted(text: str) -> str:
    """The text in one line, cut at a character and with an ellipsis where it has more than ``MOST_BYTES`` bytes."""
    if not text.isprintable():
        text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    encoded = text.encode()
    if len(encoded) <= MOST_BYTES:
        return text
    return encoded[: MOST_BYTES - len("…".encode())].decode(errors="ignore") + "…"


def _named(attributes: Attributes, path: str) -> tuple[str, str, bool]:
    """The way to a value, its name, and whether that is known: of a value of a pair, the name stands beside it."""
    way, last = _divided(f"{attributes._path}{path}")  # noqa: SLF001
    if not last.lower().endswith("value"):
        return way, last, True
    pair: Any = attributes._document  # noqa: SLF001
    for key in keys_of(path)[:-1]:
        pair = pair.get(key) if isinstance(pair, dict) else None
    if not isinstance(pair, dict):
        return way, last, False
    names = (name for key, name in pair.items() if key.lower().endswith(NAMES) and isinstance(name, str) and name)
    return way, next(names, last), True


@lru_cache(maxsize=4096)
def _divided(path: str) -> tuple[str, str]:
    way, dot, last = path.rpartition(".")
    return (f"{way}{dot}", last) if not path.startswith("tags.") else ("tags.", path.removeprefix("tags."))


def _texts(attributes: Attributes, name: str, named: bool, value: Any) -> list[str]:
    if type(value) is not list:
        return [_text(attributes, name, named, value)]
    if any(isinstance(each, dict | list) for each in value):
        return [_counted(len(value), "element", "elements")]
    return [_text(attributes, name, named, each) for each in value] or ["none"]


def _text(attributes: Attributes, name: str, named: bool, value: Any) -> str:
    if isinstance(value, str):
        if value.startswith(DOCUMENTS) and isinstance(opened := attributes._item._opened(value), dict | list):  # noqa: SLF001
            return _size(opened)
        text = value or "not set"
    elif isinstance(value, Unknown):
        return "unknown"
    elif isinstance(value, dict | list):
        return _size(value)
    else:
        text = "not set" if value is None else json.dumps(value, default=str)
    if len(text) > MOST_CHARACTERS or "\n" in text:
        return f"{len(text)} characters"
    if value and (not named or (_is_secret(name) and may_hold_secret(name, text)) or holds_secret(text)):
        return MASKED
    return text


_is_secret = lru_cache(maxsize=4096)(names_secret)  # of few names, time and again


def _size(document: Any) -> str:
    if isinstance(document, list):
        return _counted(len(document), "element", "elements")
    statements = document.get("Statement")
    if isinstance(statements, dict | list):
        return _counted(len(statements) if isinstance(statements, list) else 1, "statement", "statements")
    return _counted(len(document), "entry", "entries")


def _counted(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}" if n else "none"


def _shortened(found: Mapping[tuple[str, str], dict[str, None]]) -> dict[str, dict[str, None]]:
    """The texts by name, with the last word of the way where several values have the same name."""
    ends = Counter(name for _, name in found)
    short: dict[str, dict[str, None]] = {}
    for (way, name), texts in found.items():
        whole = f"{way.rstrip('.').rpartition('.')[2]}.{name}" if ends[name] > 1 and way else name
        short.setdefault(whole, {}).update(texts)
    return short
