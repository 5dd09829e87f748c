"""``pillarwatch waive``: accept a risk until a day, in the settings file."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cli.output import say, say_json, write_file
from pillarwatch.errors import UserError
from pillarwatch.settings import Waiver
from settings.discovery import NAME, settings_for
from settings.validation import settings_in
from settings.waiving import entry_of, with_waiver

EPILOG = """\
example:
  pillarwatch waive s3-bucket-versioning-enabled "build-cache-*" --days 90 \\
      --approver "Head of Platform" --reason "everything in it can be built again"

    A waived failure is shown and does not lower the score. `scan` and `review` use the file at once. A deployment uses
    it after the next `pillarwatch deploy`. A deployed Pillarwatch sends a message 14, 7 and 1 days before a waiver
    ends. `pillarwatch waivers` lists all waivers; to end one, remove it from the file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``waive``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument("check", metavar="CHECK", help="the check, or a best practice: all checks that serve it")
    parser.add_argument(
        "resource", nargs="?", default="*", help="pattern of its id, name, ARN or logical id (default: every resource)"
    )
    parser.add_argument("--reason", required=True, help="a sentence; the review prints it")
    parser.add_argument("--approver", required=True, help="who accepts the risk")
    end = parser.add_mutually_exclusive_group(required=True)
    end.add_argument("--expires", metavar="DATE", help="the last day, e.g. 2027-06-30")
    end.add_argument("--days", type=int, help="the number of days from today")
    parser.add_argument("--workload", default="", help="only in this workload")
    parser.add_argument("--tag", default="", metavar="KEY=VALUE", help="only resources with this tag")
    parser.add_argument("--stack", default="", help="only resources of this CloudFormation stack")
    parser.add_argument("--account", default="*", help="only in this account")
    parser.add_argument("--settings", type=Path, metavar="FILE", help=f"settings file (default: the nearest {NAME})")
    parser.add_argument("--dry-run", action="store_true", help="print the entry, write nothing")
    parser.add_argument("--json", action="store_true", help="print the waiver for programs")


def run(arguments: argparse.Namespace) -> int:
    """Add the waiver to the file.

    Raises:
        UserError: the file or the waiver cannot be used; the file stays as it was.
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
    path = arguments.settings or settings_for([], None).path or Path(NAME)
    text = with_waiver(path, waiver)
    settings_in(path, text)
    if not arguments.dry_run:
        write_file(path, text)
    if arguments.json:
        say_json({"file": str(path), "written": not arguments.dry_run, "waiver": waiver._asdict()})
    else:
        say(f"{path} would get:" if arguments.dry_run else f"written: {path}", end="\n\n")
        say(entry_of(waiver), end="")
    return 0


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
