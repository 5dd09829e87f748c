"""``pillarwatch attest check``: validate the file of attestations."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.attest import add_file, described
from cli.checks import counted
from cli.output import one_line, say, say_json
from pillarwatch.attestation import GOOD_STATES
from pillarwatch.errors import UserError
from settings.discovery import ATTESTATIONS, settings_for

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``attest check``."""
    add_file(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print how many attestations have which state. 1: one does not show that its best practice is implemented.

    Raises:
        UserErrors: the file has errors, each with its line.
        UserError: there is no file.
    """
    in_force = settings_for([], arguments.settings)
    if in_force.attestations is None:
        raise UserError(f"there is no {ATTESTATIONS}; `pillarwatch attest new PRACTICE` writes one")
    today = datetime.now(UTC).date().isoformat()
    found = [(each, each.state(today, ())) for each in in_force.settings.attestations]
    if arguments.json:
        say_json([described(each, state) for each, state in found])
    else:
        states = Counter(state for _, state in found)
        say(f"{in_force.attestations}: {counted(len(found), 'attestation')}", end="")
        say("".join(f"; {count} {state}" for state, count in states.items()))
        for each, state in found:
            if state not in GOOD_STATES:
                say(one_line(f"  {each.id} ({each.practice}): {'; '.join((state, *each.particulars))}"))
    return int(any(state not in GOOD_STATES for _, state in found))
