"""What the commands print. File names, templates and tags are other people's text: here it becomes harmless.

Escaped are characters that control a terminal or reverse the text around them, and whatever the log of a CI system
would execute: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands and
https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = r"\x00-\x1f\x7f-\x9f"
BIDIRECTIONAL = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
LINE_ENDS = r"\u2028\u2029"
SURROGATES = r"\ud800-\udfff"  # no encoding has them
IN_A_LINE = re.compile(f"[{CONTROLS}{BIDIRECTIONAL}{LINE_ENDS}{SURROGATES}]")
IN_A_TEXT = re.compile(f"(?!\n)[{CONTROLS}{BIDIRECTIONAL}{LINE_ENDS}{SURROGATES}]")
COLORED = re.compile(rf"(\033\[(?:0|1|1;31|31|33|36)m)|{IN_A_TEXT.pattern}")
GITHUB_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
AZURE_COMMAND = re.compile(r"#(?=#\w*\[)")  # ##vso[…], and ##[…], which GitHub takes too


class OutputFailed(Exception):
    """Standard output is closed or cannot be written. ``str()`` says why."""


def one_line(text: object) -> str:
    """Somebody else's text as a part of a line."""
    return IN_A_LINE.sub(_escaped, str(text))


def say(text: str = "", *, end: str = "\n", colored: bool = False) -> None:
    """Print a text of ours; colors are kept where it has some.

    Raises:
        OutputFailed: it cannot be written.
    """
    safe = COLORED.sub(_escaped, text) if colored else IN_A_TEXT.sub(_escaped, text)
    _write(_without_commands(safe) + end)


def say_json(document: Any) -> None:
    """Print a document as JSON: each member of it on a line, and each element of a list in it.

    Raises:
        OutputFailed: it cannot be written.
    """
    text = _members(document).replace("\x7f", "\\u007f")
    _write(text.replace("##", "#\\u0023") + "\n")  # in JSON a # can only stand in a text


def _members(document: Any, indent: str = "", depth: int = 2) -> str:
    """JSON on lines down to a depth. With ``indent``, json.dumps encodes in Python: five times as slow."""
    if not document or not depth or not isinstance(document, dict | list):
        return json.dumps(document)
    inner = f"{indent}  "
    if isinstance(document, list):
        lines = [json.dumps(element) for element in document]
        return f"[\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}]"
    lines = [f"{json.dumps(key)}: {_members(value, inner, depth - 1)}" for key, value in document.items()]
    return f"{{\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}}}"


def write_file(path: Path, text: str, *, new: bool = False) -> None:
    """Write the file that a command was asked for.

    Args:
        path: of the file.
        text: its content.
        new: whether a file that is there is an error.

    Raises:
        UserError: the file cannot be written.
        FileExistsError: it is there, and a new one was asked for.
    """
    try:
        with path.open("x" if new else "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise
    except OSError as error:
        missing = not path.parent.exists()
        hint = f"make the folder first: mkdir -p {path.parent}" if missing else "name another file"
        raise UserError(f"{path}: cannot be written: {error.strerror}; {hint}") from None


def complain(text: str) -> None:
    """Print one line to standard error. Where that is closed or full, the exit code has to do."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(_encodable(_without_commands(one_line(text)) + "\n", sys.stderr))
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(sys.stderr)


def flush() -> None:
    """Write what is buffered, here, where a failure can still be reported.

    Raises:
        OutputFailed: it cannot be written.
    """
    _write("")


def _write(text: str) -> None:
    if sys.stdout is None:
        raise OutputFailed("standard output is closed")
    try:
        sys.stdout.write(_encodable(text, sys.stdout))
        sys.stdout.flush()
    except BrokenPipeError:  # `pillarwatch checks | head`: the reader has enough, and the exit code stays
        _discard(sys.stdout)
    except (OSError, ValueError) as error:  # ValueError: it was closed
        _discard(sys.stdout)
        raise OutputFailed(f"standard output cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _discard(stream: TextIO) -> None:
    """Send what is buffered nowhere: writing it when the interpreter ends would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _without_commands(text: str) -> str:
    return AZURE_COMMAND.sub(r"\\x23", GITHUB_COMMAND.sub(r"\1\\x3a", text))


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _escaped(found: re.Match[str]) -> str:
    return found.group() if found.lastindex else found.group().encode("unicode_escape").decode()  # a group is a color
