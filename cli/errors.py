"""Errors that reach a user: one line each, and the traceback only with ``--debug``."""

from __future__ import annotations

from contextvars import ContextVar

from cli.output import complain

SEE_DEBUG = "--debug prints the traceback"
DEBUG: ContextVar[bool] = ContextVar("debug", default=False)


class UserError(Exception):
    """The input cannot be used. The message is one line: it names the input, and the way out."""


def log_traceback() -> None:
    """Print the traceback of the exception that is being handled, where ``--debug`` is given."""
    import traceback  # noqa: PLC0415 - most runs have no error

    for line in traceback.format_exc().splitlines() if DEBUG.get() else ():
        complain(line)
