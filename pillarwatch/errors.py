"""Errors that reach a user: one line each."""

SEE_DEBUG = "--debug prints the traceback"


class UserError(Exception):
    """The input cannot be used. The message is one line: it names the input, and the way out."""
