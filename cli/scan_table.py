"""A scan as text: findings first, then the scores, then unknown values."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from cli.checks import counted
from cli.output import one_line
from cli.scores_without_waivers import in_a_sentence
from pillarwatch.check import SEVERITIES
from rules.catalogue import checks_of
from template_scan.resource_types import config_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pillarwatch.score import PillarScore
    from template_scan.evaluation import Problem, Result, Scan

UNKNOWN = "Unknown, which is not a pass. --parameters, the missing resource in the template, or a deployment decides:"
COLORS = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "bold": "1"}


def table(
    scan: Scan,
    scores: Mapping[str, PillarScore],
    settings_file: Path | None = None,
    noticed: Sequence[str] = (),
    *,
    bare: Mapping[str, PillarScore] = MappingProxyType({}),
    colored: bool,
) -> str:
    """The whole text. What comes from files stays on the lines that it is given."""
    scan = _on_lines(scan)
    failed = sorted(
        (result for result in scan.results if result.is_finding),
        key=lambda result: (SEVERITIES.index(result.severity), result.check.id),
    )
    blocks = [
        *_findings(failed, colored=colored),
        _scores(scores, colored=colored),
        _listed(
            "Waived",
            [
                f"{_place(r)}  {r.check.id}  until {r.waiver.expires}: {r.waiver.reason}"
                for r in scan.results
                if r.waiver
            ],
        ),
        in_a_sentence(sum(r.waiver is not None for r in scan.results), bare) if bare else "",
        _unknown([result for result in scan.results if result.verdict.compliance == "INSUFFICIENT_DATA"]),
        *_unjudged(scan.unjudged),
        f"Only a deployment can answer {counted(len(scan.live), 'more check')}; --json names them."
        if scan.live
        else "",
        _problems("Warnings", scan.warnings),
        f"Settings: {one_line(settings_file or 'defaults (no pillarwatch.toml; `pillarwatch init` writes one)')}",
        _listed("Settings to look at", [one_line(line) for line in noticed]),
        _summary(scan, failed, colored=colored),
    ]
    return "\n\n".join(block for block in blocks if block)


def _on_lines(scan: Scan) -> Scan:
    """The scan with each text of a template as a part of one line."""
    results = [
        result._replace(
            file=one_line(result.file),
            logical_id=one_line(result.logical_id),
            generated_from=one_line(result.generated_from),
            verdict=result.verdict._replace(annotation=one_line(result.verdict.annotation)),
            waiver=result.waiver and result.waiver._replace(reason=one_line(result.waiver.reason)),
        )
        for result in scan.results
    ]
    errors, warnings = (
        [problem._replace(file=one_line(problem.file), message=one_line(problem.message)) for problem in problems]
        for problems in (scan.errors, scan.warnings)
    )
    unjudged = {one_line(kind): count for kind, count in scan.unjudged.items()}
    return replace(scan, results=results, errors=errors, warnings=warnings, unjudged=unjudged)


def _findings(failed: Sequence[Result], *, colored: bool) -> Iterable[str]:
    """A block for each check that fails: its severity, the resources with the reason, and the fix once."""
    for (severity, _), group in groupby(failed, key=lambda result: (result.severity, result.check.id)):
        results = list(group)
        check = results[0].check
        places = [f"{result.file}:{result.line}" for result in results]
        names = [_name(result) for result in results]
        widths = max(map(len, places)), max(map(len, names))
        lines = [f"{_painted(severity, severity, colored=colored)}  {_painted(check.id, 'bold', colored=colored)}"]
        lines += [
            f"  {place:{widths[0]}}  {name:{widths[1]}}  {result.verdict.annotation}{_effects(result)}"
            for place, name, result in zip(places, names, results, strict=True)
        ]
        yield "\n".join([*lines, f"  Fix: {check.fix}"])


def _effects(result: Result) -> str:
    """The other checks that fail for the same cause."""
    return f"; fails too: {', '.join(result.cause_of)}" if result.cause_of else ""


def _scores(scores: Mapping[str, PillarScore], *, colored: bool) -> str:
    lines = [_painted(f"{'Pillar':24}Score  Coverage  Verdicts", "bold", colored=colored)]
    for pillar, score in scores.items():
        points = "-" if score.score is None else f"{score.score:.1f}"
        lines.append(f"{pillar:24}{points:>5}  {score.coverage:>7.0f}%  {score.verdicts:>8}")
    return "\n".join(lines)


def _unknown(results: Sequence[Result]) -> str:
    """Unknown verdicts, an entry for each reason: many resources and checks share it."""
    reasons: dict[str, Counter[str]] = {}
    for result in results:
        reason = result.verdict.annotation.removeprefix("unknown: ")
        reasons.setdefault(reason, Counter())[result.check.id] += 1
    ordered = sorted(reasons.items(), key=lambda reason: (-reason[1].total(), reason[0]))
    entries = [
        _filled(f"{counts.total():>4}  {reason}: {', '.join(_times(counts.most_common()))}", indent=8)
        for reason, counts in ordered
    ]
    return _listed(UNKNOWN, entries)


def _unjudged(types: Mapping[str, int]) -> Iterable[str]:
    """What no check looked at: for want of checks, or because the template does not tell what it is."""
    warned = {kind: count for kind, count in types.items() if (name := config_type(kind)) and checks_of(name)}
    rest = [(kind, count) for kind, count in types.items() if kind not in warned]
    for title, counts in (("Types without checks", rest), ("Not evaluated, see the warnings", list(warned.items()))):
        if counts:
            yield _filled(f"{title}: {', '.join(_times(counts))}", indent=2)


def _times(counts: Iterable[tuple[str, int]]) -> Iterable[str]:
    return (f"{name} ({count})" if count > 1 else name for name, count in counts)


def _filled(text: str, *, indent: int) -> str:
    """Text in lines as wide as the terminal, of which no name is broken."""
    whole = textwrap.fill(
        text.replace(" (", "\u00a0("),
        shutil.get_terminal_size((120, 0)).columns - 2,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return whole.replace("\u00a0", " ")


def _problems(title: str, problems: Sequence[Problem]) -> str:
    return _listed(title, [f"{p.file}:{p.line}: {p.message}" if p.line else f"{p.file}: {p.message}" for p in problems])


def _listed(title: str, entries: Sequence[str]) -> str:
    lines = (line for entry in entries for line in entry.split("\n"))
    return "\n".join([f"{title}:", *(f"  {line}" for line in lines)]) if entries else ""


def _summary(scan: Scan, failed: Sequence[Result], *, colored: bool) -> str:
    severities = Counter(result.severity for result in failed)
    words = Counter(result.verdict.compliance for result in scan.results)
    worst = ", ".join(
        _painted(f"{severities[severity]} {severity}", severity, colored=colored)
        for severity in SEVERITIES
        if severities[severity]
    )
    skipped = f", {scan.skipped} of them not created by default" if scan.skipped else ""
    waived = sum(result.waiver is not None for result in scan.results)
    wrong = len({error.file for error in scan.errors})
    unread = f"; {counted(wrong, 'file')} with errors, see above" if wrong else ""
    judged = len(scan.files) - len(scan.unread)
    left_out = f"; {counted(len(scan.left_out), 'other file')} left out" if scan.left_out else ""
    return (
        f"{counted(len(failed), 'finding')}{f' ({worst})' if worst else ''}, {waived} waived,"
        f" {words['INSUFFICIENT_DATA']} unknown, {words['COMPLIANT']} passed;"
        f" {counted(scan.resources, 'resource')} in {counted(judged, 'template')}{skipped}{unread}{left_out}."
    )


def _place(result: Result) -> str:
    return f"{result.file}:{result.line}  {_name(result)}"


def _name(result: Result) -> str:
    generated = result.generated_from and result.generated_from != result.logical_id
    return f"{result.logical_id} (of {result.generated_from})" if generated else result.logical_id


def _painted(text: str, style: str, *, colored: bool) -> str:
    return f"\033[{COLORS[style]}m{text}\033[0m" if colored else text
