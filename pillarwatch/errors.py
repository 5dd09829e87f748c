"""Errors that reach a user: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEE_DEBUG = "--debug prints the traceback"


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
