"""Documents that AWS takes, and delivers, as JSON in a text; in a template such a text may have unknown pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_GAP, LAST_GAP = 0xE000, 0xF8FF  # private characters, each of which stands for one unknown piece


def document_in(text: str | Unknown) -> Any:
    """The document in a text, URL-encoded or not; None where the text is empty.

    Where a JSON string has unknown pieces, it is a text with unknown pieces. An object of which a key has one is
    unknown. A text that cannot be read is unknown as a whole, whatever is known of it.
    """
    if isinstance(text, Unknown):
        return _with_gaps(text)
    try:
        return json.loads(unquote(text) if text.startswith("%") else text) if text else None
    except ValueError:
        return Unknown("a document could not be read: it is no JSON")


def _with_gaps(text: Unknown) -> Any:
    pieces = text.pieces
    if not isinstance(pieces[0], str) or not pieces[0].lstrip().startswith(("{", "[")):
        return text
    gaps = [piece for piece in pieces if isinstance(piece, Unknown)]
    known = "".join(piece for piece in pieces if isinstance(piece, str))
    if len(gaps) > LAST_GAP - FIRST_GAP or any(FIRST_GAP <= ord(character) <= LAST_GAP for character in known):
        return Unknown(text.why)
    at = iter(range(FIRST_GAP, LAST_GAP))
    try:
        document = json.loads("".join(piece if isinstance(piece, str) else chr(next(at)) for piece in pieces))
    except ValueError:
        return Unknown(text.why)
    return _filled(document, gaps)


def flattened(values: Iterable[Any]) -> list[Any]:
    """What lists hold, and lists in them; null is nothing."""
    flat: list[Any] = []
    for value in values:
        if type(value) is list:
            flat += flattened(value)
        elif value is not None:
            flat.append(value)
    return flat


def _filled(value: Any, gaps: Sequence[Unknown]) -> Any:
    """The value with the unknown pieces put back into its texts."""
    if isinstance(value, dict):
        filled = {_filled_text(key, gaps): _filled(inner, gaps) for key, inner in value.items() if _is_known(key)}
        gap = next((_filled_text(key, gaps) for key in value if not _is_known(key)), None)
        return filled if gap is None else Unknown(gap.why, present=True)
    if isinstance(value, list):
        return [_filled(inner, gaps) for inner in value]
    return _filled_text(value, gaps) if isinstance(value, str) else value


def _is_known(text: str) -> bool:
    return not any(FIRST_GAP <= ord(character) <= LAST_GAP for character in text)


def _filled_text(text: str, gaps: Sequence[Unknown]) -> Any:
    """The text with the unknown pieces put back; as it is, where it has none."""
    pieces: list[str | Unknown] = []
    known = ""
    for character in text:
        gap = ord(character) - FIRST_GAP
        if not 0 <= gap < len(gaps):
            known += character
            continue
        pieces += [known, gaps[gap]] if known else [gaps[gap]]
        known = ""
    if not pieces:
        return text
    first = next(piece for piece in pieces if isinstance(piece, Unknown))
    return first.among([*pieces, known] if known else pieces)
