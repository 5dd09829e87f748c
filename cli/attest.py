"""``pillarwatch attest``: what people have attested, and what they have not, by risk."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.checks import counted
from cli.output import one_line, say, say_json
from cli.results.columns import aligned
from pillarwatch.framework import attestations, best_practice, best_practices
from rules.catalogue import all_checks
from settings.discovery import ATTESTATIONS, NAME, settings_for

if TYPE_CHECKING:
    from pillarwatch.attestation import Attestation, State
    from pillarwatch.settings import Settings

RISKS = ("HIGH", "MEDIUM", "LOW")
EPILOG = f"""\
Attestations are in {ATTESTATIONS} beside {NAME}. `scan` and `review` use them at once, a deployment after
`pillarwatch deploy`. `pillarwatch attest new PRACTICE` writes an entry, and `attest check` validates the file.
docs/attestations.md explains the kinds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``attest``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_file(parser)
    parser.add_argument(
        "--workload", default="", help="show the attestations of this workload (default: of the account)"
    )
    parser.add_argument("--component", default="", help="a component of the workload")
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="at most N unattested (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print all entries as JSON")


def add_file(parser: argparse.ArgumentParser) -> None:
    """The argument that says which file is read."""
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"settings file with {ATTESTATIONS} beside it (default: the nearest)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the attestations and what is unattested.

    Raises:
        UserError: a file cannot be used.
    """
    settings = settings_for([], arguments.settings).settings
    known = attested(settings, arguments.workload, arguments.component)
    open_ones = unattested({each.practice for each, _ in known})
    if arguments.json:
        document: dict[str, Any] = {"attestations": [described(each, state) for each, state in known]}
        say_json(document | {"unattested": open_ones})
        return 0
    if known:
        rows: list[tuple[str, ...]] = [("State", "Ends", "Best practice", "Attestation", "Statement")]
        rows += [(state, each.expires, each.practice, each.id, one_line(each.statement)) for each, state in known]
        say("\n".join(aligned(rows)), end="\n\n")
    say(f"{counted(len(open_ones), 'best practice')} without a check and without an attestation, by risk:\n")
    shown = open_ones[: max(arguments.limit, 0)]
    say("\n".join(f"{one['practice']}  {one['risk'].lower():6}  {one['title']}\n    {one['to_show']}" for one in shown))
    if len(open_ones) > len(shown):
        say(f"\nand {len(open_ones) - len(shown)} more; --limit or --json lists them")
    return 0


def attested(settings: Settings, workload: str, component: str) -> list[tuple[Attestation, State]]:
    """The attestations of a scope with their states, as far as no failing check contradicts them."""
    today = datetime.now(UTC).date().isoformat()
    return [(each, each.state(today, ())) for each in settings.attestations if each.is_of(workload, component)]


def unattested(known: set[str]) -> list[dict[str, str]]:
    """The best practices without a check and without an attestation, the highest risk first."""
    served = {practice for check in all_checks().values() for practice in check.best_practices}
    order = {practice: place for place, practice in enumerate(best_practices())}
    found = [best_practice(each) for each in attestations() if each not in served | known]
    found.sort(key=lambda one: (RISKS.index(one.risk), order[one.id]))
    return [
        {
            "practice": one.id,
            "pillar": one.pillar,
            "risk": one.risk,
            "title": one.title,
            "to_show": attestations()[one.id],
            "url": one.url,
        }
        for one in found
    ]


def described(attestation: Attestation, state: State) -> dict[str, Any]:
    """An attestation for programs."""
    return {**attestation._asdict(), "state": state}
