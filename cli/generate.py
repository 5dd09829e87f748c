"""``pillarwatch generate``: write the files that follow from the checks and the settings, or check them.

CI runs it with ``--check`` and fails where a file is not what it would be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import complain, say
from generators.files import generated
from pillarwatch.root import ROOT
from settings.discovery import NAME
from settings.file import read_settings

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``generate``."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 where a file is not up to date"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write, or check."""
    settings = read_settings(ROOT / NAME)
    stale = []
    for path, content in generated(settings).items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != content:
            stale.append(path)
            if not arguments.check:
                target.write_text(content, encoding="utf-8")
    if arguments.check and stale:
        complain(f"not up to date, run `make generate`: {', '.join(stale)}")
        return 1
    say("all generated files are up to date" if not stale else f"written: {', '.join(stale)}")
    return 0
