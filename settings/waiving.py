"""A waiver is added to a settings file: the text is appended, so comments and order stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settings.starter import toml_value
from settings.toml_documents import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from pillarwatch.settings import Waiver


def entry_of(waiver: Waiver) -> str:
    """The waiver as a table of the file, without the keys that have their default."""
    defaults = type(waiver)._field_defaults
    values = {name: value for name, value in waiver._asdict().items() if value != defaults.get(name)}
    lines = (f"{name} = {value if name == 'expires' else toml_value(value)}" for name, value in values.items())
    return "\n".join(["[[waivers]]", *lines]) + "\n"


def with_waiver(path: Path, waiver: Waiver) -> str:
    """The text of a file with one more waiver; of a file that does not exist, the waiver alone.

    Raises:
        UserError: the file cannot be read.
    """
    text = text_of(path) if path.exists() else ""
    return f"{text.rstrip()}\n\n{entry_of(waiver)}".lstrip()
