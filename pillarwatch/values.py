"""What a check read, as ``name: value; name: value``: in at most 128 bytes, and without secrets."""

from __future__ import annotations

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
CONTAINERS = (dict, list)  # a tuple: a union would be made anew with each test
PLAIN: Mapping[Any, str] = {None: "not set", True: "true", False: "false"}
UNSET = {"not set", "none"}
PAIRED = ("value", "Value")  # how the value of a pair is called
NAMES = ("key", "name")  # what the name beside a value is called, or ends in


def value_of(reads: Sequence[Any]) -> str:
    """What was read, for people: what is set comes first, a secret is masked, and of a document there is its size.

    Args:
        reads: of what, the path and the raw value, one after the other, as ``ConfigurationItem.reads`` has them.
    """
    found: dict[tuple[str, str], list[str]] = {}  # texts by the way to a value and its name
    pairs: set[str] = set()  # ways to values that are named by what stands beside them
    containers: list[tuple[str, str]] = []
    for at in range(0, min(len(reads), 3 * MOST_READS), 3):
        attributes, path, value = reads[at : at + 3]
        if path == CAPTURED:
            continue
        way, name, known = _named(attributes, path)
        if isinstance(value, CONTAINERS) and value:
            containers.append((way, name))
        elif known and path.endswith(PAIRED):
            pairs.add(way)
        texts = found.setdefault((way, name), [])
        texts += [text for text in _texts(attributes, name, known, value) if text not in texts]
    if pairs or containers:
        _drop_what_says_less(found, pairs, containers)
    named = list(_shortened(found).items())
    if len(named) > 1:
        named.sort(key=lambda entry: all(text in UNSET for text in entry[1]))
    text = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in named)
    return fitted(text + "…" if len(reads) > 3 * MOST_READS else text)


def _drop_what_says_less(
    found: dict[tuple[str, str], list[str]], pairs: set[str], containers: Sequence[tuple[str, str]]
) -> None:
    """Leave out the names that stand beside values, and lists and maps of which something was read."""
    for way, name in [*found]:
        if way in pairs and name.lower() in NAMES:
            del found[way, name]
    for way, name in containers:
        if any(other.startswith(f"{way}{name}.") for other, _ in found):
            found.pop((way, name), None)


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
    way, last, is_of_pair = _divided(f"{attributes._path}{path}")  # noqa: SLF001
    if not is_of_pair:
        return way, last, True
    pair: Any = attributes._document  # noqa: SLF001
    for key in keys_of(path)[:-1]:
        pair = pair.get(key) if isinstance(pair, dict) else None
    if not isinstance(pair, dict):
        return way, last, False
    names = [name for key, name in pair.items() if key.lower().endswith(NAMES) and isinstance(name, str) and name]
    return way, next(filter(_is_secret, names), names[0] if names else last), True


@lru_cache(maxsize=4096)
def _divided(path: str) -> tuple[str, str, bool]:
    """The way to the last word of a path, the word, and whether it is the value of a pair."""
    if path.startswith("tags."):
        return "tags.", path.removeprefix("tags."), False
    way, dot, last = path.rpartition(".")
    return f"{way}{dot}", last, last.endswith(PAIRED)


def _texts(attributes: Attributes, name: str, named: bool, value: Any) -> list[str]:
    if type(value) is not list:
        return [_text(attributes, name, named, value)]
    if any(isinstance(each, CONTAINERS) for each in value):
        return [_counted(len(value), "element", "elements")]
    return [_text(attributes, name, named, each) for each in value] or ["none"]


def _text(attributes: Attributes, name: str, named: bool, value: Any) -> str:
    if value is None or value is True or value is False:
        return PLAIN[value]
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, str) and value.startswith(DOCUMENTS):
        opened = attributes._item._opened(value)  # noqa: SLF001
        value = opened if isinstance(opened, CONTAINERS) else value
    if isinstance(value, CONTAINERS):
        return _size(value)
    text = str(value) or "not set"
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
    if isinstance(statements, CONTAINERS):
        return _counted(len(statements) if isinstance(statements, list) else 1, "statement", "statements")
    return _counted(len(document), "entry", "entries")


def _counted(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}" if n else "none"


def _shortened(found: Mapping[tuple[str, str], list[str]]) -> dict[str, list[str]]:
    """The texts by name, with the last word of the way where several values have the same name."""
    if len(found) == 1:
        return {name: texts for (_, name), texts in found.items()}
    ends = Counter([name for _, name in found])
    short: dict[str, list[str]] = {}
    for (way, name), texts in found.items():
        whole = f"{way.rstrip('.').rpartition('.')[2]}.{name}" if ends[name] > 1 and way else name
        known = short.setdefault(whole, [])
        known += [text for text in texts if text not in known]
    return short
