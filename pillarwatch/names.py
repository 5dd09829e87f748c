"""Names that do not exist, and the ones that were meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIMILAR = 0.7  #: of 1; what is less similar is a guess that misleads


def similar(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The names that exist and look like one that does not, the most similar first."""
    return difflib.get_close_matches(name, list(known), n=most, cutoff=SIMILAR)


def nearest(name: str, known: Iterable[str], otherwise: str, most: int = 1) -> str:
    """The way out for a name that does not exist: those that look like it, or else another hint."""
    found = similar(name, known, most)
    return f"did you mean {' or '.join(found)}?" if found else otherwise
