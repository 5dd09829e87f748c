"""``pillarwatch checks``: the catalogue, listed or explained."""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from typing import TYPE_CHECKING

from cli.output import say, say_json
from pillarwatch.errors import UserError, nearest
from pillarwatch.framework import PILLARS, best_practice
from rules.catalogue import UnknownCheck, all_checks, check_of, described, resource_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pillarwatch import Check

AUTOMATION_URL = "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``checks``."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="CHECK | WORD",
        help="the check to explain, or words: list the checks whose texts contain all of them",
    )
    parser.add_argument(
        "--pillar", choices=PILLARS, metavar="PILLAR", help=f"only checks that serve this pillar: {', '.join(PILLARS)}"
    )
    parser.add_argument(
        "--type", metavar="TYPE", help="only checks of this resource type or service: AWS::S3::Bucket, AWS::S3"
    )
    parser.add_argument(
        "--practice", metavar="ID", help="only checks of this best practice or question: REL09-BP03, REL09"
    )
    parser.add_argument("--json", action="store_true", help="print JSON with all that is known about each check")


def run(arguments: argparse.Namespace) -> int:
    """List or explain.

    Raises:
        UserError: there is no such check, or none of which all of it is true.
    """
    named = arguments.words[0] if len(arguments.words) == 1 else ""
    checks = [check for check in all_checks().values() if named == check.id]
    explains = bool(checks)
    checks = checks or [check for check in all_checks().values() if _wanted(check, arguments)]
    if not checks:
        if named:
            find(named)  # raises, and names the nearest
        raise UserError(_no_match(arguments))
    if arguments.json:
        say_json([described(check) for check in checks])
    elif explains:
        say(explained(checks[0]))
    else:
        say(listed(checks))
    return 0


def _no_match(arguments: argparse.Namespace) -> str:
    """Which of the filters no check matches, and the way out."""
    filters = (*arguments.words, arguments.pillar, arguments.type, arguments.practice)
    text = f"no check matches {', '.join(filter(None, filters))}"
    if known := [word for word in arguments.words if word in all_checks()]:
        return f"{text}; to explain {known[0]}, give its id alone"
    for word in arguments.words:
        alone = argparse.Namespace(words=[word], pillar=None, type=None, practice=None)
        if not any(_wanted(check, alone) for check in all_checks().values()):
            return f"{text}: no text of a check has {word!r}; {_near(word, all_checks())}"
    return f"{text}; {_near(arguments.type or '', resource_types())}"


def _wanted(check: Check, arguments: argparse.Namespace) -> bool:
    """Whether a check matches all filters."""
    titles = [best_practice(each).title for each in check.best_practices]
    searched = json.dumps([described(check), titles]) if arguments.words else ""
    return (
        (not arguments.pillar or arguments.pillar in check.pillars)
        and (not arguments.type or any(_within(each, arguments.type, "::") for each in check.resource_types))
        and (not arguments.practice or any(_within(each, arguments.practice, "-") for each in check.best_practices))
        and all(re.search(rf"\b{re.escape(word)}", searched, re.IGNORECASE) for word in arguments.words)
    )


def _within(name: str, wanted: str, separator: str) -> bool:
    """Whether a name is the wanted one, or a part of it: ``AWS::S3::Bucket`` of ``AWS::S3``."""
    return f"{name}{separator}".lower().startswith(f"{wanted.rstrip(separator)}{separator}".lower())


def listed(checks: list[Check]) -> str:
    """A line for each check, grouped by pillar."""
    width = max(len(check.id) for check in checks)
    lines = []
    for pillar in PILLARS:
        of_pillar = [check for check in checks if check.pillar == pillar]
        if of_pillar:
            lines += ["", f"{pillar}  ({counted(len(of_pillar), 'check')})"]
            lines += [f"  {check.id:{width}}  {check.severity:8}  {check.title}" for check in of_pillar]
    types = {resource_type for check in checks for resource_type in check.resource_types}
    found = f"{counted(len(checks), 'check')} on {counted(len(types), 'resource type')}"
    return "\n".join([*lines[1:], "", f"{found}. Explain one: pillarwatch checks CHECK"])


def counted(number: int, noun: str) -> str:
    """``1 check``, ``2 checks``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


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
        f"Evaluates   {', '.join(check.resource_types)}",
        f"When        {_when(check)}",
        f"Written in  {check.predicate.__module__.replace('.', '/')}.py",
        f"Severity    {check.severity}" + (", and a failing resource is exposed" if check.exposed else ""),
        textwrap.fill(f"Fix         {check.fix}", 100, subsequent_indent=" " * 12) + f" (effort {check.effort})",
    ]
    if check.automation:
        facts.append(f"Automation  AWS's Systems Manager document {check.automation}\n            {AUTOMATION_URL}")
    if check.managed_rule:
        facts.append(f"AWS Config  managed rule {check.managed_rule} has the same intent")
    if check.same_cause_as:
        facts.append(f"Same cause  where {check.same_cause_as} fails too, findings and alerts show that check alone")
    facts += [f"Parameter   {name}, by default {default!r}" for name, default in check.parameters.items()]
    return "\n".join(
        [*facts, "", "Best practices, with the reason why they are not met if the check fails:", practices]
    )


def _when(check: Check) -> str:
    when = "when the resource changes" if check.trigger == "change" else f"on schedule, by collector {check.collector}"
    return f"{when}; {'not evaluated in templates' if check.live else 'in templates too'}"


def find(check_id: str) -> Check:
    """The check of an id.

    Raises:
        UserError: there is none; it names those that are near.
    """
    try:
        return check_of(check_id)
    except UnknownCheck:
        raise UserError(f"there is no check {check_id!r}; {_near(check_id, all_checks())}") from None


def _near(name: str, known: Iterable[str]) -> str:
    return nearest(name, known, "`pillarwatch checks` lists them", most=3)
