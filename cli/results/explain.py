"""``pillarwatch explain``: where a score comes from, down to the resources."""

from __future__ import annotations

import argparse
import textwrap
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.queries import snapshot
from aggregator.queries.explained import of_pillar, of_practice, of_scope, uses
from aggregator.queries.filters import VERDICTS, Filters, filtered
from aggregator.queries.values import passing, with_values
from cli.checks import counted
from cli.output import complain, one_line, say, say_json
from cli.results.arguments import add_named_scope, basis_of, deployment, differs, title
from cli.results.columns import aligned, short_type
from pillarwatch.attestation import SEVERITY as ATTESTED
from pillarwatch.errors import UserError, similar
from pillarwatch.framework import PILLARS, best_practice, best_practices
from pillarwatch.score import Counts
from rules.catalogue import check_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.catalogue import Basis
    from aggregator.queries import Finding, Snapshot
    from aggregator.queries.explained import Use, Whole
    from aggregator.queries.values import Passing
    from pillarwatch.score import PillarScore, PracticeScore

WIDTH = 110
MOST_PASSING = 10
EPILOG = """\
examples:
  pillarwatch explain account                    the overall score, by pillar
  pillarwatch explain shop security              a pillar, by best practice
  pillarwatch explain shop REL09-BP01            a best practice, by check
  pillarwatch explain shop s3-bucket-versioning-enabled   a check, by resource
  pillarwatch explain shop/api security          a component of a workload

    Each line shows the score of a part, its share of the whole in points, the points that it adds, and those that it
    loses. The sum of all points is the score. For each part, points plus lost points are its share. The sum of all
    shares is 100."""


class Target(NamedTuple):
    """What is explained: one of them, or none for the overall score."""

    pillar: str = ""
    practice: str = ""
    check: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``explain``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_named_scope(parser)
    parser.add_argument(
        "target",
        nargs="?",
        default="",
        metavar="PILLAR | PRACTICE | CHECK",
        help="what to explain, e.g. security, SEC08-BP02, s3-bucket-versioning-enabled (default: the overall score)",
    )
    parser.add_argument(
        "--passing",
        type=int,
        default=MOST_PASSING,
        metavar="N",
        help="if a check is explained, list at most N resources that pass it (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print the same numbers as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print where a score comes from.

    Raises:
        UserError: the deployment, scope, pillar, best practice or check is not there, or a number is not positive.
    """
    if arguments.passing < 1:
        raise UserError(f"--passing {arguments.passing}: give a number above 0")
    with deployment(arguments) as (table, scope):
        basis, found = basis_of(table), snapshot(table, scope)
        target = target_of(arguments.target, basis)
        scores = basis.scores(found.name, found.counts)
        if target.check:
            filters = Filters(verdicts=tuple(VERDICTS), checks=[target.check])
            findings = with_values(table, filtered(table, scope, filters, basis).findings)
            types = check_of(target.check).resource_types
            passed = islice(passing(table, scope, target.check, found.accounts, types), arguments.passing)
            explained = _check(target.check, found, basis, scores, findings, list(passed))
        elif target.practice:
            explained = _practice(target.practice, found, basis, scores)
        elif target.pillar:
            explained = _pillar(target.pillar, found, scores)
        else:
            explained = _scope(found, scores)
    for line in differs(basis, found.basis):
        complain(f"pillarwatch explain: {line}")
    if arguments.json:
        say_json(explained.document)
    else:
        say("\n".join([f"{title(found.name)}, as of {found.at[:19]}Z", *explained.lines]))
    return 0


class Explained(NamedTuple):
    """The same for people and for programs."""

    lines: list[str]
    document: dict[str, Any]


def target_of(text: str, basis: Basis) -> Target:
    """The pillar, best practice or check that a word names.

    Raises:
        UserError: it names none; the most similar one is in the message.
    """
    if text in PILLARS:
        return Target(pillar=text)
    if text.upper() in best_practices():
        return Target(practice=text.upper())
    if not text or text in basis.checks:
        return Target(check=text)
    known = [*PILLARS, *best_practices(), *basis.checks]
    near = similar(text, known) or similar(text.upper(), known)
    hint = f"did you mean {near[0]}?" if near else "`pillarwatch checks` lists checks, docs/coverage.md best practices"
    raise UserError(f"there is no pillar, best practice or check {text!r}; {hint}")


def _scope(found: Snapshot, scores: Mapping[str, PillarScore]) -> Explained:
    whole = of_scope(scores)
    left = [pillar for pillar in PILLARS if scores[pillar].score is None]
    lines = ["", f"overall: {_score(whole.score)}, the mean of the pillars with a score", *_table("Pillar", whole)]
    if left:
        lines += ["", f"without evidence, so not counted: {', '.join(left)}"]
    document = {"overall": whole.score, "pillars": _plain(whole), "without_evidence": left}
    return Explained(lines, _document(found, document))


def _pillar(pillar: str, found: Snapshot, scores: Mapping[str, PillarScore]) -> Explained:
    score = scores[pillar]
    whole = of_pillar(score)
    every = [each for each in best_practices().values() if each.pillar == pillar]
    evident = {each.best_practice for each in score.practices}
    titles = {each.id: f"{each.title} ({each.risk.lower()} risk)" for each in every}
    lines = ["", f"{pillar}: {_score(whole.score)}", *_table("Best practice", whole, titles), ""]
    lines.append(
        f"coverage {score.coverage:.2f}%: evidence for {len(evident)} of {counted(len(every), 'best practice')}, "
        f"weighted by risk; {counted(score.verdicts, 'verdict')}"
    )
    without = [each.id for each in every if each.id not in evident]
    document = {
        "pillar": pillar,
        "score": whole.score,
        "coverage": round(score.coverage, 2),
        "verdicts": score.verdicts,
        "practices": _plain(whole),
        "without_evidence": without,
    }
    return Explained(lines, _document(found, document))


def _practice(practice_id: str, found: Snapshot, basis: Basis, scores: Mapping[str, PillarScore]) -> Explained:
    practice = best_practice(practice_id)
    score = next((each for each in scores[practice.pillar].practices if each.best_practice == practice_id), None)
    heading = f"{practice_id} {practice.title} ({practice.risk.lower()} risk, {practice.pillar})"
    serving = sorted(check for check, entry in basis.checks.items() if practice_id in entry.best_practices)
    if score is None:
        without = f"checks that would be evidence: {', '.join(serving)}" if serving else "no check is evidence for it"
        lines = ["", heading, "", f"no evidence, so it does not count; {without}"]
        known: dict[str, Any] = {"practice": practice_id, "pillar": practice.pillar, "score": None, "checks": []}
        return Explained(lines, _document(found, {**known, "without_evidence": serving}))
    whole = of_practice(score)
    severities = {
        each.check: basis.severity(each.check, found.name) if each.check in basis.checks else ATTESTED
        for each in score.checks
    }
    states = {each.name: f"{state}, until {each.expires}" for each, state in basis.attested(found.name, found.counts)}
    notes = {
        each.check: f"{severities[each.check]}, {states.get(each.check) or _rate(each.counts)}" for each in score.checks
    }
    lines = ["", f"{heading}: {_score(whole.score)}", *_table("Check", whole, notes), *_same_cause(score)]
    used = {each.check for each in score.checks} | {check for each in score.checks for check, _ in each.same_cause}
    unused = [check for check in serving if check not in used]
    if unused:
        lines += ["", textwrap.fill(f"without a verdict, so not counted: {', '.join(unused)}", WIDTH)]
    document = {
        "practice": practice_id,
        "pillar": practice.pillar,
        "score": whole.score,
        "checks": [
            {**part, "severity": severities[each.check], "counts": each.counts._asdict(), "not_counted": same}
            for part, each in zip(_plain(whole), score.checks, strict=True)
            for same in [[check for check, _ in each.same_cause]]
        ],
        "without_evidence": unused,
    }
    return Explained(lines, _document(found, document))


def _check(
    check: str,
    found: Snapshot,
    basis: Basis,
    scores: Mapping[str, PillarScore],
    findings: Sequence[Finding],
    passed: Sequence[Passing],
) -> Explained:
    counts, entry = found.counts.get(check, Counts()), basis.checks[check]
    used = uses(scores, check)
    lines = ["", f"{check}: {entry.title}", f"severity {basis.severity(check, found.name)}; {_rate(counts)}"]
    lines += _uses(used, counts, entry.best_practices)
    shown = {verdict: [one for one in findings if one.verdict == word] for verdict, word in _WORDS.items()}
    expected = {"non-compliant": counts.non_compliant, "waived": counts.waived, "unknown": counts.unknown}
    for verdict, ones in shown.items():
        if expected[verdict] or ones:
            lines += ["", f"{verdict}: {counted(expected[verdict], 'resource')}"]
            lines += [f"  {_resource(one)}" for one in ones]
            if missing := expected[verdict] - len(ones):
                lines.append(f"  ({abs(missing)} {'not listed yet' if missing > 0 else 'began while they were read'})")
    if counts.compliant:
        lines += ["", f"compliant: {counted(counts.compliant, 'resource')}", *(f"  {_passed(one)}" for one in passed)]
        if (more := counts.compliant - len(passed)) > 0:
            lines.append(f"  and {more} more: --passing {counts.compliant} lists them")
    document = {
        "check": check,
        "title": entry.title,
        "severity": basis.severity(check, found.name),
        "counts": counts._asdict(),
        "rate": round(100 * counts.compliant / counts.judged, 2) if counts.judged else None,
        "practices": [use._asdict() for use in used],
        "resources": [{**one._asdict(), "resource": one.resource._asdict()} for one in findings],
        "passing": [{**one._asdict(), "resource": one.resource._asdict()} for one in passed],
    }
    return Explained(lines, _document(found, document))


_WORDS = {"non-compliant": "NON_COMPLIANT", "waived": "WAIVED", "unknown": "INSUFFICIENT_DATA"}


def _uses(used: Sequence[Use], counts: Counts, practices: Sequence[str]) -> list[str]:
    if not used:
        reason = "an attestation answers it" if counts.judged else "no verdict is evidence"
        return ["", f"{reason}, so it does not count in {', '.join(practices)}"]
    rows = [("Best practice", "Pillar", "Lost")]
    rows += [
        (use.best_practice, use.pillar, f"{use.lost:.2f}" if use.counts else "another check with the same cause counts")
        for use in used
    ]
    return ["", *aligned(rows)]


def _same_cause(score: PracticeScore) -> list[str]:
    same = {each.check: [f"{check} ({100 * rate:.0f}%)" for check, rate in each.same_cause] for each in score.checks}
    return [f"same cause as {check}, so not counted: {', '.join(others)}" for check, others in same.items() if others]


def _resource(finding: Finding) -> str:
    resource = finding.resource
    kind, place = short_type(resource.type), "/".join(filter(None, (finding.workload, finding.component)))
    text = f"{kind} {resource.name or resource.id}  {place or 'no workload'}  since {finding.since[:10]}"
    read = f"  ({finding.value})" if finding.value else ""
    return one_line(f"{text}  {finding.annotation}{read}")


def _passed(passed: Passing) -> str:
    resource = passed.resource
    place = "/".join(filter(None, (passed.workload, passed.component))) or "no workload"
    return one_line(f"{short_type(resource.type)} {resource.name or resource.id}  {place}  {passed.value}".rstrip())


def _rate(counts: Counts) -> str:
    rate = f"{100 * counts.compliant / counts.judged:.2f}%" if counts.judged else "no verdict"
    text = f"{counts.compliant} of {counts.judged} compliant ({rate})"
    apart = [f"{n} {word}" for n, word in ((counts.waived, "waived"), (counts.unknown, "unknown")) if n]
    return f"{text}; not counted: {', '.join(apart)}" if apart else text


def _table(name: str, whole: Whole, notes: Mapping[str, str] | None = None) -> list[str]:
    rows: list[tuple[str, ...]] = [(name, "Score", "Share", "Points", "Lost", "")]
    rows += [
        (each.name, *(f"{value:.2f}" for value in (each.score, each.share, each.points, each.lost)), note)
        for each in whole.parts
        for note in [one_line((notes or {}).get(each.name, ""))]
    ]
    if whole.score is not None:
        rows.append(("together", "", "100.00", f"{whole.score:.2f}", f"{100 - whole.score:.2f}", ""))
    return ["", *aligned(rows, right=(1, 2, 3, 4))]


def _plain(whole: Whole) -> list[dict[str, Any]]:
    return [each._asdict() for each in whole.parts]


def _document(found: Snapshot, document: dict[str, Any]) -> dict[str, Any]:
    return {"name": found.name._asdict(), "at": found.at, **document}


def _score(score: float | None) -> str:
    return "no score" if score is None else f"{score:.2f}"
