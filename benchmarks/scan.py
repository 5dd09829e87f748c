"""``pillarwatch scan`` and Checkov on the same templates: whole processes, and how many verdicts they give."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.side_by_side import CHECKOV, PYTHON, ROOT, SHARED, Row, child, in_turns

if TYPE_CHECKING:
    from collections.abc import Sequence

ONE_RESOURCE = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
DECIDED = ("COMPLIANT", "NON_COMPLIANT")
# Without an API key, and with --skip-download, Checkov opens no connection. --quiet spares it the passed checks' text.
OPTIONS = ("--framework", "cloudformation", "--compact", "--quiet", "--skip-download", "--output", "json")


def rows(runs: int) -> list[Row]:
    """Real templates, and the smallest one."""
    templates = sorted((SHARED / "templates/live-meeting-assistant").glob("*.yaml"))
    what = "scan of the Live Meeting Assistant's {} templates"
    if not templates:
        templates, what = sorted((ROOT / "samples").glob("*.yaml")), "scan of our {} sample templates"
    what = what.format(len(templates))
    ours, theirs = _verdicts(templates)
    verdicts = Row(f"{what}: verdicts, compliant or not", ours, theirs, "", "Checkov", "more", holds=ours > theirs)
    with TemporaryDirectory() as folder:
        smallest = Path(folder, "template.yaml")
        smallest.write_text(ONE_RESOURCE, encoding="utf-8")
        smallest_row = _compared("scan of one bucket", [smallest], runs, 8)
    return [_compared(what, templates, runs, 10), verdicts, smallest_row]


def _compared(what: str, templates: Sequence[Path], runs: int, promised: int) -> Row:
    ours, theirs = in_turns(lambda: child(_ours(templates)).cpu, lambda: child(_theirs(templates)).cpu, runs)
    holds = theirs / ours >= promised
    return Row(f"{what}: CPU of the process", ours, theirs, "s", "Checkov", f"at most 1/{promised}", holds)


def _verdicts(templates: Sequence[Path]) -> tuple[int, int]:
    results = json.loads(child(_ours(templates)).printed)["results"]
    summary = json.loads(child(_theirs(templates)).printed)["summary"]
    return sum(result["compliance"] in DECIDED for result in results), summary["passed"] + summary["failed"]


def _ours(templates: Sequence[Path]) -> list[str]:
    return [PYTHON, "-m", "cli.main", "scan", "--format", "json", *map(str, templates)]


def _theirs(templates: Sequence[Path]) -> list[str]:
    return [CHECKOV, *(argument for path in templates for argument in ("--file", str(path))), *OPTIONS]
