"""``pillarwatch findings``: the resources that fail checks in a deployment."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from aggregator.queries.filters import VERDICTS, Filters, filtered
from aggregator.queries.values import with_values
from cli.checks import counted, find
from cli.output import one_line, say, say_json
from cli.results.arguments import add_deployment, basis_of, deployment, title
from cli.results.columns import say_csv, short_type
from pillarwatch.check import SEVERITIES
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    from aggregator.queries import Finding
    from aggregator.queries.filters import Found

COLUMNS = (
    *("severity", "check", "verdict", "account", "region", "type", "id", "name", "arn", "owner"),
    *("workload", "component", "environment", "since", "annotation", "value", "waiver", "expires", "source"),
)
EPILOG = """\
examples:
  pillarwatch findings --severity high              the worst of the account
  pillarwatch findings --workload shop --pillar security
  pillarwatch findings --resource 'orders-*'        all that fails on some resources
  pillarwatch findings --verdict waived --csv       accepted risks, for a spreadsheet"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``findings``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_deployment(parser)
    parser.add_argument(
        "--pillar",
        action="append",
        default=[],
        choices=PILLARS,
        metavar="PILLAR",
        help=f"only checks that serve this pillar; may be repeated: {', '.join(PILLARS)}",
    )
    parser.add_argument(
        "--check", action="append", default=[], metavar="ID", help="evaluate only this check; can be repeated"
    )
    parser.add_argument(
        "--severity",
        choices=SEVERITIES,
        metavar="SEVERITY",
        help=f"only this severity or worse: {', '.join(SEVERITIES)}",
    )
    parser.add_argument(
        "--verdict",
        action="append",
        choices=tuple(VERDICTS),
        metavar="VERDICT",
        help=f"{', '.join(VERDICTS)}; may be repeated (default: non-compliant)",
    )
    parser.add_argument(
        "--resource",
        default="",
        metavar="PATTERN",
        help="show only resources with this name, id or ARN; * and ? are wildcards",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV: a row for each finding")
    form.add_argument("--json", action="store_true", help="print JSON with all that is known about each finding")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings that match.

    Raises:
        UserError: the deployment, scope or check is not there.
    """
    filters = Filters(
        verdicts=tuple(dict.fromkeys(arguments.verdict or ["non-compliant"])),
        checks=[find(check).id for check in arguments.check],
        pillars=arguments.pillar,
        severity=arguments.severity or "",
        resource=arguments.resource,
    )
    with deployment(arguments) as (table, scope):
        found = filtered(table, scope, filters, basis_of(table))
        if arguments.json or arguments.csv:
            found = found._replace(findings=with_values(table, found.findings))
    if arguments.json:
        findings = [{**one._asdict(), "resource": one.resource._asdict()} for one in found.findings]
        say_json({**found._asdict(), "name": found.name._asdict(), "findings": findings})
    elif arguments.csv:
        say_csv(COLUMNS, ([_value(one, column) for column in COLUMNS] for one in found.findings))
    else:
        say(listed(found, filters))
    return 0


def listed(found: Found, filters: Filters) -> str:
    """The findings as text: two lines each, under a line for each check."""
    wanted = " or ".join(filters.verdicts)
    lines = [f"{title(found.name)}, as of {found.at[:19]}Z: {counted(len(found.findings), 'finding')} ({wanted})"]
    last = None
    for one in found.findings:
        if (heading := (one.severity, one.check)) != last:
            lines += ["", f"{one.severity}  {one.check}"]
            last = heading
        lines += [f"  {_where(one)}", f"      {one_line(one.annotation)}"]
        if one.waiver:
            lines.append(f"      accepted until {one.expires}: {one_line(one.waiver)}")
    notes = []
    if found.others:
        others = " and ".join(f"{n} {verdict}" for verdict, n in found.others.items())
        notes.append(f"not shown: {others} of the same checks; see --verdict")
    if found.unlisted:
        notes.append(f"{found.unlisted} more are counted and not in the index yet; try again in a minute")
    return "\n".join([*lines, *(["", *notes] if notes else [])])


def _where(finding: Finding) -> str:
    resource = finding.resource
    kind = short_type(resource.type)
    place = "/".join(filter(None, (finding.workload, finding.component))) or "no workload"
    owner = [f"owner {resource.owner}"] if resource.owner else []
    parts = [f"{kind} {resource.name or resource.id}", resource.account, resource.region, place, *owner]
    verdict = "" if finding.verdict == "NON_COMPLIANT" else f"  {finding.verdict}"
    return one_line("  ".join([*parts, f"since {finding.since[:10]}"])) + verdict


def _value(finding: Finding, column: str) -> str:
    owner = finding.resource if column in finding.resource._fields else finding
    return str(getattr(owner, column))
