"""``pillarwatch init``: write a commented settings file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import say, write_file
from pillarwatch.errors import UserError
from settings.discovery import NAME
from settings.starter import starter

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``init``."""
    parser.add_argument(
        "--path", type=Path, default=Path(NAME), metavar="FILE", help="file to write (default: %(default)s)"
    )
    parser.add_argument("--stdout", action="store_true", help="print the settings to standard output and write no file")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and never over another one.

    Raises:
        UserError: the file exists, or cannot be written.
    """
    if arguments.stdout:
        say(starter(), end="")
        return 0
    try:
        write_file(arguments.path, starter(), new=True)
    except FileExistsError:
        raise UserError(
            f"{arguments.path}: exists already; --stdout prints the file, --path names another one"
        ) from None
    say(f"written: {arguments.path}")
    return 0
