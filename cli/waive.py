"""``pillarwatch waive``: accept a risk until a day, in the settings file."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.queries.waivers import coverable
from cli.aws import add_connection
from cli.checks import counted
from cli.output import say, say_json, write_file
from cli.results.arguments import table_of
from pillarwatch.errors import UserError, UserErrors
from pillarwatch.settings import Waiver
from settings.discovery import NAME, settings_for
from settings.validation import settings_in
from settings.waiving import entry_of, with_waiver
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    from pillarwatch.settings import Settings

EPILOG = """\
example:
  pillarwatch waive s3-bucket-versioning-enabled "build-cache-*" --days 90 \\
      --approver "Head of Platform" --reason "everything in it can be built again" --dry-run --templates stacks

    A waived failure is shown and does not lower the score. `scan` and `review` use the file at once. A deployment uses
    it after the next `pillarwatch deploy`. A deployed Pillarwatch sends a message 14, 7 and 1 days before a waiver
    ends. `pillarwatch waivers` lists all waivers; to end one, remove it from the file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``waive``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "check", metavar="CHECK", help="id of a check, or of a best practice to waive all checks that serve it"
    )
    parser.add_argument(
        "resource", nargs="?", default="*", help="pattern of its id, name, ARN or logical id (default: every resource)"
    )
    parser.add_argument("--reason", required=True, help="why the risk is accepted; the review prints this sentence")
    parser.add_argument("--approver", required=True, help="who accepts the risk")
    end = parser.add_mutually_exclusive_group(required=True)
    end.add_argument("--expires", metavar="DATE", help="last day of the waiver, for example 2027-06-30")
    end.add_argument("--days", type=int, help="number of days from today until the last day")
    parser.add_argument("--workload", default="", help="waive only in this workload")
    parser.add_argument("--tag", default="", metavar="KEY=VALUE", help="waive only resources with this tag")
    parser.add_argument("--stack", default="", help="waive only resources of this CloudFormation stack")
    parser.add_argument("--account", default="*", help="waive only in this account")
    parser.add_argument("--settings", type=Path, metavar="FILE", help=f"settings file (default: the nearest {NAME})")
    parser.add_argument("--dry-run", action="store_true", help="print the entry, and write no file")
    counts = parser.add_argument_group("count the failures that the waiver covers")
    counts.add_argument("--templates", nargs="+", metavar="TEMPLATE", help="in templates or folders")
    counts.add_argument(
        "--deployment",
        nargs="?",
        const="pillarwatch",
        metavar="STACK",
        help="in a deployment, by the name of its stack (default: pillarwatch)",
    )
    counts.add_argument("--table", help="in a deployment, by the name of its table")
    add_connection(parser)
    parser.add_argument("--json", action="store_true", help="print the waiver as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Add the waiver to the file.

    Raises:
        UserError: the file or the waiver cannot be used, or failures cannot be counted; the file stays as it was.
    """
    waiver = Waiver(
        check=arguments.check,
        reason=arguments.reason,
        expires=_last_day(arguments).isoformat(),
        resource=arguments.resource,
        account=arguments.account,
        tag=arguments.tag,
        stack=arguments.stack,
        approver=arguments.approver,
        workload=arguments.workload,
    )
    deployed = bool(arguments.deployment or arguments.table)
    if deployed and arguments.templates:
        raise UserError("--templates and a deployment: count in one of them")
    path = arguments.settings or settings_for(arguments.templates or [], None).path or Path(NAME)
    text = with_waiver(path, waiver)
    settings = settings_in(path, text)
    covers = _covers(arguments, settings, waiver) if deployed or arguments.templates else None
    if not arguments.dry_run:
        write_file(path, text)
    without_tags = deployed and bool(waiver.tag or waiver.stack)
    if arguments.json:
        document = {"file": str(path), "written": not arguments.dry_run, "waiver": waiver._asdict()}
        say_json(document | {"covers": covers, "covers_at_most": without_tags})
        return 0
    say(f"{path} would get:" if arguments.dry_run else f"written: {path}", end="\n\n")
    say(entry_of(waiver), end="")
    if covers is not None:
        where = "the deployment" if deployed else "the templates"
        at_most = " at most" if without_tags else ""
        why = "; the table has no tags, so which of them match is unknown until the evaluation" if without_tags else ""
        say(f"\nIt covers{at_most} {counted(covers, 'failure')} of {where}{why}.")
    elif arguments.dry_run:
        say("\n--templates or --deployment counts the failures that it covers.")
    return 0


def _covers(arguments: argparse.Namespace, settings: Settings, waiver: Waiver) -> int:
    """How many failures the waiver covers that no earlier waiver covers."""
    if arguments.templates:
        scan = scanned(map(Path, arguments.templates), settings, datetime.now(UTC))
        if scan.errors:
            raise UserErrors(error.located for error in scan.errors)
        return sum(result.waiver == waiver for result in scan.results)
    where = argparse.Namespace(**{**vars(arguments), "stack": arguments.deployment})
    with table_of(where) as table:
        return coverable(table, waiver)


def _last_day(arguments: argparse.Namespace) -> date:
    today = datetime.now(UTC).date()
    if arguments.days is not None:
        if arguments.days < 1:
            raise UserError(f"--days {arguments.days}: give a number above 0")
        return today + timedelta(days=arguments.days)
    try:
        last = date.fromisoformat(arguments.expires)
    except ValueError:
        raise UserError(f"--expires {arguments.expires}: give a date, e.g. 2027-06-30") from None
    if last < today:
        raise UserError(f"--expires {arguments.expires}: is in the past")
    return last
