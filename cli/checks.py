"""``pillarwatch checks``: the catalogue, listed or explained."""

from __future__ import annotations

import difflib
import json
import textwrap
from typing import TYPE_CHECKING, Any

from cli.errors import UserError
from pillarwatch.framework import PILLARS, best_practice
from rules.catalogue import UnknownCheck, all_checks, check_of

if TYPE_CHECKING:
    import argparse

    from pillarwatch import Check

AUTOMATION_URL = "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``checks``."""
    parser.add_argument(
        "check", nargs="?", metavar="CHECK", help="explain this check, e.g. s3-bucket-versioning-enabled"
    )
    parser.add_argument("--pillar", choices=PILLARS, help="only checks that serve this pillar")
    parser.add_argument("--type", metavar="TYPE", help="only checks of this resource type, e.g. AWS::S3::Bucket")
    parser.add_argument("--json", action="store_true", help="a list for programs, with everything known of each check")


def run(arguments: argparse.Namespace) -> int:
    """List or explain.

    Raises:
        UserError: there is no such check, or none of the resource type.
    """
    if arguments.check:
        checks = [find(arguments.check)]
    else:
        checks = [
            check
            for check in all_checks().values()
            if (not arguments.pillar or arguments.pillar in check.pillars)
            and (not arguments.type or arguments.type in check.resource_types)
        ]
        if not checks:
            raise UserError(f"no check judges {arguments.type}; `pillarwatch checks` lists what there is")
    if arguments.json:
        print(json.dumps([described(check) for check in checks], indent=2))
    elif arguments.check:
        print(explained(checks[0]))
    else:
        print(listed(checks))
    return 0


def described(check: Check) -> dict[str, Any]:
    """Everything known of a check, as JSON."""
    return {
        "check": check.id,
        "title": check.title,
        "resource_types": list(check.resource_types),
        "trigger": check.trigger,
        "collector": check.collector or None,
        "best_practices": list(check.best_practices),
        "because": dict(check.best_practices),
        "pillar": check.pillar,
        "pillars": check.pillars,
        "severity": check.severity,
        "effort": check.effort,
        "managed_rule": check.managed_rule or None,
        "why": check.why,
        "fix": check.fix,
        "automation": check.automation or None,
        "parameters": dict(check.parameters),
        "live": check.live,
    }


def listed(checks: list[Check]) -> str:
    """A line for each check, grouped by pillar."""
    width = max(len(check.id) for check in checks)
    lines = []
    for pillar in PILLARS:
        of_pillar = [check for check in checks if check.pillar == pillar]
        if of_pillar:
            lines += ["", f"{pillar}  ({len(of_pillar)} checks)"]
            lines += [f"  {check.id:{width}}  {check.severity:8}  {check.title}" for check in of_pillar]
    types = {resource_type for check in checks for resource_type in check.resource_types}
    lines += ["", f"{len(checks)} checks on {len(types)} resource types. Explain one: pillarwatch checks CHECK"]
    return "\n".join(lines[1:])


def explained(check: Check) -> str:
    """A check as a person reads it."""
    practices = "\n".join(
        f"  {practice} {best_practice(practice).title} ({best_practice(practice).risk.lower()} risk)\n"
        f"    {because}\n    {best_practice(practice).url}"
        for practice, because in check.best_practices.items()
    )
    facts = [
        f"{check.id}: {check.title}",
        "",
        textwrap.fill(check.why, 100),
        "",
        f"Judges      {', '.join(check.resource_types)}",
        f"When        {_when(check)}",
        f"Severity    {check.severity}",
        textwrap.fill(f"Mend it     {check.fix}", 100, subsequent_indent=" " * 12) + f" (effort {check.effort})",
    ]
    if check.automation:
        facts.append(f"Automation  AWS's Systems Manager document {check.automation}\n            {AUTOMATION_URL}")
    if check.managed_rule:
        facts.append(f"AWS Config  managed rule {check.managed_rule} has the same intent")
    facts += [f"Parameter   {name}, by default {default!r}" for name, default in check.parameters.items()]
    return "\n".join([*facts, "", "Best practices it serves, and why failing it means failing them:", practices])


def _when(check: Check) -> str:
    when = (
        "the moment the resource changes"
        if check.trigger == "change"
        else f"on schedule, by collector {check.collector}"
    )
    return f"{when}; {'no template can answer it' if check.live else 'in templates too'}"


def find(check_id: str) -> Check:
    """The check of an id.

    Raises:
        UserError: there is none; it names those that are near.
    """
    try:
        return check_of(check_id)
    except UnknownCheck:
        near = difflib.get_close_matches(check_id, all_checks(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`pillarwatch checks` lists them"
        raise UserError(f"there is no check {check_id!r}; {hint}") from None
