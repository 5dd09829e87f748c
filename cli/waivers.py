"""``pillarwatch waivers``: the accepted risks and denials of the settings, what they cover, and when they end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
    from collections.abc import Mapping, Sequence

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
        return "unused" if not self.covers and self.days >= 0 else status_by(self.days)


def status_by(days: int) -> str:
    """The status of what ends in so many days; a negative number is after the end."""
    if days < 0:
        return "expired"
    return "ends soon" if days <= SOON else "active"


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
    parser.add_argument("--json", action="store_true", help="print JSON")


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
    denials = []
    for action, entry in settings.document["collectors"]["accepted_denials"].items():
        days = (date.fromisoformat(entry["expires"]) - today).days
        denials.append({"action": action, **entry, "days": days, "status": status_by(days)})
    if arguments.json:
        waivers = [
            {**row.waiver._asdict(), "covers": row.covers, "days": row.days, "status": row.status} for row in rows
        ]
        say_json({"waivers": waivers, "accepted_denials": denials})
        return 0
    say(_table(rows) if rows else "no waivers; `pillarwatch waive --help` explains them")
    if denials:
        say(f"\nAccepted denials:\n{_table_of_denials(denials)}")
    return 0


def _table_of_denials(denials: Sequence[Mapping[str, Any]]) -> str:
    lines: list[tuple[str, ...]] = [("Status", "Ends", "Action", "Approver", "Reason")]
    for one in sorted(denials, key=lambda one: str(one["expires"])):
        texts = (one_line(one.get(name, "")) or "-" for name in ("action", "approver", "reason"))
        lines.append((one["status"], one["expires"], *texts))
    return "\n".join(aligned(lines))


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
