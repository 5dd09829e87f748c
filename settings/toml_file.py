"""A TOML file as a plain document: what it cannot be is said in one line."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1_000_000


def read_toml(path: Path) -> dict[str, Any]:
    """The document of a file, dates in it as :mod:`tomllib` reads them.

    Raises:
        UserError: the file cannot be read, is no TOML, or is beyond every real one.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UserError(f"{path}: has more than {MOST_BYTES // 1_000_000} MB; name a settings file")
        document = tomllib.loads(content.decode("utf-8"))
        json.dumps(document, default=str)  # as deep as other readers can follow
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: is no TOML: {error}") from None
    except RecursionError:
        raise UserError(f"{path}: is nested too deeply; `pillarwatch init --stdout` shows what it can hold") from None
    return document
