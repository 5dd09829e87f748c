"""The subcommands of ``pillarwatch``. Each is imported only when it runs."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from typing import NamedTuple

from cli.output import OutputFailed, complain, flush, say
from cli.parser import Parser
from pillarwatch.errors import SEE_DEBUG, UserError, UserErrors, nearest
from rules.catalogue import DuplicateCheck, MisplacedCheck, OwnChecksUnusable


class Command(NamedTuple):
    """A subcommand: its module has ``add_arguments(parser)`` and ``run(arguments) -> exit code``."""

    module: str
    summary: str
    extra: str = ""  #: the extra of pyproject.toml that installs what it needs besides the base


COMMANDS = {
    "demo": Command(
        "cli.demo", "run everything on this machine: deploy, break and fix resources; needs no AWS account", "demo"
    ),
    "scan": Command("cli.scan", "evaluate CloudFormation and SAM templates before deployment"),
    "review": Command("cli.review", "write the Well-Architected review of templates or of a deployment"),
    "checks": Command("cli.checks", "list the checks, or explain one"),
    "checks new": Command("cli.checks_new", "write the first lines of a check"),
    "checks test": Command("cli.checks_test", "evaluate the examples of checks, and list what a check lacks"),
    "scores": Command("cli.results.scores", "show the six pillar scores of a deployment"),
    "findings": Command("cli.results.findings", "list the resources that fail checks in a deployment"),
    "explain": Command("cli.results.explain", "show where a score of a deployment comes from, down to the resources"),
    "diff": Command("cli.results.diff", "show which checks and resources moved the scores between two times"),
    "incidents": Command(
        "cli.results.incidents", "list the reported incidents of a deployment with their causes, start and end"
    ),
    "recommendations": Command("cli.results.recommendations", "show what to fix first in a deployment"),
    "waivers": Command("cli.waivers", "list the accepted risks, what each covers and when it ends"),
    "waive": Command("cli.waive", "accept a risk until a date: write a waiver into the settings file"),
    "attest": Command("cli.attest", "list the best practices with and without an attestation, by risk"),
    "attest new": Command("cli.attest_new", "write the first lines of an attestation"),
    "attest check": Command("cli.attest_check", "validate the attestations"),
    "init": Command("cli.init", "write a commented settings file, pillarwatch.toml"),
    "preflight": Command("cli.preflight", "show what an AWS account lacks for a deployment"),
    "reconcile": Command("cli.reconcile", "compare a deployment's table with AWS Config and repair what is wrong"),
    "completion": Command("cli.completion", "print the completion script for bash or zsh"),
    "deploy": Command("cli.deploy", "deploy into your AWS account with your settings and checks", "deploy"),
    "generate": Command("cli.generate", "write the generated files (for developers)"),
}

# The modules of each extra. All are looked for before a command starts: none may fail halfway through.
EXTRAS = {
    "demo": ("aws_lambda_powertools", "moto", "rdklib"),
    "deploy": ("samcli", "uv"),
}

DEBUG_FLAG = "--debug"
EPILOG = """\
Start with `pillarwatch demo`, or scan your own template: `pillarwatch scan template.yaml`.
PILLARWATCH_OWN_CHECKS names a folder with your own checks; docs/adding-a-check.md explains them.
Exit codes: 0 success, 1 findings, 2 an input cannot be used."""


class MissingExtra(UserError):
    """A command needs packages that are not installed."""


def run(argv: list[str]) -> int:
    """Run a subcommand. Whatever goes wrong is one line on standard error; ``--debug`` adds the traceback.

    Returns:
        The exit code: 2 where it is an error, which is never a verdict.
    """
    arguments = _joined(argv)
    chosen = next((argument for argument in arguments if not argument.startswith("-")), "")
    debug = DEBUG_FLAG in arguments
    if debug:
        _show_tracebacks()
    try:
        try:
            flush()  # nothing is evaluated for an output that is closed
            return _run(arguments, chosen)
        finally:
            flush()
    except Exception as error:  # noqa: BLE001 - the last place where an error can become one line
        problems = error.problems if isinstance(error, UserErrors) else (_problem(error),)
        if debug:
            import traceback  # noqa: PLC0415 - most runs have no error

            for line in traceback.format_exc().splitlines():
                complain(line)
    for problem in problems:
        complain(f"pillarwatch {chosen}: {problem}" if chosen in COMMANDS else f"pillarwatch: {problem}")
    return 2


def _show_tracebacks() -> None:
    """Print what the code logs of the errors that it turns into one line."""
    import logging  # noqa: PLC0415 - for --debug alone

    class Complaints(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            for line in self.format(record).splitlines():
                complain(line)

    log = logging.getLogger("template_scan")
    log.handlers = [Complaints()]
    log.setLevel(logging.DEBUG)


def _problem(error: Exception) -> str:
    if isinstance(error, UserError | OutputFailed | DuplicateCheck | MisplacedCheck | OwnChecksUnusable):
        return str(error)
    if isinstance(error, RecursionError):
        return f"the input is nested too deeply; {SEE_DEBUG}"
    if isinstance(error, MemoryError):
        return f"the input needs more memory than there is; {SEE_DEBUG}"
    return f"{type(error).__name__}: {error}; {SEE_DEBUG}"


def complete_parser() -> argparse.ArgumentParser:
    """The parser with the arguments of all commands whose extras are installed; ``checks new`` is nested."""
    parser = _parser()
    nested = {"": parser.add_subparsers(dest="command", metavar="COMMAND")}
    for name, command in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        subparser = nested[group].add_parser(last, help=command.summary)
        if any(other.startswith(f"{name} ") for other in COMMANDS):
            nested[name] = subparser.add_subparsers(metavar="COMMAND")
        if not _missing(command.extra):
            importlib.import_module(command.module).add_arguments(subparser)
    return parser


class _Version(argparse.Action):
    """Prints the version: the package's metadata are read for that alone."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - see above

        say(f"pillarwatch {version('pillarwatch')}")
        parser.exit()


def _parser() -> Parser:
    parser = Parser(
        prog="pillarwatch",
        description="Pillarwatch writes a Well-Architected review of your AWS resources, and keeps it up to date.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    _add_debug(parser)
    return parser


def _run(arguments: list[str], chosen: str) -> int:
    if chosen and chosen not in COMMANDS:
        hint = nearest(chosen, COMMANDS, "`pillarwatch --help` lists them")
        raise UserError(f"there is no command {chosen!r}; {hint}")
    parser = _parser()
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    called = parser
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.summary, description=_sentence(command.summary))
        _add_debug(subparser)
        if name == chosen:
            called = subparser
            _check_extra(command.extra)
            importlib.import_module(command.module).add_arguments(subparser)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        called.refuse(unknown)
    return int(importlib.import_module(COMMANDS[parsed.command].module).run(parsed))


def _check_extra(extra: str) -> None:
    if missing := _missing(extra):
        raise MissingExtra(f"this needs {', '.join(missing)}; install it: pip install 'pillarwatch[{extra}]'")


def _missing(extra: str) -> list[str]:
    return [module for module in EXTRAS.get(extra, ()) if importlib.util.find_spec(module) is None]


def _add_debug(parser: argparse.ArgumentParser) -> None:
    # Suppressed: a subparser's default would overwrite what stands before the subcommand.
    parser.add_argument(
        DEBUG_FLAG, action="store_true", default=argparse.SUPPRESS, help="print the traceback of an error"
    )


def _joined(arguments: list[str]) -> list[str]:
    """The arguments with a subcommand of two words as one: ``checks new``."""
    two = " ".join(arguments[:2])
    return [two, *arguments[2:]] if two in COMMANDS else arguments


def _sentence(summary: str) -> str:
    return summary[:1].upper() + summary[1:] + "."
