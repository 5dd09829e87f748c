"""``pillarwatch attest new``: write the first lines of an attestation."""

from __future__ import annotations

import argparse
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.attest import add_file, add_scope, check_scope
from cli.output import say, say_json, write_file
from pillarwatch.attestation import DAYS
from pillarwatch.errors import UserError, nearest
from pillarwatch.framework import attestations, best_practice, best_practices
from rules.catalogue import all_checks
from settings.attestations import NEEDED, attestations_in
from settings.discovery import ATTESTATIONS, settings_for
from settings.starter import toml_value
from settings.toml_documents import text_of

if TYPE_CHECKING:
    from collections.abc import Collection

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
OF_A_REVIEW = re.compile(r"(?:gap|partial|strength):(?P<check>[^:]+)(?::(?P<component>.+))?")
MOST_OF_AN_ID = 60
EPILOG = """\
examples:
  pillarwatch attest new REL13-BP03 --kind exercise --workload shop --by "Ann" \\
      --statement "the database was restored within the recovery time"
  pillarwatch attest new gap:lambda-function-xray-enabled --kind decision --workload shop \\
      --statement "traces go to another provider"

An entry has the status planned, and comments with the fields that its kind needs for yes. A check has an entry for each
best practice that it serves: while an entry shows that its best practice is implemented, it answers the check there."""


class Subject(NamedTuple):
    """What is attested: best practices, and the check that is answered in them."""

    practices: tuple[str, ...]
    check: str = ""
    component: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``attest new``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "statement_id",
        metavar="STATEMENT",
        help="a best practice (REL13-BP03), a check, or the id of a statement in the JSON of a review",
    )
    parser.add_argument("--kind", choices=list(DAYS), default="document", help="of evidence (default: %(default)s)")
    parser.add_argument("--statement", default="", help="a sentence (default: what the best practice needs)")
    add_scope(parser)
    parser.add_argument("--by", default="", metavar="NAME", help="who attests it (default: the user's name)")
    parser.add_argument("--id", default="", help="of the attestation (default: made of the best practice)")
    add_file(parser)
    parser.add_argument("--dry-run", action="store_true", help="print the entry, and write no file")
    parser.add_argument("--json", action="store_true", help="print the entry for programs")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the entry.

    Raises:
        UserError: there is no such best practice, check or statement, or the file cannot be used or written.
    """
    subject = subject_of(arguments.statement_id)
    arguments.component = arguments.component or subject.component
    check_scope(arguments)
    in_force = settings_for([], arguments.settings)
    path = in_force.attestations or (in_force.path.parent if in_force.path else Path()) / ATTESTATIONS
    known = {each.id for each in in_force.settings.attestations}
    entries: list[str] = []
    for practice in subject.practices:
        name = _free(arguments.id or _id_of(practice, arguments.workload, arguments.component), known)
        known.add(name)
        entries.append(entry_of(arguments, name, practice, subject.check))
    entry = "\n".join(entries)
    text = f"{text_of(path).rstrip() if path.exists() else ''}\n\n{entry}".lstrip()
    found = attestations_in(path, text)
    if not arguments.dry_run:
        write_file(path, text)
    if arguments.json:
        written = {"file": str(path), "written": not arguments.dry_run}
        say_json({**written, "attestations": found[-len(entries) :]})
    else:
        say(f"{path} would get:" if arguments.dry_run else f"written: {path}", end="\n\n")
        say(entry, end="")
    return 0


def subject_of(statement_id: str) -> Subject:
    """What a statement's id stands for.

    Raises:
        UserError: there is no such best practice, check or statement.
    """
    if statement_id.upper() in best_practices():
        return Subject((statement_id.upper(),))
    found = OF_A_REVIEW.fullmatch(statement_id)
    check = found["check"] if found else statement_id
    if check not in all_checks():
        hint = nearest(check, [*best_practices(), *all_checks()], "e.g. REL13-BP03; `pillarwatch attest` lists some")
        raise UserError(f"there is no best practice, check or statement {statement_id!r}; {hint}")
    return Subject(tuple(all_checks()[check].best_practices), check, (found["component"] or "") if found else "")


def entry_of(arguments: argparse.Namespace, name: str, practice_id: str, check: str) -> str:
    """The entry as text."""
    practice = best_practice(practice_id)
    default = all_checks()[check].title if check else attestations().get(practice.id, practice.title)
    values = {
        "id": name,
        "kind": arguments.kind,
        "practice": practice.id,
        "statement": arguments.statement or default,
        "status": "planned",
        "workload": arguments.workload,
        "component": arguments.component,
        "attested_by": arguments.by or os.environ.get("USER", "") or "name",
    }
    lines = [f"# {practice.id} {practice.title}: {practice.url}", "[[attestations]]"]
    lines += [f"{key} = {toml_value(value)}" for key, value in values.items() if value]
    lines += [f"answers = [{toml_value(check)}]"] if check else []
    today = datetime.now(UTC).astimezone().date()
    lines.append(f"attested_on = {today}")
    lines.append(f"# expires = {today + timedelta(days=DAYS[arguments.kind])}  # the default")
    lines.append('# For status = "yes":')
    lines.append('# evidence = [{url = "https://wiki.example.com/page", kind = "page"}]')
    lines += [f"# {key} = {EXAMPLES[key]}" for key in NEEDED[arguments.kind]]
    return "\n".join(lines) + "\n"


def _id_of(*parts: str) -> str:
    """An id of names in which every character is allowed."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(filter(None, parts)).lower()).strip("-")[: MOST_OF_AN_ID - 4]


def _free(name: str, known: Collection[str]) -> str:
    """The name, with a number if there is one already."""
    return next(each for n in range(1, len(known) + 2) if (each := name if n == 1 else f"{name}-{n}") not in known)
