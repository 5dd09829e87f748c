"""``pillarwatch scan``: templates judged before they are deployed."""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.checks import find
from cli.output import complain, say, say_json
from cli.scan_table import table
from cli.scores_without_waivers import points
from pillarwatch import ACCOUNT
from pillarwatch.attestation import GOOD_STATES
from pillarwatch.check import SEVERITIES
from pillarwatch.errors import UserError
from rules.catalogue import check_of
from settings.discovery import WHERE, settings_for
from settings.warnings import NO_NOTICES, Notices, notices
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    import argparse

    from pillarwatch.score import PillarScore
    from pillarwatch.settings import Settings
    from template_scan.evaluation import Result, Scan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``scan``."""
    parser.add_argument(
        "templates",
        nargs="*",
        metavar="TEMPLATE",
        help="a template, or a folder that contains templates; - reads a template from standard input",
    )
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="table is for people, json for programs"
    )
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "none"),
        default="low",  # a gate that lets something pass should say so in the pipeline's own words
        help="exit with code 1 if a finding has this severity or a worse one (default: low, so any finding)",
    )
    parser.add_argument(
        "--check", action="append", default=[], metavar="ID", help="evaluate only this check; can be repeated"
    )
    add_judging(parser)
    parser.add_argument(
        "--no-color", action="store_true", help="print no colors, as with the environment variable NO_COLOR"
    )


def add_judging(parser: argparse.ArgumentParser) -> None:
    """The arguments that say by which settings templates are judged, and what a deployment gives them."""
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"settings file with parameters, severities and waivers (default: {WHERE})",
    )
    parser.add_argument(
        "--tags",
        action="extend",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="tags of the stack; CloudFormation copies them to the resources of the stack",
    )
    parser.add_argument(
        "--parameters",
        action="extend",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="values of parameters, used instead of the defaults; pseudo parameters such as AWS::Region are possible",
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print. 0: no findings; 1: findings; 2: a file could not be evaluated, the others were.

    Raises:
        UserError: there is no such check, or the settings cannot be used.
    """
    wanted = {find(check_id).id for check_id in arguments.check}
    names = list(arguments.templates)
    tags = pairs("--tags", arguments.tags, names)
    parameters = pairs("--parameters", arguments.parameters, names)
    if not names:
        raise UserError("name a template, or a folder that has some; - reads a template from a pipe")
    settings, settings_file, _ = settings_for(names, arguments.settings)
    templates = [Path("/dev/stdin" if name == "-" else name) for name in names]
    now = datetime.now(UTC)
    scan = scanned(templates, settings, now, tags, parameters)
    noticed = notices_of(scan, settings, now)
    for name in sorted(parameters.keys() - scan.parameters):
        complain(f"pillarwatch scan: --parameters {name}: no template declares it")
    if wanted:
        scan.results = [result for result in scan.results if result.check.id in wanted]
        scan.live &= wanted
        for check_id in sorted(wanted - {result.check.id for result in scan.results}):
            complain(f"pillarwatch scan: {check_id} evaluated nothing: {_why_nothing(check_id)}")
    scan.name_causes()
    if arguments.format == "json":
        say_json(as_json(scan, settings, settings_file, noticed))
    else:
        for error in scan.errors:
            complain(f"pillarwatch scan: {error.located}")
        if scan.errors and not scan.resources:
            return 2
        colored = sys.stdout.isatty() and not arguments.no_color and not os.environ.get("NO_COLOR")
        lines = [*noticed.lines, *_attested(scan, settings)]
        bare = _without_waivers(scan, settings)
        say(table(scan, scan.scores(settings), settings_file, lines, bare=bare, colored=colored), colored=colored)
    if scan.errors:
        return 2
    worst_allowed = SEVERITIES.index(arguments.fail_on) if arguments.fail_on != "none" else -1
    return int(any(result.failed and SEVERITIES.index(result.severity) <= worst_allowed for result in scan.results))


def _without_waivers(scan: Scan, settings: Settings) -> dict[str, PillarScore]:
    """The scores if waived failures counted; nothing if there are none."""
    return scan.scores(settings, waivers=False) if any(result.waiver for result in scan.results) else {}


def _attested(scan: Scan, settings: Settings) -> list[str]:
    """The attestations that count in the scores of a scan: how many are in which state, and those to look at."""
    found = scan.attested(settings)
    states = Counter(state for _, state in found)
    lines = [f"attestations: {', '.join(f'{n} {state}' for state, n in states.items())}"] if found else []
    return lines + [
        f"attestation {each.id} of {each.practice}: {state}, last day {each.expires}"
        for each, state in found
        if state not in GOOD_STATES
    ]


def notices_of(scan: Scan, settings: Settings, now: datetime) -> Notices:
    """What a user should know of the settings that a scan used."""
    found = notices(settings, {result.waiver for result in scan.results if result.waiver}, now.date())
    named = ", ".join(sorted(scan.workloads))
    templates = (
        f"of workload{'s' if len(scan.workloads) > 1 else ''} {named}" if named else "of no workload (see --tags)"
    )
    elsewhere = []
    for each in settings.attestations:
        if not each.is_of(scan.workload):
            where = f"workload {each.workload}" if each.workload else "the account"
            elsewhere.append((each.id, f"of {where}, and the templates are {templates}"))
    return found._replace(elsewhere=elsewhere)


def as_json(
    scan: Scan, settings: Settings, settings_file: Path | None = None, noticed: Notices = NO_NOTICES
) -> dict[str, Any]:
    """The scan for programs: every verdict, the compliant ones too."""
    return {
        "settings": None if settings_file is None else str(settings_file),
        "files": scan.files,
        "left_out": scan.left_out,
        "results": [_described(result) for result in scan.results],
        "scores": {
            pillar: {
                "score": None if score.score is None else round(score.score, 2),
                "coverage": round(score.coverage, 2),
                "verdicts": score.verdicts,
            }
            for pillar, score in scan.scores(settings).items()
        },
        "scores_without_waivers": points(bare) if (bare := _without_waivers(scan, settings)) else None,
        "unjudged": scan.unjudged,
        "skipped": scan.skipped,
        "live": sorted(scan.live),
        "attestations": [
            {"id": each.id, "practice": each.practice, "state": state, "expires": each.expires}
            for each, state in scan.attested(settings)
        ],
        "attestations_elsewhere": [{"id": each, "reason": reason} for each, reason in noticed.elsewhere],
        "waivers_expired": [waiver._asdict() for waiver in noticed.expired],
        "waivers_unused": [waiver._asdict() for waiver in noticed.unused],
        "checks_off": [{"check": check, "where": where, "reason": reason} for check, where, reason in noticed.off],
        "errors": [problem._asdict() for problem in scan.errors],
        "warnings": [problem._asdict() for problem in scan.warnings],
    }


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
    if result.same_cause_as:
        described["same_cause_as"] = result.same_cause_as
    if result.cause_of:
        described["cause_of"] = list(result.cause_of)
    if result.generated_from:
        described["generated_from"] = result.generated_from
    if verdict.crashed:
        described["crashed"] = True
    return described


def pairs(option: str, texts: list[str], templates: list[str]) -> dict[str, str]:
    """The pairs given to an option. It takes every word that follows, so a template among them is added to the others.

    Raises:
        UserError: a word is neither a pair nor a template.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if key and equals:
            found[key] = value
        elif text == "-" or os.path.lexists(text):
            templates.append(text)
        else:
            example = f"{option} Workload=shop Environment=production"
            raise UserError(f"{option} {text}: is neither KEY=VALUE nor a template; e.g. {example}")
    return found


def _why_nothing(check_id: str) -> str:
    check = check_of(check_id)
    if check.live or ACCOUNT in check.resource_types:
        return "only a deployment can evaluate it"
    return f"nothing here is an {' or '.join(check.resource_types[:3])}"
