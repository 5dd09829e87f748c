"""Errors that reach a user: one line each, with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEE_DEBUG = "--debug prints the traceback"
SIMILAR = 0.7  #: of 1; what is less similar is a guess that misleads


class UserError(Exception):
    """The input cannot be used. The message is one line: it names the input, and the way out."""


class UserErrors(UserError):
    """Several parts of one input cannot be used.

    Args:
        problems: a line for each.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def similar(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The names that exist and look like one that does not, the most similar first."""
    import difflib  # noqa: PLC0415 - most runs have no error, and it is never needed in Lambda

    return difflib.get_close_matches(name, list(known), n=most, cutoff=SIMILAR)


def nearest(name: str, known: Iterable[str], otherwise: str, most: int = 1) -> str:
    """The way out for a name that does not exist: those that look like it, or else another hint."""
    found = similar(name, known, most)
    return f"did you mean {' or '.join(found)}?" if found else otherwise
