"""``pillarwatch generate``: write the files that follow from the checks and the settings, or check them.

CI runs it with ``--check`` and fails where a file is not what it would be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import complain, say
from generators.files import deployed, generated
from pillarwatch.errors import UserError
from pillarwatch.root import INSTALLED, ROOT
from pillarwatch.settings import Settings
from settings.attestations import read_attestations
from settings.discovery import ATTESTATIONS, NAME
from settings.validation import read_settings

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``generate``."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 where a file is not up to date"
    )
    parser.add_argument(
        "--deployed", action="store_true", help="only the files that are deployed, none of the documentation"
    )
    parser.add_argument("--quiet", action="store_true", help="print only what is wrong")


def run(arguments: argparse.Namespace) -> int:
    """Write, or check.

    Raises:
        UserError: this is an installed Pillarwatch, whose files stay as they are, or the settings cannot be used.
    """
    if INSTALLED:
        raise UserError("this is no checkout of Pillarwatch; `pillarwatch deploy` generates the files that it deploys")
    file = ROOT / NAME
    settings = read_settings(file) if file.exists() else Settings()
    attested = ROOT / ATTESTATIONS
    if attested.exists():
        settings = Settings({**settings.document, "attestations": read_attestations(attested)})
    stale = []
    for path, content in (deployed if arguments.deployed else generated)(settings).items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != content:
            stale.append(path)
            if not arguments.check:
                target.write_text(content, encoding="utf-8")
    if arguments.check and stale:
        complain(f"not up to date, run `make generate`: {', '.join(stale)}")
        return 1
    if not arguments.quiet:
        say("all generated files are up to date" if not stale else f"written: {', '.join(stale)}")
    return 0
