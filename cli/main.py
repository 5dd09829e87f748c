"""``pillarwatch``: one command, a few subcommands. Each is loaded only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import NamedTuple, NoReturn

from cli.errors import UserError
from rules.catalogue import DuplicateCheck, MisplacedCheck, OwnChecksUnusable


class Command(NamedTuple):
    """A subcommand: its module has ``add_arguments(parser)`` and ``run(arguments) -> exit code``."""

    module: str
    summary: str


COMMANDS = {
    "demo": Command("cli.demo", "run everything on this machine: deploy, record, break, mend; no AWS account needed"),
    "scan": Command("cli.scan", "judge CloudFormation and SAM templates before they are deployed"),
    "checks": Command("cli.checks", "list the checks, or explain one"),
    "checks new": Command("cli.new_check", "begin a check: the file, or the place in it, with what is known already"),
    "checks test": Command("cli.check_examples", "judge the examples of checks, and say what a check still lacks"),
    "scores": Command("cli.scores", "the six pillar scores of a deployment"),
    "recommendations": Command("cli.recommendations", "what to mend first in a deployment"),
    "preflight": Command("cli.preflight", "what this AWS account lacks before a deployment"),
    "generate": Command("cli.generate", "write the files that follow from checks and settings (for developers)"),
}

EPILOG = """\
Start with `pillarwatch demo`, or judge a template of yours: `pillarwatch scan template.yaml`.
Checks of your own: PILLARWATCH_OWN_CHECKS names their folder; docs/adding-a-check.md tells how.
Exit codes: 0 all is well, 1 there are findings, 2 the input could not be used."""


def main(argv: list[str] | None = None) -> int:
    """Run a subcommand; the process's exit code."""
    arguments = _joined(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="pillarwatch",
        description="The AWS Well-Architected review that writes itself and never goes stale.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.summary, description=_sentence(command.summary))
        if name == chosen:
            importlib.import_module(command.module).add_arguments(subparser)
    parsed = parser.parse_args(arguments)
    try:
        return int(importlib.import_module(COMMANDS[parsed.command].module).run(parsed))
    except (UserError, DuplicateCheck, MisplacedCheck, OwnChecksUnusable) as error:
        print(f"pillarwatch {parsed.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `pillarwatch checks | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _joined(arguments: list[str]) -> list[str]:
    """The arguments with a subcommand of two words as one: ``checks new``."""
    two = " ".join(arguments[:2])
    return [two, *arguments[2:]] if two in COMMANDS else arguments


def _sentence(summary: str) -> str:
    return summary[:1].upper() + summary[1:] + "."


def _entry() -> NoReturn:
    sys.exit(main())


if __name__ == "__main__":
    _entry()
