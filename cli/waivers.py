"""``pillarwatch waivers``: the accepted risks of the settings, how many failures each covers, and when it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aggregator.deployed_settings import deployed_settings
from aggregator.queries.waivers import covered
from cli.output import one_line, say, say_json
from cli.results.arguments import add_table, table_of
from cli.results.columns import aligned
from pillarwatch.errors import UserError
from settings.discovery import NAME, settings_for
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pillarwatch.settings import Settings, Waiver

SOON = 14  # days


class Row(NamedTuple):
    """A waiver and how it stands."""

    waiver: Waiver
    covers: int  #: failures
    days: int  #: left; negative after the end

    @property
    def status(self) -> str:
        """In one word or two."""
        if self.days < 0:
            return "expired"
        if not self.covers:
            return "unused"
        return "ends soon" if self.days <= SOON else "active"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``waivers``."""
    parser.epilog = (
        "A deployment's table has no tags. Of waivers with a tag or a stack, it shows what the evaluator waived with "
        "their reason and last day."
    )
    parser.add_argument(
        "templates",
        nargs="*",
        metavar="TEMPLATE",
        help="count the failures in templates or folders; without one, in the deployment",
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help=f"settings file of the templates (default: the nearest {NAME})"
    )
    add_table(parser)
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the waivers.

    Raises:
        UserError: the settings or the deployment cannot be read.
    """
    today = datetime.now(UTC).date()
    settings, counts = _of_templates(arguments) if arguments.templates else _of_deployment(arguments)
    rows = [
        Row(waiver, count, (date.fromisoformat(waiver.expires) - today).days)
        for waiver, count in zip(settings.waivers, counts, strict=True)
    ]
    if arguments.json:
        say_json(
            [{**row.waiver._asdict(), "covers": row.covers, "days": row.days, "status": row.status} for row in rows]
        )
    elif rows:
        say(_table(rows))
    else:
        say("no waivers; `pillarwatch waive --help` explains them")
    return 0


def _of_templates(arguments: argparse.Namespace) -> tuple[Settings, list[int]]:
    settings = settings_for(arguments.templates, arguments.settings).settings
    results = scanned(map(Path, arguments.templates), settings, datetime.now(UTC)).results
    return settings, [sum(result.waiver == waiver for result in results) for waiver in settings.waivers]


def _of_deployment(arguments: argparse.Namespace) -> tuple[Settings, list[int]]:
    with table_of(arguments) as table:
        settings = deployed_settings(table)
        if settings is None:
            raise UserError(f"table {table.name}: has no settings yet; `pillarwatch deploy` stores them")
        return settings, covered(table, settings.waivers)


def _table(rows: Sequence[Row]) -> str:
    lines: list[tuple[str, ...]] = [("Status", "Ends", "Covers", "Check", "Where", "Approver", "Reason")]
    for row in sorted(rows, key=lambda row: row.waiver.expires):
        waiver = row.waiver
        where = [
            waiver.resource,
            *(f"{name} {value}" for name in ("workload", "tag", "stack") if (value := getattr(waiver, name))),
        ]
        where += [f"account {waiver.account}"] if waiver.account != "*" else []
        lines.append(
            (
                row.status,
                waiver.expires,
                str(row.covers),
                waiver.check,
                one_line(", ".join(where)),
                one_line(waiver.approver) or "-",
                one_line(waiver.reason),
            )
        )
    return "\n".join(aligned(lines, right=(2,)))
