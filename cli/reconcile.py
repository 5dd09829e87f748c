"""``pillarwatch reconcile``: recount a deployment's table, and repair what is wrong."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.reconcile import compare, reconcile
from aggregator.store import Store
from cli.output import complain, say, say_json
from cli.results.arguments import add_table, table_of

if TYPE_CHECKING:
    from aggregator.reconcile import Report

EPILOG = """\
Counters and findings must agree with the states of the resources. The deployment recounts them once a day, and
repairs what is wrong. This command does the same now. After a repair the next tick, within five minutes, computes the
scores. It can be stopped at any time and started again.

Needed: dynamodb:Scan, Query and BatchGetItem on the table; to repair also PutItem, UpdateItem and DeleteItem."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``reconcile``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_table(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what is wrong, repair nothing; 1: something is wrong"
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """Compare and repair. 1: something is wrong and was not repaired.

    Raises:
        UserError: the deployment cannot be read or written.
    """
    with table_of(arguments) as table:
        act = compare if arguments.dry_run else reconcile
        report = act(Store(table), datetime.now(UTC), lambda line: complain(f"pillarwatch reconcile: {line}"))
    if arguments.json:
        say_json({**report._asdict(), "scopes": sorted(report.scopes), "drift": report.drift})
    else:
        say(summary(report))
    return int(report.drift > 0)


def summary(report: Report) -> str:
    """What was found and done, in one or two sentences."""
    wrong = report.counters + report.findings + report.values
    if not wrong:
        return f"{report.resources} resources: all counters, findings and values agree with the states."
    parts = f"{report.counters} counters, {report.findings} findings and {report.values} values"
    return f"{report.resources} resources: {parts} were wrong. {report.repaired} of {wrong} are repaired."
