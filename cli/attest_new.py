"""``pillarwatch attest new``: write the first lines of an attestation."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.attest import add_file
from cli.output import say, write_file
from pillarwatch.attestation import DAYS
from pillarwatch.errors import UserError, nearest
from pillarwatch.framework import attestations, best_practice, best_practices
from settings.attestations import NEEDED, attestations_in
from settings.discovery import ATTESTATIONS, settings_for
from settings.starter import toml_value
from settings.toml_documents import text_of

EXAMPLES = {
    "commit": '"4f2a9c1"',
    "path": '"tests/test_outbox.py"',
    "run": '"https://ci.example.com/runs/42"',
    "result": '"0 findings"',
    "version": '"3"',
    "reviewed_on": "2026-11-02",
    "decision": '"in-memory cache"',
    "rationale": '"the data set fits into memory"',
    "trade_off": '"the cache is cold after a deployment"',
    "held_on": "2026-11-02",
    "cadence_days": "30",
    "figures": '[{name = "recovery time", comparison = "<=", target = 60, unit = "minutes", measured = 42}]',
    "table": '{columns = {set = "text", class = "text"}, required = ["class"], rows = [{set = "a", class = "b"}]}',
}
EPILOG = """\
example:
  pillarwatch attest new REL13-BP03 --kind exercise --workload shop --by "Ann" \\
      --statement "the database was restored within the recovery time"

The entry has the status planned, and comments with the fields that its kind needs for yes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``attest new``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument("practice", metavar="PRACTICE", help="a best practice, e.g. REL13-BP03")
    parser.add_argument("--kind", choices=list(DAYS), default="document", help="of evidence (default: %(default)s)")
    parser.add_argument("--statement", default="", help="a sentence (default: what the best practice needs)")
    parser.add_argument("--workload", default="", help="of which (default: the account)")
    parser.add_argument("--component", default="", help="a component of the workload")
    parser.add_argument("--by", default="", metavar="NAME", help="who attests it (default: the user's name)")
    parser.add_argument("--id", default="", help="of the attestation (default: made of the best practice)")
    add_file(parser)
    parser.add_argument("--stdout", action="store_true", help="print the entry, write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the entry.

    Raises:
        UserError: there is no such best practice, or the file cannot be used or written.
    """
    if arguments.practice not in best_practices():
        hint = nearest(arguments.practice, best_practices(), "e.g. REL13-BP03")
        raise UserError(f"there is no best practice {arguments.practice!r}; {hint}")
    in_force = settings_for([], arguments.settings)
    path = in_force.attestations or (in_force.path.parent if in_force.path else Path()) / ATTESTATIONS
    entry = entry_of(arguments, {each.id for each in in_force.settings.attestations})
    if arguments.stdout:
        say(entry, end="")
        return 0
    text = f"{text_of(path).rstrip() if path.exists() else ''}\n\n{entry}".lstrip()
    attestations_in(path, text)
    write_file(path, text)
    say(f"written: {path}\n\n{entry}", end="")
    return 0


def entry_of(arguments: argparse.Namespace, ids: set[str]) -> str:
    """The entry as text."""
    practice = best_practice(arguments.practice)
    base = arguments.id or "-".join(filter(None, (practice.id.lower(), arguments.workload.lower().replace(" ", "-"))))
    name = next(each for n in range(1, len(ids) + 2) if (each := base if n == 1 else f"{base}-{n}") not in ids)
    wanted = arguments.statement or attestations().get(practice.id, practice.title)
    values = {
        "id": name,
        "kind": arguments.kind,
        "practice": practice.id,
        "statement": wanted,
        "status": "planned",
        "workload": arguments.workload,
        "component": arguments.component,
        "attested_by": arguments.by or os.environ.get("USER", "") or "name",
    }
    lines = [f"# {practice.id} {practice.title}: {practice.url}", "[[attestations]]"]
    lines += [f"{key} = {toml_value(value)}" for key, value in values.items() if value]
    today = datetime.now(UTC).astimezone().date()
    lines.append(f"attested_on = {today}")
    lines.append(f"# expires = {today + timedelta(days=DAYS[arguments.kind])}  # the default")
    lines.append('# For status = "yes":')
    lines.append('# evidence = [{url = "https://wiki.example.com/page", kind = "page"}]')
    lines += [f"# {key} = {EXAMPLES[key]}" for key in NEEDED[arguments.kind]]
    return "\n".join(lines) + "\n"
