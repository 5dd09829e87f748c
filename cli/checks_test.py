"""``pillarwatch checks test``: what a check says of its own examples, and what it still lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.checks import counted, find
from cli.checks_new import TODO
from cli.output import say
from pillarwatch.example import example_item, example_parameters, is_bare
from rules.catalogue import OWN, all_checks

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pillarwatch import Check

KINDS = {"compliant": "COMPLIANT", "non_compliant": "NON_COMPLIANT", "not_applicable": "NOT_APPLICABLE"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``checks test``."""
    parser.add_argument("check", nargs="*", metavar="CHECK", help="these checks (default: your own ones, else all)")


def run(arguments: argparse.Namespace) -> int:
    """Judge and tell: 0 where all is well, 1 where something is wrong.

    Raises:
        UserError: there is no such check.
    """
    own = [check for check in all_checks().values() if check.predicate.__module__.startswith(f"{OWN}.")]
    checks = [find(check_id) for check_id in arguments.check] or own or list(all_checks().values())
    wrong = 0
    for check in checks:
        for objection in objections(check):
            wrong += 1
            say(f"{check.id}: {objection}")
    examples = sum(len(getattr(check, kind)) for check in checks for kind in KINDS)
    say(f"{counted(len(checks), 'check')}, {examples} examples, {wrong or 'nothing'} wrong")
    return int(wrong > 0)


def objections(check: Check) -> Iterator[str]:
    """What is wrong with a check."""
    for kind, wanted in KINDS.items():
        for example in getattr(check, kind):
            verdict = check.judge(example_item(check, example), example_parameters(example))
            if verdict.compliance != wanted:
                why = f" ({verdict.annotation})" if verdict.annotation else ""
                yield f"{json.dumps(example)} is {verdict.compliance}{why}, and its list expects {wanted}"
    if not check.compliant or not check.non_compliant:
        yield "shows no example that passes, or none that fails"
    if not any(is_bare(example) for kind in KINDS for example in getattr(check, kind)):
        yield "shows no example of an item in which nothing stands: put {} into the list of its verdict"
    shown = (json.dumps(example) for kind in KINDS for example in getattr(check, kind))
    for text in (check.title, check.why, check.fix, *check.best_practices.values(), *shown):
        if TODO in text:
            yield f"a {TODO} is left: {text}"
    if not check.why:
        yield "has no reason: add lines after the first line of the docstring"
