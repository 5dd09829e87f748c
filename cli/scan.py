"""``pillarwatch scan``: templates judged before they are deployed."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.checks import find
from cli.errors import UserError
from cli.judged_template import Problem, scanned
from cli.scan_table import table
from pillarwatch import ACCOUNT
from pillarwatch.settings import DEFAULTS, Settings, packaged_settings
from rules.catalogue import check_of

if TYPE_CHECKING:
    import argparse

    from cli.judged_template import Result, Scan

SEVERITIES = ("critical", "high", "medium", "low")  # worst first


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``scan``."""
    parser.add_argument(
        "templates",
        nargs="+",
        type=lambda name: Path("/dev/stdin" if name == "-" else name),
        metavar="TEMPLATE",
        help="a template, or a folder to be searched for some; - reads one from a pipe",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table", help="for people, or for programs")
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "none"),
        default="low",  # a gate that lets something pass should say so in the pipeline's own words
        help="exit with 1 on findings of this severity or worse (default: low, which is any)",
    )
    parser.add_argument("--check", action="append", default=[], metavar="ID", help="only this check; may be repeated")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="parameters, severities and waivers (default: the nearest settings.toml of the repository)",
    )
    parser.add_argument(
        "--tags",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="the tags that the deployment gives the stack, which CloudFormation passes on to its resources",
    )
    parser.add_argument(
        "--parameters",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="what the deployment gives the templates' parameters, instead of their defaults",
    )
    parser.add_argument("--no-color", action="store_true", help="as the environment variable NO_COLOR")


def run(arguments: argparse.Namespace) -> int:
    """Judge and tell. 0: nothing to mend; 1: findings; 2: a file could not be judged, the others were.

    Raises:
        UserError: there is no such check, or the settings cannot be used.
    """
    wanted = {find(check_id).id for check_id in arguments.check}
    settings = settings_for(arguments.settings)
    tags, parameters = _pairs("--tags", arguments.tags), _pairs("--parameters", arguments.parameters)
    scan = scanned(arguments.templates, settings, datetime.now(UTC), tags, parameters)
    for name in sorted(parameters.keys() - scan.parameters):
        print(f"pillarwatch scan: --parameters {name}: no template declares it", file=sys.stderr)
    if wanted:
        scan.results = [result for result in scan.results if result.check.id in wanted]
        scan.live &= wanted
        for check_id in sorted(wanted - {result.check.id for result in scan.results}):
            print(f"pillarwatch scan: {check_id} judged nothing: {_why_nothing(check_id)}", file=sys.stderr)
    if arguments.format == "json":
        print(json.dumps(as_json(scan, settings), indent=2))
    else:
        for error in scan.errors:
            print(f"pillarwatch scan: {_located(error)}", file=sys.stderr)
        if scan.errors and not scan.resources:
            return 2
        colored = sys.stdout.isatty() and not arguments.no_color and not os.environ.get("NO_COLOR")
        text = table(scan, scan.scores(settings), colored=colored)
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding))
    if scan.errors:
        return 2
    worst_allowed = SEVERITIES.index(arguments.fail_on) if arguments.fail_on != "none" else -1
    return int(any(result.failed and SEVERITIES.index(result.severity) <= worst_allowed for result in scan.results))


def as_json(scan: Scan, settings: Settings) -> dict[str, Any]:
    """The scan for programs: every verdict, the compliant ones too."""
    return {
        "files": scan.files,
        "results": [_described(result) for result in scan.results],
        "scores": {
            pillar: {
                "score": None if score.score is None else round(score.score, 2),
                "coverage": round(score.coverage, 2),
                "verdicts": score.verdicts,
            }
            for pillar, score in scan.scores(settings).items()
        },
        "unjudged": scan.unjudged,
        "skipped": scan.skipped,
        "live": sorted(scan.live),
        "errors": [problem._asdict() for problem in scan.errors],
        "warnings": [problem._asdict() for problem in scan.warnings],
    }


def settings_for(path: Path | None) -> Settings:
    """The settings of a file; without one, those of the nearest ``settings.toml`` up to the repository's root.

    A ``settings.toml`` without any table of ours belongs to another tool.

    Raises:
        UserError: the file cannot be used.
    """
    found = path or next(
        (folder / "settings.toml" for folder in _folders() if (folder / "settings.toml").is_file()), None
    )
    if found is None:
        return Settings()
    try:
        document = json.loads(json.dumps(tomllib.loads(found.read_text(encoding="utf-8")), default=str))
    except (OSError, ValueError):
        document = None  # read_settings says what is wrong
    if document is not None:
        if path is None and not document.keys() & DEFAULTS.keys():
            return Settings()
        if _is_packaged(document):
            return packaged_settings()  # validated when it was packaged, which spares loading the validator
    from cli.settings_file import read_settings  # noqa: PLC0415 - pydantic takes longer than a scan

    return read_settings(found)


def _is_packaged(document: dict[str, Any]) -> bool:
    try:
        return Settings(document).document == packaged_settings().document
    except (OSError, ValueError, TypeError, AttributeError):
        return False


def _folders() -> list[Path]:
    here = Path.cwd()
    folders = [here, *here.parents]
    root = next((index for index, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return folders[: root + 1]


def _described(result: Result) -> dict[str, Any]:
    check, verdict, waiver = result.check, result.verdict, result.waiver
    described: dict[str, Any] = {
        "file": result.file,
        "line": result.line,
        "logical_id": result.logical_id,
        "resource_type": result.resource_type,
        "check": check.id,
        "compliance": verdict.compliance,
        "annotation": verdict.annotation,
        "best_practices": list(check.best_practices),
        "pillar": check.pillar,
        "severity": result.severity,
    }
    if waiver:
        described["waiver"] = waiver._asdict()
    if result.generated_from:
        described["generated_from"] = result.generated_from
    if verdict.crashed:
        described["crashed"] = True
    return described


def _located(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{place}: {problem.message}"


def _pairs(option: str, texts: list[str]) -> dict[str, str]:
    wrong = next((text for text in texts if text.partition("=")[:2] in ((text, ""), ("", "="))), None)
    if wrong is not None:
        raise UserError(f"{option} {wrong}: say KEY=VALUE, e.g. {option} Workload=shop Environment=production")
    return dict(text.split("=", 1) for text in texts)


def _why_nothing(check_id: str) -> str:
    check = check_of(check_id)
    if check.live or ACCOUNT in check.resource_types:
        return "no template can answer it, only a deployment"
    return f"nothing here is an {' or '.join(check.resource_types[:3])}"


if __name__ == "__main__":
    from cli.main import main

    sys.exit(main(["scan", *sys.argv[1:]]))
