"""``pillarwatch checks new``: where a check begins."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import say
from pillarwatch import ACCOUNT
from pillarwatch.errors import UserError
from pillarwatch.framework import UnknownBestPractice, best_practice
from pillarwatch.root import INSTALLED
from rules.catalogue import CHECKS, OWN_FOLDER, all_checks, own_folder, stem_of
from rules.collectors import all_collectors

if TYPE_CHECKING:
    import argparse

NEEDED = ("ConfigurationItem", "Verdict", "check", "compliant_if")
TODO = "TODO"  # `pillarwatch checks test` and the tests refuse a check in which one is left


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``checks new``."""
    parser.add_argument(
        "check", metavar="CHECK", help="its id: the name of AWS's managed rule of the same intent, else the good state"
    )
    parser.add_argument(
        "--type",
        required=True,
        metavar="TYPE",
        help=f"the resource type to evaluate, e.g. AWS::S3::Bucket; the account is {ACCOUNT}",
    )
    parser.add_argument("--practice", required=True, metavar="ID", help="the best practice it serves, e.g. REL09-BP01")
    parser.add_argument(
        "--path",
        required=True,
        metavar="PATH",
        help="the attribute it reads, as AWS Config records it, e.g. configuration.deletionProtection",
    )
    parser.add_argument("--collector", default="", metavar="NAME", help="collector that lists the resources")
    parser.add_argument(
        "--folder", type=Path, help=f"where it goes (default: {OWN_FOLDER} or own_checks, else rules in a checkout)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write, and say what comes next.

    Raises:
        UserError: the id is taken or none, or there is no such type, best practice, collector or folder.
    """
    if named := os.environ.get(OWN_FOLDER):  # the first check of one's own makes the folder
        Path(named).mkdir(parents=True, exist_ok=True)
    text = _checked(arguments)
    folder = arguments.folder or _folder()
    below = folder / "account" if arguments.type == ACCOUNT else folder
    stem = (
        arguments.collector.removeprefix("account-") or "own" if arguments.type == ACCOUNT else stem_of(arguments.type)
    )
    file = below / f"{stem}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    if not new:
        file.write_text(_inserted(file.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        imports = f"from pillarwatch import {', '.join(_needed(text))}"
        file.write_text(
            f'"""{arguments.type}: {TODO} the shape of its items."""\n\n{imports}\n\n\n{text}', encoding="utf-8"
        )
    say(f"{file}: {arguments.check} begins here. Replace every {TODO}, and flag() if it is no switch, then")
    say(f"  pillarwatch checks test {arguments.check}")
    if not arguments.collector:
        say("  pillarwatch scan TEMPLATE --check " + arguments.check)
    if folder == CHECKS:
        if new:
            say(f"  python -m generators.config_schema_paths DIRECTORY {arguments.type}    # docs/adding-a-check.md, 5")
        say(f"  make generate && pytest tests/rules/checks --check {arguments.check}")
    return 0


def _checked(arguments: argparse.Namespace) -> str:
    """The check's text, of arguments that make sense."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", arguments.check):
        raise UserError(
            f"{arguments.check!r} is no id: words in lower case with hyphens, e.g. s3-bucket-logging-enabled"
        )
    if arguments.check in all_checks():
        raise UserError(
            f"there is a check {arguments.check!r} already; `pillarwatch checks {arguments.check}` shows it"
        )
    if arguments.type != ACCOUNT and not re.fullmatch(r"[A-Z]\w+::\w+::\w+", arguments.type):
        raise UserError(
            f"{arguments.type!r} is no resource type: AWS::SERVICE::TYPE, as AWS Config names it, or {ACCOUNT}"
        )
    try:
        practice = best_practice(arguments.practice)
    except UnknownBestPractice:
        raise UserError(f"there is no best practice {arguments.practice!r}; docs/coverage.md lists all") from None
    line = _collector_line(arguments.collector, arguments.type)
    kind = "account" if arguments.type == ACCOUNT else arguments.type.rpartition("::")[2].lower()
    kind = f"{kind}_" if kind in ("check", "verdict") else kind
    good, bad, body = _first_draft(kind, arguments.path)
    # On the account, what was not called is unknown: an empty configuration has no answers at all.
    bare = "" if arguments.type == ACCOUNT else ", {}"
    return f'''@check(
    {"ACCOUNT" if arguments.type == ACCOUNT else f'"{arguments.type}"'},
    best_practices={{"{practice.id}": "{TODO} why failing means failing: {practice.title}"}},
    effort="S",
{line}    fix="{TODO} how to fix it.",
    compliant=[{{"{arguments.path}": {good}}}],
    non_compliant=[{{"{arguments.path}": {bad}}}{bare}],
)
def {arguments.check.replace("-", "_")}({kind}: ConfigurationItem) -> Verdict:
    """{TODO} the good state, as a strength in the review.

    {TODO} why it matters.
    """
    {body}
'''


def _collector_line(name: str, resource_type: str) -> str:
    """What names the collector. The account has one always: Config records no item of it."""
    lists = [each for each, found in all_collectors().items() if resource_type in found.resource_types]
    if name in lists:
        return f'    collector="{name}",\n'
    if not name and resource_type != ACCOUNT:
        return ""
    some = f"these do: {', '.join(lists)}" if lists else "none does; `ls rules/collectors` shows all"
    raise UserError(f"no collector {name!r} lists {resource_type}; {some}" if name else f"name a --collector; {some}")


def _first_draft(kind: str, path: str) -> tuple[str, str, str]:
    """A good value, a bad one and the predicate's body: a tag is a text, an account has lists, the rest is switches."""
    if path.startswith("tags."):
        key = path.removeprefix("tags.")
        return f'"{TODO}"', '""', f'return compliant_if({kind}.tag("{key}") != "", otherwise="tag {key} is missing")'
    name = path.rpartition(".")[2]
    if kind == "account":
        return f'[{{"{TODO}": ""}}]', "[]", f'return compliant_if(account.has("{path}"), otherwise="no {name}")'
    body = f'value = {kind}.flag("{path}")\n    return compliant_if(value, otherwise=f"{name} is {{value}}")'
    return "True", "False", body


def _folder() -> Path:
    if own := own_folder():
        return own
    if not INSTALLED:
        return CHECKS
    raise UserError(f"this is no checkout of Pillarwatch: name a folder of yours with --folder, or in {OWN_FOLDER}")


def _inserted(source: str, text: str) -> str:
    """A file's source with one more check: after those that it has, before the functions that help them."""
    tree = ast.parse(source)
    source = _importing(source, tree, _needed(text))
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    checks = [node for node in functions if node.decorator_list]
    lines = source.rstrip("\n").split("\n")
    after = checks[-1].end_lineno if checks else None
    if after is None:
        return "\n".join(lines) + "\n\n\n" + text
    rest = "\n".join(lines[after:])
    return "\n".join(lines[:after]) + "\n\n\n" + text + (f"{rest}\n" if rest.strip() else "")


def _needed(text: str) -> tuple[str, ...]:
    """The names of our core that a check's text uses."""
    return ("ACCOUNT", *NEEDED) if "ACCOUNT" in text else NEEDED


def _importing(source: str, tree: ast.Module, names: tuple[str, ...]) -> str:
    """The source with these names among those it imports of our core."""
    found = next(
        (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "pillarwatch"), None
    )
    lines = source.split("\n")
    known = {alias.name for alias in found.names} if found else set()
    if set(names) <= known:
        return source
    wanted = sorted(known | set(names), key=lambda name: (not name.isupper(), name.islower(), name))
    line = f"from pillarwatch import {', '.join(wanted)}"
    if len(line) > 120:  # noqa: PLR2004 - the line length of the formatter
        line = "from pillarwatch import (\n" + "".join(f"    {name},\n" for name in wanted) + ")"
    if found is None:
        first = next((node.lineno for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)), 0)
        at = (first or (tree.body[0].end_lineno or 0) + 2) - 1
        lines[at:at] = [line] if first else [line, ""]
    else:
        lines[found.lineno - 1 : found.end_lineno] = [line]
    return "\n".join(lines)
