"""``pillarwatch reconcile``: compare a deployment's table with itself and with AWS Config, and repair what is wrong."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.catalogue import change_types
from aggregator.inventory import Compared, Inventory, requested
from aggregator.inventory import run as compare_with_config
from aggregator.reconcile import compare, reconcile
from aggregator.store import Store
from cli.aws import client, explained, output_of, session
from cli.output import complain, say, say_json
from cli.results.arguments import add_table, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from aggregator.reconcile import Report

EPILOG = """\
The deployment does this once a day. The command does it now:

1. It recounts all counters, findings and values from the states of the resources, and repairs those that are wrong.
2. It compares the resources in the table with those that AWS Config has recorded. It requests the evaluation of
   resources that the table does not have, or has from an older configuration item. It withdraws the verdicts of
   resources that AWS Config does not have or record any more. Changes of the last hour are left out.

An empty table is rebuilt in this way. What collectors list comes back with their next schedule, within a day.
The next tick, within five minutes, computes the scores. The command can be stopped at any time and started again.

Needed: dynamodb:Scan, Query and BatchGetItem on the table, config:SelectResourceConfig,
config:DescribeConfigurationRecorders and sts:GetCallerIdentity; to repair also dynamodb:PutItem, UpdateItem and
DeleteItem on the table and events:PutEvents on the event bus."""
HINT = "config:SelectResourceConfig, config:DescribeConfigurationRecorders and events:PutEvents are needed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``reconcile``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_table(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="show what is wrong and repair nothing; exit with 1 if something is wrong",
    )
    parser.add_argument("--bus", help="name of the event bus (default: the stack's)")
    parser.add_argument("--json", action="store_true", help="print the numbers for programs")


def run(arguments: argparse.Namespace) -> int:
    """Compare and repair. 1: something is wrong and was not repaired.

    Raises:
        UserError: the deployment or AWS Config cannot be read or written.
    """
    now, connection = datetime.now(UTC), session(arguments)
    bus = "" if arguments.dry_run else arguments.bus or output_of(connection, arguments, "EventBusName")
    with table_of(arguments) as table:
        report = (compare if arguments.dry_run else reconcile)(Store(table), now, _progress)
        with explained(f"AWS Config in {connection.region_name}", HINT):
            found = _compare(connection, Store(table), bus, now)
    if arguments.json:
        say_json(
            {**report._asdict(), "scopes": sorted(report.scopes), "drift": report.drift, "config": found._asdict()}
        )
    else:
        say("\n".join([recounted(report), *compared(found, repaired=not arguments.dry_run)]))
    return int(report.drift > 0 or (arguments.dry_run and found.drift > 0))


def recounted(report: Report) -> str:
    """What the recount found and did, in one or two sentences."""
    if not report.wrong:
        return f"{report.resources} resources: all counters, findings and values agree with the states."
    parts = f"{report.counters} counters, {report.findings} findings and {report.values} values"
    return f"{report.resources} resources: {parts} were wrong. {report.repaired} of {report.wrong} are repaired."


def compared(found: Compared, *, repaired: bool) -> list[str]:
    """What the comparison with AWS Config found and did, in sentences."""
    lines = [f"AWS Config has {found.recorded} resources of evaluated types: the table agrees."]
    if found.drift:
        what = f"{found.missing} missing, {found.stale} stale, {found.gone} no longer in AWS Config"
        done = " Evaluations are requested for the first two, and the others are withdrawn." if repaired else ""
        lines = [f"AWS Config has {found.recorded} resources of evaluated types; in the table: {what}.{done}"]
    if found.unrecorded:
        lines.append(f"AWS Config does not record these types: {', '.join(found.unrecorded)}.")
    return lines


def _compare(connection: boto3.Session, store: Store, bus: str, now: datetime) -> Compared:
    account, region = client(connection, "sts").get_caller_identity()["Account"], connection.region_name
    request: Callable[..., None] | None = None
    if bus:
        request = requested(client(connection, "events"), bus, account, region, now)
    inventory = Inventory(store, client(connection, "config"), account, region, now, request)
    return compare_with_config(inventory, change_types(), progress=_progress)[0]


def _progress(line: str) -> None:
    complain(f"pillarwatch reconcile: {line}")
