"""On which line of a TOML file a key stands. :mod:`tomllib` does not keep it."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Location = tuple[str | int, ...]  #: keys, and the places in lists, from the document's root

PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
KEY = re.compile(rf"\s*({PART}(?:\s*\.\s*{PART})*)\s*=")
TEXT_OF_LINES = re.compile(r'"""|' + "'''")


def lines_of(text: str) -> dict[Location, int]:
    """The first line of each table and key. Keys in an inline table stand on the line of the table.

    Args:
        text: a TOML document without syntax errors.
    """
    lines: dict[Location, int] = {}
    table: Location = ()
    last: dict[Location, int] = {}
    for number, line in _statements(text):
        if line.lstrip().startswith("["):
            table = _table(line, last) or table
            location = table
        elif key := KEY.match(line):
            location = (*table, *_names(f"{key.group(1)} = 0"))
        else:
            continue
        for length in range(1, len(location) + 1):
            lines.setdefault(location[:length], number)
    return lines


def line_of(location: Sequence[str | int], lines: Mapping[Location, int]) -> int | None:
    """The line of a location, or else of the nearest table or key around it."""
    around = (tuple(location[:length]) for length in range(len(location), 0, -1))
    return next((lines[each] for each in around if each in lines), None)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines that do not begin within a text of several lines."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            yield number, line
        for quotes in TEXT_OF_LINES.findall(line):
            inside = "" if inside == quotes else inside or quotes


def _table(header: str, last: dict[Location, int]) -> Location:
    """The location of a table's header; each ``[[header]]`` begins the next element of its list."""
    location: Location = ()
    names = _names(header)
    for name in names[:-1]:
        location = (*location, name)
        if location in last:
            location = (*location, last[location])
    location = (*location, *names[-1:])
    if header.lstrip().startswith("[[") and location:
        last[location] = last.get(location, -1) + 1
    return (*location, last[location]) if location in last else location


def _names(statement: str) -> list[str]:
    """The names of the one key in a statement; none if it is a line of a list."""
    try:
        document: Any = tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return []
    names = []
    while isinstance(document, dict) and document:
        ((name, document),) = document.items()
        names.append(name)
    return names
