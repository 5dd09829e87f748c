"""``pillarwatch completion``: the script with which a shell completes commands, options and file names.

The script is static: no Python starts when a person presses the key.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import shtab

from cli.commands import complete_parser
from cli.output import say

if TYPE_CHECKING:
    import argparse

TEMPLATES = "templates"  # the argument of `scan` and `review`: a name, or - for a pipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``completion``."""
    parser.add_argument(
        "shell", choices=("bash", "zsh"), help='for bash, add to ~/.bashrc: eval "$(pillarwatch completion bash)"'
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    parser = complete_parser()
    _complete_files(parser)
    say(shtab.complete(parser, arguments.shell), end="")
    return 0


def _complete_files(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list them
        if action.type is Path or action.dest == TEMPLATES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if isinstance(action.choices, dict):  # of commands, with their parsers
            for subparser in action.choices.values():
                _complete_files(subparser)
