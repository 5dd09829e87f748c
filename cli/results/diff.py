"""``pillarwatch diff``: which checks and resources moved the scores of a deployment between two times."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.history import CHANGES_KEPT
from aggregator.queries.changes import OVERALL, Unsettled, difference
from cli.checks import counted
from cli.output import complain, one_line, say, say_json
from cli.results.arguments import add_deployment, basis_of, deployment, differs, title
from cli.results.columns import aligned, short_type
from cli.results.times import TIME_HELP, time_of
from pillarwatch.errors import UserError
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    from aggregator.queries.changes import CheckChange, Difference, ResourceChange

MOST_CHECKS, MOST_RESOURCES = 20, 5  # in the text; resources of a check
EPILOG = f"""\
examples:
  pillarwatch diff 24h                        since yesterday
  pillarwatch diff 2026-11-23 2026-11-30      one week
  pillarwatch diff 7d --workload shop --json

The points of all checks add up to the difference of the scores. A score is no sum of its checks, so the checks are
changed one after the other, in one order and in the reverse, and each has the mean of both. Both scores are computed
with the checks and settings of today. Changes are kept for {CHANGES_KEPT.days} days."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``diff``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument("begins", metavar="FROM", help=f"the earlier time: {TIME_HELP}")
    parser.add_argument("ends", metavar="TO", nargs="?", default="now", help="the later time (default: now)")
    add_deployment(parser)
    parser.add_argument("--json", action="store_true", help="print JSON with every resource of every check")


def run(arguments: argparse.Namespace) -> int:
    """Print the difference.

    Raises:
        UserError: a time cannot be used, or the deployment or scope is not there.
    """
    now = datetime.now(UTC)
    begins, ends = time_of(arguments.begins, now), time_of(arguments.ends, now)
    if begins >= ends:
        raise UserError(f"FROM {arguments.begins} is not before TO {arguments.ends}")
    if begins < now - CHANGES_KEPT:
        raise UserError(f"FROM {arguments.begins}: changes are kept for {CHANGES_KEPT.days} days; see scores --history")
    with deployment(arguments) as (table, scope):
        basis = basis_of(table)
        try:
            found = difference(table, scope, begins, ends, basis)
        except Unsettled:
            raise UserError("the scope changes while it is read; try again in a minute") from None
    for line in differs(basis, found.basis):
        complain(f"pillarwatch diff: {line}")
    if arguments.json:
        checks = [{**one._asdict(), "resources": [each._asdict() for each in one.resources]} for one in found.checks]
        say_json({**found._asdict(), "name": found.name._asdict(), "checks": checks})
    else:
        say(text_of(found))
    return 0


def text_of(found: Difference) -> str:
    """The difference as text."""
    times = f"{found.begins[:19].replace('T', ' ')} to {found.ends[:19].replace('T', ' ')} UTC"
    rows = [("Pillar", "From", "To", "Moved")]
    for of in (*PILLARS, OVERALL):
        before, after = found.before[of], found.after[of]
        moved = "" if before is None or after is None else _signed(round(after - before, 2))
        rows.append((of, _points(before), _points(after), moved))
    lines = [f"{title(found.name)}, {times}", "", *aligned(rows, right=(1, 2, 3))]
    if not found.checks:
        return "\n".join([*lines, "", "no verdict changed"])
    for one in found.checks[:MOST_CHECKS]:
        lines += ["", *_check(one)]
    if (more := len(found.checks) - MOST_CHECKS) > 0:
        lines += ["", f"and {counted(more, 'check')} more that moved less; --json lists them"]
    return "\n".join(lines)


def _check(change: CheckChange) -> list[str]:
    moved = ", ".join(f"{of} {_signed(points)}" for of, points in change.points.items())
    lines = [f"{change.check}  ({counted(len(change.resources), 'resource')})  {moved or 'moved no score'}"]
    lines += [f"    {_resource(each)}" for each in change.resources[:MOST_RESOURCES]]
    if more := len(change.resources) - MOST_RESOURCES:
        lines += [f"    and {more} more; --json lists them"] if more > 0 else []
    return lines


def _resource(change: ResourceChange) -> str:
    kind = short_type(change.type)
    was, now = change.before or "not evaluated", change.after or "not evaluated"
    return one_line(f"{kind} {change.name or change.id}: {was} → {now}")


def _points(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:+.2f}"
