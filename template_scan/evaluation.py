"""Templates judged: every check that a template can answer, on every resource that it has."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.attestation import SEVERITY as ATTESTED
from pillarwatch.attestation import answered_by, fails, verdict_of
from pillarwatch.check import SEVERITIES, Verdict
from pillarwatch.errors import SEE_DEBUG
from pillarwatch.evaluation import Judgement, judge
from pillarwatch.score import Counts, PillarScore, Scored, pillar_scores, without_waivers
from pillarwatch.unknown import Unknown
from rules.catalogue import checks_of
from rules.checks.shared.tags import OF_A_TEMPLATE, STACK
from template_scan.configuration_items import ConfigurationItems, TemplateItem, Variants
from template_scan.for_each import LOOP, without_loops
from template_scan.intrinsics import GIVEN
from template_scan.reading import Template, UnreadableTemplate, mentions_resources, read_template, section
from template_scan.resource_types import config_type
from template_scan.rest_apis import with_rest_apis
from template_scan.sam import TRANSFORM, needs_sam, without_sam

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pillarwatch import Check
    from pillarwatch.attestation import Attestation, State
    from pillarwatch.settings import Settings, Waiver

SUFFIXES = {".yaml", ".yml", ".json", ".template"}
MODULE = "::MODULE"
TEMPLATE = "(template)"  # stands for a logical id where the template is judged as a whole
NOT_OURS = {"node_modules"}  # and hidden folders
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
PSEUDO_PARAMETERS = {
    f"AWS::{name}" for name in ("AccountId", "Partition", "Region", "StackId", "StackName", "URLSuffix")
}


class Result(NamedTuple):
    """What a check says of a resource of a template."""

    file: str
    line: int
    logical_id: str
    resource_type: str  #: CloudFormation's name of it
    check: Check
    verdict: Verdict
    severity: str
    waiver: Waiver | None
    generated_from: str  #: the resource of which a transform made this one
    same_cause_as: str = ""  #: the check whose finding on the same resource names the cause
    cause_of: tuple[str, ...] = ()  #: the checks whose failures on the same resource it stands for

    @property
    def failed(self) -> bool:
        """Whether the check fails, and nobody has accepted it."""
        return self.verdict.compliance == "NON_COMPLIANT" and self.waiver is None

    @property
    def counted(self) -> Counts:
        """What it adds to the counts of its check."""
        compliance = self.verdict.compliance
        return Counts(
            compliant=int(compliance == "COMPLIANT"),
            non_compliant=int(self.failed),
            waived=int(self.waiver is not None),
            unknown=int(compliance == "INSUFFICIENT_DATA"),
        )

    @property
    def is_finding(self) -> bool:
        """Whether the check fails, and no other finding names the cause."""
        return self.failed and not self.same_cause_as


class Problem(NamedTuple):
    """What is wrong with a file, or with a part of it."""

    file: str
    line: int | None
    message: str

    @property
    def located(self) -> str:
        """The message behind its place."""
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass
class Scan:
    """All results of a scan of templates.

    Attributes:
        unjudged: how many resources of which types have no check.
        skipped: how many resources will not be created, as the parameters' defaults decide.
        live: the checks of the types found that only a deployment can answer.
        left_out: files of the folders that mention resources and are no templates.
        unread: files of which nothing could be judged; an error says why.
        errors: what could not be judged; the scan has failed.
        warnings: what makes some verdicts unknown.
        parameters: the names that the templates declare.
        components: by file and logical id, the component that a resource's tags name.
        workloads: the workloads that tags name.
        today: ISO date of the scan.
    """

    files: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    unjudged: dict[str, int] = field(default_factory=dict)
    resources: int = 0
    skipped: int = 0
    live: set[str] = field(default_factory=set)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    components: dict[tuple[str, str], str] = field(default_factory=dict)
    workloads: set[str] = field(default_factory=set)
    today: str = ""

    @property
    def workload(self) -> str:
        """The scope: the workload that the tags name; empty for the account if they name none, or several."""
        return next(iter(self.workloads)) if len(self.workloads) == 1 else ""

    def name_causes(self) -> None:
        """Mark each failure whose cause a finding of its resource names that is at least as severe; and the finding."""
        failed = {
            (result.file, result.line, result.logical_id, result.check.id): SEVERITIES.index(result.severity)
            for result in self.results
            if result.failed
        }
        effects: dict[tuple[str, int, str, str], tuple[str, ...]] = {}
        for index, result in enumerate(self.results):
            cause = result.check.same_cause_as
            place = (result.file, result.line, result.logical_id, cause)
            named = failed.get(place) if result.failed else None
            if named is not None and named <= SEVERITIES.index(result.severity):
                self.results[index] = result._replace(same_cause_as=cause)
                effects[place] = (*effects.get(place, ()), result.check.id)
        for index, result in enumerate(self.results) if effects else ():
            if found := effects.get((result.file, result.line, result.logical_id, result.check.id)):
                self.results[index] = result._replace(cause_of=found)

    def counts(self) -> dict[str, Counts]:
        """The verdicts by check; a waived failure counts as nothing else."""
        counts: dict[str, Counts] = {}
        for result in self.results:
            before = counts.get(result.check.id)
            counts[result.check.id] = result.counted if before is None else before + result.counted
        return counts

    def attested(self, settings: Settings) -> list[tuple[Attestation, State]]:
        """The attestations of the templates' scope, and what each shows today."""
        failing = {check for check, counts in self.counts().items() if fails(counts)}
        return [(each, each.state(self.today, failing)) for each in settings.attestations if each.is_of(self.workload)]

    def scores(self, settings: Settings, *, waivers: bool = True) -> dict[str, PillarScore]:
        """The six pillars' scores; a waived failure counts for nothing, an attestation as one verdict.

        Args:
            settings: that the templates were judged with.
            waivers: False for the scores that waived failures would give if they counted.
        """
        counts, checks = self.counts() if waivers else without_waivers(self.counts()), dict[str, Scored]()
        attested = self.attested(settings)
        for attestation, state in attested:
            counts[attestation.name] = verdict_of(state)
            checks[attestation.name] = Scored((attestation.practice,), ATTESTED)
        for result in self.results:
            check = result.check
            if check.id not in checks:
                checks[check.id] = Scored(tuple(check.best_practices), result.severity, check.same_cause_as)
        weights = {key: settings.score[key] for key in ("severity_weights", "risk_weights")}
        return pillar_scores(counts, checks, **weights, answered=answered_by(attested))


def scanned(
    paths: Iterable[Path],
    settings: Settings,
    judged_at: datetime,
    tags: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Scan:
    """Judge templates, each for itself. Files that cannot be judged stand in the scan's errors; nothing is raised.

    ``tags`` are the stack's: CloudFormation passes them on to the resources. ``parameters`` count before defaults.
    """
    scan = Scan(today=judged_at.date().isoformat())
    for path in paths:
        found = list(templates_in(path)) if path.is_dir() else [path]
        for file in found:
            if str(file) not in scan.files:
                _scan_file(file, settings, judged_at, scan, tags, parameters or {}, in_folder=path.is_dir())
        if not any(str(file) in scan.files for file in found):
            scan.errors.append(Problem(str(path), None, "has no templates; name a folder that has some"))
    scan.results.sort(key=lambda result: (result.file, result.line, result.logical_id, result.check.id))
    scan.unjudged = dict(sorted(scan.unjudged.items()))
    return scan


def templates_in(folder: Path) -> Iterator[Path]:
    """The files below a folder that may be templates, sorted; hidden folders and installed packages are left out."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if path.suffix in SUFFIXES and path.is_file() and mentions_resources(path):
                yield path


def expanded_template(path: Path, parameters: Mapping[str, str] | None = None) -> Template:
    """The template in a file, after its loops and the SAM transform: what is judged, and what the demo records.

    Raises:
        UnreadableTemplate: one of its kinds, for whatever is wrong with the file.
    """
    template = read_template(path)
    declared = section(template.document, "Parameters")
    pseudo = {}
    for name, value in (parameters or {}).items():
        if isinstance(declared.get(name), dict):
            declared[name] |= {"Default": value, GIVEN: True}
        elif name in PSEUDO_PARAMETERS:
            pseudo[name] = {"Type": "String", "Default": value, GIVEN: True}
    if LOOP in str(template.document):
        template = without_loops(template)
    if needs_sam(template.document):
        template = without_sam(template)
    if not pseudo:
        return template
    return template._replace(document={**template.document, "Parameters": {**declared, **pseudo}})


def _scan_file(
    path: Path,
    settings: Settings,
    judged_at: datetime,
    scan: Scan,
    tags: Mapping[str, str] | None,
    parameters: Mapping[str, str],
    *,
    in_folder: bool,
) -> None:
    try:
        template = with_rest_apis(expanded_template(path, parameters))
        scan.parameters.update(map(str, section(template.document, "Parameters")))
        _TemplateScan(template, settings, judged_at, scan, tags).judge()
    except UnreadableTemplate as error:
        if in_folder and not error.is_template:
            scan.left_out.append(str(path))
            return
        scan.errors.append(Problem(error.file, error.line, error.reason))
        scan.unread.append(str(path))
    except Exception as error:
        import logging  # noqa: PLC0415 - most scans have no such error, and it takes as long as a small scan

        logging.getLogger(__name__).debug("%s", path, exc_info=True)
        problem = f"cannot be evaluated completely: {type(error).__name__}: {error}; {SEE_DEBUG}"
        scan.errors.append(Problem(str(path), None, problem))
    scan.files.append(str(path))


class _TemplateScan:
    """One template on its way into a scan."""

    def __init__(
        self,
        template: Template,
        settings: Settings,
        judged_at: datetime,
        scan: Scan,
        tags: Mapping[str, str] | None,
    ) -> None:
        self._template = template
        self._settings = settings
        self._scan = scan
        resources = {name: body for name, body in template.document["Resources"].items() if self._usable(name, body)}
        self._types: dict[str, str] = {name: body["Type"] for name, body in resources.items()}
        self._lift = ConfigurationItems({**template.document, "Resources": resources}, judged_at, tags, template.file)
        self._merged: set[str] = set()
        self._taggable: list[TemplateItem] = []

    def judge(self) -> None:
        """Judge what has checks, then what is left of the fragments."""
        for line, text in self._template.warnings:
            self._warn(text, line)
        for macro in _macros(self._template.document):
            self._warn(f"the macro {macro} can change what is evaluated here", None)
        self._report_serverless()
        others = [logical_id for logical_id in self._types if not self._judged(logical_id)]
        for logical_id in others:
            if logical_id in self._merged:
                continue
            if self._types[logical_id].endswith(MODULE):
                self._warn(
                    f"{logical_id} is a module: its resources are not evaluated", self._template.lines[logical_id]
                )
            if not self._lift.there(logical_id):
                self._scan.skipped += 1
            elif not self._judged_alone(logical_id):
                self._unjudged(self._types[logical_id])
        self._judge_stack()
        self._scan.resources += len(self._types)
        for logical_id, text in self._lift.warnings:
            self._warn(f"{logical_id}: {text}", self._template.lines.get(logical_id))

    def _warn(self, text: str, line: int | None) -> None:
        self._scan.warnings.append(Problem(self._template.file, line, text))

    def _judged(self, logical_id: str) -> bool:
        checks = _checks_of(config_type(self._types[logical_id]))
        self._scan.live.update(check.id for check in checks if check.live)
        if not checks:
            return False
        variants = self._lift.variants(logical_id)
        self._merged |= variants.fragments
        if not variants.items:
            self._scan.skipped += 1
        elif any(check in OF_A_TEMPLATE for check in checks):
            self._taggable.append(variants.items[0])
        if self._types[logical_id] == STACK:  # a nested stack has the tags of its parent
            checks = [check for check in checks if check not in OF_A_TEMPLATE]
        self._tell(logical_id, self._verdicts(variants, checks))
        if variants.items:
            scope = self._settings.scope(variants.items[0])
            if scope.component:
                self._scan.components[self._template.file, logical_id] = scope.component
            if scope.workload:
                self._scan.workloads.add(scope.workload)
        return True

    def _judge_stack(self) -> None:
        """Judge the template as the stack that it becomes, with the tags that all its resources have."""
        if not self._taggable:
            return
        common = common_tags([item.document["tags"] for item in self._taggable])
        first = self._taggable[0]
        envelope = {**first.document, "resourceType": STACK, "resourceId": TEMPLATE, "resourceName": TEMPLATE}
        stack = TemplateItem({**envelope, "tags": common, "configuration": {}}, judged_at=first.judged_at)
        scope = self._settings.scope(stack)
        # Where the settings name tags, every resource is judged by them.
        checks = [each for each in OF_A_TEMPLATE if not self._settings.of(each, scope).parameters.get("tag_keys")]
        self._types[TEMPLATE] = STACK
        self._tell(TEMPLATE, self._verdicts(Variants([stack], {}, set()), checks))
        del self._types[TEMPLATE]

    def _report_serverless(self) -> None:
        """Warn of resources that only a transform can make, in a template that does not ask for it."""
        left = next((name for name, kind in self._types.items() if kind.startswith("AWS::Serverless::")), None)
        if left is not None:
            text = f"{left} is not evaluated: it is {self._types[left]}, and `Transform: {TRANSFORM}` is missing"
            self._warn(text, self._template.lines.get(left))

    def _judged_alone(self, logical_id: str) -> bool:
        """Judge a fragment whose parent is elsewhere: what it decides alone, and nothing that it does not touch."""
        decided = []
        for parent, variants in self._lift.fragment(logical_id).items():
            checks = [check for check in _checks_of(parent) if check not in OF_A_TEMPLATE]
            for judgement, severity in self._verdicts(variants, checks):
                if not any(item.hid_from(judgement.verdict) for item in variants.items):
                    decided.append((judgement, severity))
        self._tell(logical_id, decided)
        return bool(decided)

    def _verdicts(self, variants: Variants, checks: Sequence[Check]) -> Iterator[tuple[Judgement, str]]:
        if not variants.items:
            return
        answerable = [check for check in checks if not check.live]
        found: dict[str, list[Judgement]] = {check.id: [] for check in answerable}
        for item in variants.items:
            for judgement in judge(item, answerable, self._settings):
                found[judgement.check.id].append(judgement)
        scope, conditions = self._settings.scope(variants.items[0]), list(variants.conditions)
        for check in answerable:
            if judgements := found[check.id]:
                yield _agreed(judgements, conditions), self._settings.of(check, scope).severity

    def _tell(self, logical_id: str, verdicts: Iterable[tuple[Judgement, str]]) -> None:
        template, resource_type = self._template, self._types[logical_id]
        line, source = template.lines.get(logical_id, 1), template.sources.get(logical_id, "")
        for (check, verdict, waiver, _), severity in verdicts:
            annotation = verdict.annotation.strip()
            if annotation != verdict.annotation:
                verdict = verdict._replace(annotation=annotation)  # noqa: PLW2901 - of nearly all, none
            self._scan.results.append(
                Result(template.file, line, logical_id, resource_type, check, verdict, severity, waiver, source)
            )

    def _usable(self, logical_id: str, body: Any) -> bool:
        line = self._template.lines.get(logical_id)
        if logical_id.startswith("Fn::"):
            why = "loops over something unknown" if logical_id.startswith(LOOP) else "adds resources"
            self._warn(f"{logical_id} {why}: its resources are not evaluated", line)
            for inner in _bodies(body):
                self._unjudged(inner)
            return False
        wrong = ""
        if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
            wrong = "has no Type"
        elif not isinstance(body.get("Properties", {}), dict | None):
            wrong = "has Properties that are no mapping"
        if wrong:
            self._scan.errors.append(
                Problem(
                    self._template.file,
                    line,
                    f"resource {logical_id} {wrong}; correct it, CloudFormation refuses it too",
                )
            )
        return not wrong

    def _unjudged(self, resource_type: str) -> None:
        self._scan.unjudged[resource_type] = self._scan.unjudged.get(resource_type, 0) + 1


def common_tags(tags: Sequence[Any]) -> dict[str, Any]:
    """The tags that every resource has; where a resource's tags are unknown, so are the values."""
    known = [each for each in tags if isinstance(each, dict)]
    unknown = next((each for each in tags if isinstance(each, Unknown)), None)
    keys = [key for key in known[0] if all(_says(each.get(key)) for each in known)] if known else []
    if not known and unknown is not None:
        return unknown  # type: ignore[return-value]
    return {key: known[0][key] if unknown is None else unknown for key in keys}


def _says(value: Any) -> bool:
    return isinstance(value, Unknown) or bool(value)


def _agreed(judgements: Sequence[Judgement], conditions: Sequence[str]) -> Judgement:
    """One judgement of those under each open decision: equal verdicts stand, different ones are unknown."""
    first = judgements[0]
    if len(judgements) == 1:
        return first
    words = dict.fromkeys(judgement.verdict.compliance for judgement in judgements)
    if len(words) > 1:
        decided = (
            f"condition {conditions[0]} decides"
            if len(conditions) == 1
            else f"conditions {', '.join(conditions)} decide"
        )
        why = f"unknown: {' or '.join(sorted(words))}, as {decided}"
        return Judgement(first.check, Verdict("INSUFFICIENT_DATA", why), None)
    return first if all(judgement.waiver for judgement in judgements) else first._replace(waiver=None)


def _checks_of(resource_type: str) -> Sequence[Check]:
    return checks_of(resource_type) if resource_type else ()


def _macros(document: Mapping[str, Any]) -> Iterator[str]:
    """The macros of the whole template which only CloudFormation can run: the account's own, and AWS::Include."""
    for transforms in (document.get("Transform"), document.get("Fn::Transform")):
        for transform in transforms if isinstance(transforms, list) else [transforms]:
            name = transform.get("Name") if isinstance(transform, dict) else transform
            if isinstance(name, str) and (not name.startswith("AWS::") or name == "AWS::Include"):
                yield name


def _bodies(loop: Any) -> Iterator[str]:
    """The types of the resources in the body of a loop."""
    for body in loop if isinstance(loop, list) else [loop]:
        if isinstance(body, dict):
            for resource in body.values():
                kind = section({"it": resource}, "it").get("Type")
                if isinstance(kind, str):
                    yield kind
