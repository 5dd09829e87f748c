"""``pillarwatch incidents``: what was reported of a deployment, with causes, begin and end."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.queries.incidents import incidents
from cli.checks import counted
from cli.output import one_line, say, say_json
from cli.results.arguments import add_deployment, deployment, title
from cli.results.columns import short_type
from cli.results.times import TIME_HELP, time_of

if TYPE_CHECKING:
    from aggregator.queries.incidents import Incident, Incidents

EPILOG = """\
examples:
  pillarwatch incidents                      open ones, and those that ended in the last 30 days
  pillarwatch incidents --open --workload shop
  pillarwatch incidents --since 2026-11-01 --json

A cause is a check that begins to fail on a resource. An incident begins when causes lower a pillar by the threshold of
the settings, or when a check of priority P0 begins to fail. The incident ends when its causes lower the pillar by less
than half of the threshold, and none of them has priority P0."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``incidents``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_deployment(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--open", action="store_true", help="show only incidents that have not ended")
    which.add_argument(
        "--since",
        default="30d",
        metavar="TIME",
        help=f"show open incidents, and those that ended after TIME: {TIME_HELP} (default: 30d)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON with all causes that alerts named")


def run(arguments: argparse.Namespace) -> int:
    """Print the incidents, the newest first.

    Raises:
        UserError: the time cannot be used, or the deployment or scope is not there.
    """
    now = datetime.now(UTC)
    since = time_of(arguments.since, now)
    with deployment(arguments) as (table, scope):
        found = incidents(table, scope, since.isoformat(timespec="microseconds"))
    if arguments.open:
        found = found._replace(incidents=[one for one in found.incidents if not one.ended])
    if arguments.json:
        say_json(
            {
                "name": found.name._asdict(),
                "incidents": [
                    {
                        **one._asdict(),
                        "causes": [{**each._asdict(), "resource": each.resource._asdict()} for each in one.causes],
                    }
                    for one in found.incidents
                ],
            }
        )
    else:
        say(listed(found, now))
    return 0


def listed(found: Incidents, now: datetime) -> str:
    """The incidents as text."""
    still_open = sum(not one.ended for one in found.incidents)
    lines = [f"{title(found.name)}: {counted(len(found.incidents), 'incident')}, {still_open} open"]
    for one in found.incidents:
        lines += ["", *_incident(one, now)]
    return "\n".join(lines)


def _incident(incident: Incident, now: datetime) -> list[str]:
    began = datetime.fromisoformat(incident.began)
    lasted = _span((datetime.fromisoformat(incident.ended) if incident.ended else now) - began)
    ended = f"ended {incident.ended[:16].replace('T', ' ')} after {lasted}" if incident.ended else f"open for {lasted}"
    lines = [f"{incident.pillar}: began {incident.began[:16].replace('T', ' ')} UTC, {ended}  [{incident.id}]"]
    for cause in incident.causes:
        resource = cause.resource
        what = f"{short_type(resource.type)} {resource.name or resource.id}"
        lines.append(one_line(f"    {cause.severity}  {what} fails {cause.check}: {cause.annotation}"))
    if not incident.causes and not incident.more:
        lines.append("    passing verdicts left the scope")
    if incident.more:
        lines.append(f"    and {incident.more} more")
    return lines


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - of an hour
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004 - two days
