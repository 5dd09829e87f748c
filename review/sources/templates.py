"""The facts of a review from templates: what a scan found, by component."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.catalogue import Basis, CheckEntry
from aggregator.scopes import ScopeName
from pillarwatch.check import SEVERITIES
from pillarwatch.score import Counts, overall
from pillarwatch.settings import Settings
from review.facts import Attested, Facts, Occurrence, Resource, Source
from review.sources.passes_by_default import failing_only_by_settings, passed_by_default
from review.sources.proposals import proposals
from rules.catalogue import all_checks
from template_scan.evaluation import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Literal

    from pillarwatch.check import Severity
    from pillarwatch.score import PillarScore
    from review.facts import Key, Proposal
    from template_scan.evaluation import Result, Scan


def facts_of_templates(
    scan: Scan,
    settings: Settings,
    judged_at: datetime,
    title: str = "",
    *,
    settings_file: Path | None = None,
    notices: Sequence[str] = (),
) -> Facts:
    """What is known of the workload that templates make.

    Args:
        scan: of the templates, its causes named.
        settings: that it was judged with.
        judged_at: when.
        title: of the review; without one the workload that the tags name, or the folder or file.
        settings_file: that the settings come from; None for the defaults.
        notices: of the settings, a line each.
    """
    names = _names(scan.files)
    counts: dict[Key, Counts] = defaultdict(Counts)
    passing: dict[Key, list[Resource]] = defaultdict(list)
    occurrences = []
    for result in scan.results:
        key = component_of(result, scan), result.check.id
        counts[key] += result.counted
        if result.verdict.compliance == "COMPLIANT":
            passing[key].append(_resource(result, names))
        if kind := _kind(result):
            occurrences.append(_occurrence(result, kind, key[0], names))
    scores = scan.scores(settings)
    severities = _severities(scan.results)
    return Facts(
        title=title or _title(scan),
        source=Source(
            "templates",
            list(names.values()),
            judged_at.date().isoformat(),
            scan.resources,
            len({(result.file, result.logical_id) for result in scan.results if result.logical_id != TEMPLATE}),
            scan.skipped,
            scan.unjudged,
            _problems(scan, names),
            "" if settings_file is None else settings_file.as_posix(),
            notices,
        ),
        checks=all_checks(),
        severities=severities,
        severity_weights=settings.score["severity_weights"],
        counts={key: count for key, count in counts.items() if any(count)},
        scores=scores,
        overall=overall(scores),
        occurrences=occurrences,
        passing=passing,
        proposals=_proposals(scan, scores, severities, settings),
        by_default=passed_by_default(sorted({result.resource_type for result in scan.results}), judged_at)
        | failing_only_by_settings(settings),
        without_waivers=scan.scores(settings, waivers=False) if any(r.waiver for r in scan.results) else {},
        attested=[Attested(*each) for each in scan.attested(settings)],
        only_deployed=frozenset(scan.live),
    )


def component_of(result: Result, scan: Scan) -> str:
    """The component that a resource's tags name, else its template's file, which makes one stack."""
    return scan.components.get((result.file, result.logical_id)) or Path(result.file).stem


def _names(files: Sequence[str]) -> dict[str, str]:
    """The files as the review names them: below the folder that they share, wherever that is."""
    paths = {file: Path(file).absolute() for file in files}
    folder = Path(os.path.commonpath([path.parent for path in paths.values()])) if files else Path()
    return {file: path.relative_to(folder).as_posix() for file, path in paths.items()}


def _problems(scan: Scan, names: Mapping[str, str]) -> list[str]:
    """What could not be read, and what makes verdicts unknown."""
    left_out = [f"{Path(file).name}: is left out: it mentions resources and is no template" for file in scan.left_out]
    found = (one._replace(file=names.get(one.file, one.file)).located for one in (*scan.errors, *scan.warnings))
    return [*found, *left_out]


def _resource(result: Result, names: Mapping[str, str]) -> Resource:
    return Resource(result.logical_id, result.resource_type, f"{names[result.file]}:{result.line}")


def _kind(result: Result) -> Literal["failed", "waived", "unknown"] | None:
    if result.waiver:
        return "waived"
    if result.is_finding:
        return "failed"
    return "unknown" if result.verdict.compliance == "INSUFFICIENT_DATA" else None


def _occurrence(
    result: Result, kind: Literal["failed", "waived", "unknown"], component: str, names: Mapping[str, str]
) -> Occurrence:
    waiver = result.waiver
    return Occurrence(
        result.check.id,
        component,
        _resource(result, names),
        kind,
        result.verdict.annotation,
        result.severity,  # type: ignore[arg-type]
        waiver.reason if waiver else "",
        waiver.approver if waiver else "",
        waiver.expires if waiver else "",
    )


def _severities(results: Sequence[Result]) -> dict[str, Severity]:
    """The worst severity of each check: settings may give it another one in an environment."""
    found: dict[str, int] = {}
    for result in results:
        rank = SEVERITIES.index(result.severity)
        found[result.check.id] = min(rank, found.get(result.check.id, rank))
    return {check: SEVERITIES[rank] for check, rank in found.items()}


def _proposals(
    scan: Scan,
    scores: Mapping[str, PillarScore],
    severities: Mapping[str, Severity],
    settings: Settings,
) -> list[Proposal]:
    """What the aggregator would recommend of a deployment with these verdicts."""
    fields = set(CheckEntry._fields) - {"best_practices", "severity"}
    entries = {
        check.id: CheckEntry(
            **{name: getattr(check, name) for name in fields},
            best_practices=tuple(check.best_practices),
            severity=severities[check.id],
        )
        for check in all_checks().values()
        if check.id in severities
    }
    decided = {name: settings.document[name] for name in ("score", "attestations")}
    scope = ScopeName("workload" if scan.workload else "account", scan.workload, scan.workload)
    return proposals(scope, Basis(entries, Settings(decided), scan.today), scan.counts(), scores)


def _title(scan: Scan) -> str:
    if scan.workload:
        return scan.workload
    files = [Path(file) for file in scan.files]
    return files[0].stem if len(files) == 1 else files[0].resolve().parent.name
