"""Facts become a review: which statements are made, in which order, and what they rest on. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from itertools import chain
from math import log2
from typing import TYPE_CHECKING, Any

from pillarwatch.attestation import answered_by, is_answered
from pillarwatch.check import SEVERITIES
from pillarwatch.framework import EDITION, PILLARS, attestations, best_practice, best_practices
from pillarwatch.score import Counts
from review import sentences
from review.actions import works
from review.attestations import noted, row_of
from review.model import (
    AcceptedRisk,
    Action,
    Component,
    Evidence,
    Named,
    NotEvaluated,
    OpenQuestion,
    PillarResult,
    Practice,
    Question,
    Review,
    SourceDescription,
    Statement,
    ThemeResult,
    Totals,
)
from review.practice_status import status_of
from review.themes import theme_of, theme_of_check, themes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pillarwatch import Check
    from pillarwatch.framework import BestPractice
    from pillarwatch.score import PillarScore, PracticeScore
    from review.facts import Attested, Facts, Occurrence, Proposal, Resource

MOST_NAMES = 3
MOST_OF_A_COMPONENT = 3  # strengths, and gaps
WHOLE = None  # stands for all components
TITLES = {
    "operational-excellence": "Operational excellence",
    "security": "Security",
    "reliability": "Reliability",
    "performance-efficiency": "Performance efficiency",
    "cost-optimization": "Cost optimization",
    "sustainability": "Sustainability",
}


def composed(facts: Facts, generated_by: str) -> Review:
    """The review of what is known.

    Args:
        facts: of one workload, or of an account.
        generated_by: the product and its version.
    """
    return _Composition(facts).review(generated_by)


class _Composition:
    """A review in the making."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._totals: dict[str, Counts] = {}
        self._by_component: dict[str | None, dict[str, Counts]] = {WHOLE: self._totals}
        for (component, check), counts in facts.counts.items():
            self._totals[check] = self._totals.get(check, Counts()) + counts
            self._by_component.setdefault(component, {})[check] = counts
        self._passed: dict[tuple[str | None, str], list[Resource]] = {}
        for (component, check), resources in facts.passing.items():
            for of in (component, WHOLE):
                self._passed.setdefault((of, check), []).extend(resources)
        self._failed: dict[tuple[str | None, str], list[Resource]] = {}
        self._read: dict[tuple[str | None, str], set[str]] = {}
        for one in facts.occurrences:
            if one.kind == "failed":
                for of in (one.component, WHOLE):
                    self._failed.setdefault((of, one.check), []).append(one.resource)
                    self._read.setdefault((of, one.check), set()).add(one.annotation)
        self._by_practice: dict[str, list[Attested]] = defaultdict(list)
        for each in facts.attested:
            self._by_practice[each.attestation.practice].append(each)
        self._practices: dict[str, PracticeScore] = {
            practice.best_practice: practice for pillar in facts.scores.values() for practice in pillar.practices
        }

    def review(self, generated_by: str) -> Review:
        """The whole of it."""
        facts, source = self._facts, self._facts.source
        by_status: Counter[str] = Counter(
            practice.status for question in self._questions for practice in question.practices
        )
        return Review(
            title=facts.title,
            generated_by=generated_by,
            edition=EDITION,
            source=SourceDescription(
                kind=source.kind,
                names=list(source.names),
                captured_at=source.captured_at,
                resources=source.resources,
                evaluated=source.evaluated,
                not_created=source.not_created,
                settings=source.settings,
                notices=list(source.notices),
            ),
            checks=sum(any(counts) for counts in self._totals.values()),
            summary=sentences.result(facts.scores, TITLES, facts.overall, by_status, self._grave()),
            overall=None if facts.overall is None else round(facts.overall, 2),
            pillars=[self._pillar(pillar) for pillar in PILLARS],
            totals=Totals(
                practices=len(best_practices()),
                no_gap=by_status["No gap found"],
                partial=by_status["Partial"],
                not_implemented=by_status["Not implemented"],
                attested=by_status["Attested"],
                attestation_expired=by_status["Attestation expired"],
                accepted=by_status["Risk accepted"],
                no_evidence=by_status["No evidence"],
            ),
            actions=self._actions(),
            themes=self._themes(),
            components=self._components(),
            questions=self._questions,
            accepted_risks=self._accepted(),
            attestations=[row_of(one, self._totals) for one in self._facts.attested],
            not_evaluated=self._not_evaluated(),
        )

    # Statements

    def _statement(self, check_id: str, component: str | None = WHOLE) -> Statement:
        check, counts = self._facts.checks[check_id], self._by_component[component][check_id]
        practice = next(iter(check.best_practices))
        failed = self._failed.get((component, check_id), [])
        read = self._read.get((component, check_id), set())
        value = next(iter(read)) if len(read) == 1 and len(failed) == counts.non_compliant else ""
        shown = [] if not counts.non_compliant else failed[:MOST_NAMES]
        more = counts.non_compliant - len(shown)
        names = [resource.name for resource in shown]
        kind: Any = "strength"
        if not counts.non_compliant:
            text = sentences.strength(check, counts)
            shown = self._passed.get((component, check_id), [])[:MOST_NAMES]
            more = counts.compliant - len(shown)
        elif counts.compliant:
            kind, text = "partial", sentences.partial(check, counts, value, names, more)
        else:
            kind, text = "gap", sentences.gap(check, counts, value, names, more)
        return Statement(
            id=f"{kind}:{check_id}" + ("" if component is WHOLE else f":{component}"),
            kind=kind,
            text=text,
            check=check_id,
            practice=practice,
            pillar=best_practice(practice).pillar,
            theme=self._theme(check_id),
            severity=self._facts.severities[check_id],
            component=component or "",
            passed=counts.compliant,
            failed=counts.non_compliant,
            judged=counts.judged,
            waived=counts.waived,
            unknown=counts.unknown,
            value=value,
            resources=[_named(resource) for resource in shown],
            more=more,
            next_step=check.fix if counts.non_compliant else "",
            effort=check.effort,
        )

    @cached_property
    def _gaps(self) -> list[str]:
        """The checks with findings that no attestation answers, the worst first."""
        open_checks = {
            check for component, check in self._failed if component is WHOLE and not self._is_answered(check, WHOLE)
        }
        return sorted(open_checks, key=lambda check: self._gap_order(check, self._totals[check]))

    def _is_answered(self, check: str, component: str | None) -> bool:
        answered = answered_by(self._facts.attested, component or "")
        return is_answered(check, self._facts.checks[check].best_practices, answered)

    def _gap_order(self, check: str, counts: Counts) -> tuple[int, int, str]:
        return SEVERITIES.index(self._facts.severities[check]), -counts.non_compliant, check

    def _weight(self, check: str, n: int) -> float:
        return self._facts.severity_weights[self._facts.severities[check]] * (1 + log2(n))

    def _strengths(self, component: str | None) -> list[str]:
        """The checks that a component passes everywhere, and by choice; those with the greatest weight first."""
        found = {
            check: counts
            for check, counts in self._by_component[component].items()
            if counts.compliant and not counts.non_compliant
        }
        chosen = [
            c for c, counts in found.items() if c not in self._facts.by_default and counts.unknown <= counts.judged
        ]
        return sorted(chosen, key=lambda check: (-self._weight(check, found[check].compliant), check))

    def _grave(self) -> list[str]:
        """Why checks of severity critical or high fail their best practices, the worst first."""
        grave = [check for check in self._gaps if self._facts.severities[check] in SEVERITIES[:2]]
        return [next(iter(self._facts.checks[check].best_practices.values())) for check in grave]

    # Parts

    def _pillar(self, pillar: str) -> PillarResult:
        score = self._facts.scores[pillar]
        mine = [check for check in self._all_strengths if self._facts.checks[check].pillar == pillar]
        gained = {one.check: one.gain.get(pillar, 0.0) for one in self._facts.proposals}
        gaps = sorted(
            (check for check in self._gaps if self._facts.checks[check].pillar == pillar),
            key=lambda check: (SEVERITIES.index(self._facts.severities[check]), -gained.get(check, 0.0)),
        )
        return PillarResult(
            pillar=pillar,
            title=TITLES[pillar],
            score=_points(score),
            coverage=round(score.coverage, 2),
            score_without_waivers=_points(self._facts.without_waivers.get(pillar)),
            verdicts=score.verdicts,
            practices=sum(practice.pillar == pillar for practice in best_practices().values()),
            practices_with_evidence=len(score.practices),
            key_strength=self._statement(mine[0]) if mine else None,
            key_gap=self._statement(gaps[0]) if gaps else None,
        )

    @cached_property
    def _all_strengths(self) -> list[str]:
        return self._strengths(WHOLE)

    def _actions(self) -> list[Action]:
        """The proposals in their order; what one piece of work fixes is one action, where its first proposal stands."""
        together: dict[object, list[Proposal]] = {}
        for proposal in self._facts.proposals:
            together.setdefault(works().get(proposal.check, proposal.check), []).append(proposal)
        return [self._action(number, proposals) for number, proposals in enumerate(together.values(), 1)]

    def _action(self, number: int, proposals: Sequence[Proposal]) -> Action:
        first, checks = proposals[0], [self._facts.checks[one.check] for one in proposals]
        statements = [self._statement(check.id) for check in checks]
        work = works()[first.check] if len(proposals) > 1 else None
        gain: Counter[str] = Counter()
        for one in proposals:
            gain.update(one.gain)
        every = [resource for statement in statements for resource in statement.resources]
        named = [resource for place, resource in enumerate(every) if resource not in every[:place]][:MOST_NAMES]
        findings = sum(statement.failed for statement in statements)
        return Action(
            number=number,
            priority=first.priority,
            title=work.title if work else checks[0].title,
            step=work.step if work else checks[0].fix,
            why=" ".join(statement.text for statement in statements),
            reason=first.reason,
            check=first.check,
            closes=list(chain(*([one.check, *one.same_cause] for one in proposals))),
            findings=findings,
            practice=statements[0].practice,
            pillar=statements[0].pillar,
            severity=first.severity,
            effort=max((check.effort for check in checks), key="SML".index),
            automation=checks[0].automation if self._facts.source.kind == "deployment" and not work else "",
            gain={pillar: round(points, 2) for pillar, points in gain.items()},
            value_per_effort=round(sum(one.value_per_effort for one in proposals), 4),
            resources=named,
            more=findings - sum(resource in named for resource in every),
        )

    def _themes(self) -> list[ThemeResult]:
        """Themes by the weight of their gaps; what has neither strengths nor gaps is left out."""
        everywhere = set(self._all_strengths)
        best: dict[str, set[str]] = defaultdict(set)
        for component in self._names:
            seen = set()
            for check in self._strengths(component):
                of = self._theme(check)
                if of not in seen and check in everywhere:
                    seen.add(of)
                    best[of].add(check)
        found = []
        for theme in themes().values():
            gaps = [check for check in self._gaps if self._theme(check) == theme.id]
            strengths = [check for check in self._all_strengths if check in best[theme.id]]
            weight = sum(self._weight(check, self._totals[check].non_compliant) for check in gaps)
            if gaps or strengths or any(self._theme(one.check) == theme.id for one in self._undecided):
                found.append(
                    ThemeResult(
                        id=theme.id,
                        title=theme.title,
                        strengths=[self._statement(check) for check in strengths],
                        gaps=[self._statement(check) for check in gaps],
                        undecided=[one for one in self._undecided if self._theme(one.check) == theme.id],
                        weight=round(weight, 2),
                    )
                )
        return sorted(found, key=_gravest_first)

    @cached_property
    def _names(self) -> list[str]:
        return sorted({component for component, _ in self._facts.counts})

    def _theme(self, check: str) -> str:
        return theme_of_check(self._facts.checks[check]).id

    def _components(self) -> list[Component]:
        return [self._component(name) for name in self._names] if len(self._names) > 1 else []

    def _component(self, name: str) -> Component:
        mine = {
            check: counts for check, counts in self._by_component[name].items() if not self._is_answered(check, name)
        }
        open_checks = {check for component, check in self._failed if component == name and check in mine}
        gaps = sorted(open_checks, key=lambda check: self._gap_order(check, mine[check]))
        seen, strengths = set(), []
        of_all = set(self._all_strengths)  # said of the whole workload already, so what is particular stands first
        for check in sorted(self._strengths(name), key=of_all.__contains__):
            if self._theme(check) not in seen:
                seen.add(self._theme(check))
                strengths.append(check)
        return Component(
            name=name or "(no component)",
            passed=sum(counts.compliant for counts in mine.values()),
            failed=sum(counts.non_compliant for counts in mine.values()),
            strengths=[self._statement(check, name) for check in strengths[:MOST_OF_A_COMPONENT]],
            gaps=[self._statement(check, name) for check in gaps[:MOST_OF_A_COMPONENT]],
            more_gaps=max(0, len(gaps) - MOST_OF_A_COMPONENT),
        )

    # Practices

    @cached_property
    def _questions(self) -> list[Question]:
        by_question: dict[str, list[BestPractice]] = defaultdict(list)
        for practice in best_practices().values():
            by_question[practice.question_id].append(practice)
        return [self._question(practices) for practices in by_question.values()]

    def _question(self, practices: Sequence[BestPractice]) -> Question:
        known = [self._practices[practice.id] for practice in practices if practice.id in self._practices]
        weight = sum(practice.weight for practice in known)
        return Question(
            id=practices[0].question_id,
            pillar=practices[0].pillar,
            theme=theme_of(practices[0].id).id,
            question=practices[0].question,
            score=round(sum(one.score * one.weight for one in known) / weight, 2) if known else None,
            with_evidence=len(known),
            practices=[self._practice(practice) for practice in practices],
        )

    @cached_property
    def _serving(self) -> dict[str, list[Check]]:
        found: dict[str, list[Check]] = defaultdict(list)
        for check in self._facts.checks.values():
            for practice in check.best_practices:
                found[practice].append(check)
        return found

    def _practice(self, practice: BestPractice) -> Practice:
        score = self._practices.get(practice.id)
        checks = [check for check in self._serving[practice.id] if any(self._totals.get(check.id, ()))]
        answered = answered_by(self._by_practice[practice.id])
        checks = [check for check in checks if (practice.id, check.id) not in answered]
        status, note = status_of(
            score,
            [one.state for one in self._by_practice[practice.id]],
            sum(self._totals[check.id].waived for check in checks),
            sum(self._totals[check.id].unknown for check in checks),
            self._without_evidence(practice.id),
        )
        note = "; ".join(filter(None, (note, *map(noted, self._by_practice[practice.id]))))
        return Practice(
            id=practice.id,
            title=practice.title,
            risk=practice.risk,
            url=practice.url,
            status=status,
            score=None if score is None else round(score.score, 2),
            note=note,
            evidence=[self._evidence(check, practice.id) for check in checks],
        )

    def _without_evidence(self, practice: str) -> str:
        live = [check.id for check in self._serving[practice] if check.id in self._facts.only_deployed]
        if live:
            return f"needs a deployment: {', '.join(sorted(live)[:MOST_NAMES])}"
        if wanted := attestations().get(practice):
            return f"needs an attestation: {wanted}"
        return (
            "no resource of a type that its checks evaluate" if self._serving[practice] else "no check evaluates it yet"
        )

    def _evidence(self, check: Check, practice: str) -> Evidence:
        counts, failed = self._totals[check.id], self._failed.get((WHOLE, check.id), [])
        return Evidence(
            check=check.id,
            title=check.title,
            passed=counts.compliant,
            judged=counts.judged,
            waived=counts.waived,
            unknown=counts.unknown,
            severity=self._facts.severities[check.id],
            reason=check.best_practices[practice],
            resources=[_named(resource) for resource in failed[:MOST_NAMES]],
            more=counts.non_compliant - min(len(failed), MOST_NAMES),
        )

    # What is not a verdict

    def _accepted(self) -> list[AcceptedRisk]:
        groups: dict[tuple[str, str, str, str], list[Occurrence]] = defaultdict(list)
        for one in self._facts.occurrences:
            if one.kind == "waived":
                groups[one.check, one.reason, one.approver, one.expires].append(one)
        return [
            AcceptedRisk(
                check=check,
                title=self._facts.checks[check].title,
                practice=next(iter(self._facts.checks[check].best_practices)),
                severity=of[0].severity,
                resources=[_named(one.resource) for one in of[:MOST_NAMES]],
                more=max(0, len(of) - MOST_NAMES),
                reason=reason,
                approver=approver,
                expires=expires,
            )
            for (check, reason, approver, expires), of in sorted(groups.items())
        ]

    @cached_property
    def _open_questions(self) -> list[OpenQuestion]:
        """The checks with unknown verdicts, those with the most first."""
        why: dict[str, str] = {}
        for one in self._facts.occurrences:
            if one.kind == "unknown":
                why.setdefault(one.check, one.annotation)
        unknown = {check: counts.unknown for check, counts in self._totals.items() if counts.unknown}
        return [
            OpenQuestion(
                check=check, title=self._facts.checks[check].title, count=n, why=sentences.brief(why.get(check, ""))
            )
            for check, n in sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        ]

    @cached_property
    def _undecided(self) -> list[OpenQuestion]:
        """The checks of which no verdict is known."""
        return [one for one in self._open_questions if not self._totals[one.check].judged]

    def _not_evaluated(self) -> NotEvaluated:
        without: list[str] = []
        attested: list[str] = []
        for practice in best_practices():
            if not self._serving[practice]:
                (attested if practice in attestations() else without).append(practice)
        attested = [practice for practice in attested if not self._by_practice[practice]]
        source = self._facts.source
        return NotEvaluated(
            types=dict(sorted(source.without_checks.items(), key=lambda item: (-item[1], item[0]))),
            only_deployed=sorted(self._facts.only_deployed),
            unknown=self._open_questions,
            attestations=attested,
            without_check=without,
            problems=list(source.problems),
        )


def _points(score: PillarScore | None) -> float | None:
    return None if score is None or score.score is None else round(score.score, 2)


def _gravest_first(theme: ThemeResult) -> tuple[float, ...]:
    """Sorts themes by how many of their gaps are of each severity, then by their weight."""
    by_severity = Counter(gap.severity for gap in theme.gaps)
    return (*(-by_severity[severity] for severity in SEVERITIES[:2]), -theme.weight)


def _named(resource: Resource) -> Named:
    return Named(name=resource.name, type=resource.type, where=resource.where)
