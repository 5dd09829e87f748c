"""``pillarwatch attest``: what people have attested, and what they have not, by risk."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.checks import counted
from cli.output import one_line, say, say_json
from cli.results.columns import aligned
from pillarwatch.errors import UserError
from pillarwatch.framework import attestations, best_practices
from rules.catalogue import all_checks
from settings.discovery import ATTESTATIONS, NAME, settings_for

if TYPE_CHECKING:
    from pillarwatch.attestation import Attestation, State
    from pillarwatch.settings import Settings

RISKS = ("HIGH", "MEDIUM", "LOW")
MOST_CHECKS = 3  # named
EPILOG = f"""\
An attestation is the statement of a person that a best practice is implemented.
Attestations are in {ATTESTATIONS} beside {NAME}. `scan` and `review` use them at once, a deployment after
`pillarwatch deploy`. `pillarwatch attest new PRACTICE` writes an entry, and `attest check` validates the file.
docs/attestations.md explains the kinds of attestations."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``attest``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_file(parser)
    add_scope(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="also list best practices that have checks and no attestation",
    )
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


def add_scope(parser: argparse.ArgumentParser) -> None:
    """The arguments that say of what attestations are."""
    parser.add_argument("--workload", default="", help="of which workload (default: of the account)")
    parser.add_argument("--component", default="", help="a component of the workload")


def check_scope(arguments: argparse.Namespace) -> None:
    """Refuse a component without its workload.

    Raises:
        UserError: there is no workload.
    """
    if arguments.component and not arguments.workload:
        raise UserError(f"component {arguments.component!r}: name its workload with --workload")


def run(arguments: argparse.Namespace) -> int:
    """Print the attestations and what is unattested.

    Raises:
        UserError: a file cannot be used, or an argument is wrong.
    """
    check_scope(arguments)
    if arguments.limit < 0:
        raise UserError(f"--limit {arguments.limit}: give 0 or a number above")
    settings = settings_for([], arguments.settings).settings
    known = attested(settings, arguments.workload, arguments.component)
    open_ones = unattested({each.practice for each, _ in known}, with_checks=arguments.all)
    if arguments.json:
        document: dict[str, Any] = {"attestations": [described(each, state) for each, state in known]}
        say_json(document | {"unattested": open_ones})
        return 0
    if known:
        rows: list[tuple[str, ...]] = [("State", "Ends", "Best practice", "Attestation", "Statement")]
        rows += [(state, each.expires, each.practice, each.id, one_line(each.statement)) for each, state in known]
        say("\n".join(aligned(rows)), end="\n\n")
    if others := elsewhere(settings, arguments.workload):
        say(f"{others}\n")
    without = "without" if arguments.all else "without a check and without"
    say(f"{counted(len(open_ones), 'best practice')} {without} an attestation, by risk:\n")
    for one in open_ones[: arguments.limit]:
        say(f"{one['practice']}  {one['risk'].lower():6}  {one['title']}")
        if text := one["to_show"] or _beside(one["checks"]):
            say(f"    {text}")
    if len(open_ones) > arguments.limit:
        say(f"\nand {len(open_ones) - arguments.limit} more; --limit or --json lists them")
    return 0


def _beside(checks: list[str]) -> str:
    if not checks:
        return ""
    more = f" and {len(checks) - MOST_CHECKS} more" if len(checks) > MOST_CHECKS else ""
    return f"beside {', '.join(checks[:MOST_CHECKS])}{more}"


def attested(settings: Settings, workload: str, component: str) -> list[tuple[Attestation, State]]:
    """The attestations of a scope with their states, as far as no failing check contradicts them."""
    today = datetime.now(UTC).date().isoformat()
    return [(each, each.state(today, ())) for each in settings.attestations if each.is_of(workload, component)]


def elsewhere(settings: Settings, workload: str) -> str:
    """How many attestations are of other workloads, or of the account; empty if none is."""
    others = Counter(each.workload for each in settings.attestations if each.workload != workload)
    where = (
        f"{n} of {f'workload {one_line(name)} (--workload)' if name else 'the account'}" for name, n in others.items()
    )
    return f"not shown: {counted(others.total(), 'attestation')}, {', '.join(where)}" if others else ""


def unattested(known: set[str], *, with_checks: bool) -> list[dict[str, Any]]:
    """The best practices without an attestation, the highest risk first, and in the order of the framework.

    Args:
        known: best practices with an attestation.
        with_checks: those that checks serve as well; they have no text of what an attestation has to show.
    """
    serving: dict[str, list[str]] = {}
    for check in all_checks().values():
        for practice in check.best_practices:
            serving.setdefault(practice, []).append(check.id)
    left_out = known if with_checks else known | serving.keys()
    found = [one for one in best_practices().values() if one.id not in left_out]
    return [
        {
            "practice": one.id,
            "pillar": one.pillar,
            "risk": one.risk,
            "title": one.title,
            "to_show": attestations().get(one.id, ""),
            "checks": serving.get(one.id, []),
            "url": one.url,
        }
        for one in sorted(found, key=lambda one: RISKS.index(one.risk))
    ]


def described(attestation: Attestation, state: State) -> dict[str, Any]:
    """An attestation for programs."""
    return {**attestation._asdict(), "state": state}
