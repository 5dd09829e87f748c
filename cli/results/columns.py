"""Rows as text in columns, and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from cli.output import one_line, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A spreadsheet computes what begins so: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def short_type(resource_type: str) -> str:
    """A resource type without its provider: ``S3::Bucket``, ``Account``."""
    return resource_type.removeprefix("AWS::").lstrip(":")


def aligned(rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """A line for each row, in columns as wide as they have to be.

    Args:
        rows: all of the same length.
        right: columns whose texts end at the same place.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ends = set(right)
    return [
        "  ".join(
            text.rjust(width) if place in ends else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def say_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV (RFC 4180). A text that a spreadsheet would compute begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    say(text.getvalue(), end="")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.startswith(FORMULA) else text
