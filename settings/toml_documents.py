"""A TOML file as a document. What prevents that is one line, which names the file."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1_000_000


def read_toml(path: Path) -> dict[str, Any]:
    """The document of a file, with dates as :mod:`tomllib` reads them.

    Raises:
        UserError: see :func:`text_of` and :func:`parsed`.
    """
    return parsed(path, text_of(path))


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        UserError: the file cannot be read, or is larger than any settings file.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UserError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB; name a settings file")
        return content.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UserError(f"{path}: cannot be read: {why}; is the path right?") from None


def parsed(path: Path, text: str) -> dict[str, Any]:
    """The document in the text of a file.

    Raises:
        UserError: the text is not TOML, or is nested too deeply.
    """
    try:
        document = tomllib.loads(text)
        json.dumps(document, default=str)  # as deep as other readers can follow
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: is not TOML: {error}; correct it there, e.g. put a text in quotes") from None
    except RecursionError:
        raise UserError(f"{path}: is nested too deeply; `pillarwatch init --stdout` shows a settings file") from None
    return document
