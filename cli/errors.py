"""What a person can put right."""


class UserError(Exception):
    """The input cannot be used. The message is one line: it names the input, and the way out."""
