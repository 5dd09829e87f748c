"""Which settings file is used: the one that ``--settings`` names, or the nearest ``pillarwatch.toml``.

The file ``attestations.toml`` beside it belongs to the settings.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pillarwatch.errors import UserError
from pillarwatch.settings import DEFAULTS, Settings
from settings.toml_documents import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "pillarwatch.toml"
ATTESTATIONS = "attestations.toml"
FORMER_NAME = "settings.toml"
WHERE = f"""\
{NAME} in the folder of the first template, or in the nearest folder above it that has one. The search ends at the \
root of the repository (.git). Outside of a repository, it ends at the current folder"""
BESIDE = f"{NAME} in the current folder, or in the nearest folder above it that has one"


class InForce(NamedTuple):
    """The settings of a run, and the file that they come from."""

    settings: Settings
    path: Path | None = None  #: None where the defaults apply
    attestations: Path | None = None  #: the file of attestations, if there is one


def settings_for(templates: Sequence[str], named: Path | None) -> InForce:
    """The settings of the file that is named, else of the nearest one, else the defaults; with the attestations.

    These are beside the settings file; without one, in the nearest folder that has them.

    A search that reached the file system's root would read the files of other people, such as one in ``/tmp``.

    Args:
        templates: files or folders; the search begins beside the first one, or in the current folder without any.
        named: the file that the user names, which is not searched for.

    Raises:
        UserError: the file cannot be used, or has the name of former versions.
    """
    folders = _folders(_beside(templates))
    path = named or _nearest(folders)
    places = [path.parent] if path else folders
    attested = next((folder / ATTESTATIONS for folder in places if os.path.lexists(folder / ATTESTATIONS)), None)
    # pydantic takes longer to import than a scan
    settings = Settings()
    if path:
        from settings.validation import read_settings  # noqa: PLC0415

        settings = read_settings(path)
    if attested:
        from settings.attestations import read_attestations  # noqa: PLC0415

        settings = Settings({**settings.document, "attestations": read_attestations(_as_shown(attested))})
    return InForce(settings, path, _as_shown(attested) if attested else None)


def _beside(templates: Sequence[str]) -> Path:
    first = templates[0] if templates and templates[0] != "-" else "."
    path = Path(os.path.abspath(first))  # noqa: PTH100 - beside a link as it is named, not beside its target
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112 - Path.is_dir raises for some names


def _folders(start: Path) -> list[Path]:
    """The folders to search, the nearest first."""
    folders = [start, *start.parents]
    roots = (index for index, folder in enumerate(folders) if os.path.lexists(folder / ".git"))
    last = next(roots, None)
    if last is None:
        current = Path.cwd()
        last = folders.index(current) if current in folders else 0
    return folders[: last + 1]


def _nearest(folders: Sequence[Path]) -> Path | None:
    for folder in folders:
        if os.path.lexists(folder / NAME):  # a folder or a broken link is an error, not a reason to search on
            return _as_shown(folder / NAME)
        if _is_former(folder / FORMER_NAME):
            raise UserError(f"{_as_shown(folder / FORMER_NAME)}: rename it; the settings file is now named {NAME}")
    return None


def _is_former(path: Path) -> bool:
    """Whether a file is ours. Other tools have a ``settings.toml`` too."""
    try:
        return path.is_file() and bool(read_toml(path).keys() & DEFAULTS.keys())
    except (UserError, OSError):
        return False


def _as_shown(path: Path) -> Path:
    current = Path.cwd()
    return path.relative_to(current) if path.is_relative_to(current) else path
