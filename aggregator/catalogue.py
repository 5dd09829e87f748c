"""What scores and recommendations have to know of the checks and the settings in force."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.scopes import ScopeName
from pillarwatch.attestation import SEVERITY as ATTESTED
from pillarwatch.attestation import answered_by, fails, is_answered, verdict_of
from pillarwatch.framework import PILLARS, best_practice
from pillarwatch.score import Counts, PillarScore, Scored, pillar_scores
from pillarwatch.settings import Scope, Settings, digest_of, packaged_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from pillarwatch.attestation import Attestation, State
    from pillarwatch.check import Effort, Severity


class CheckEntry(NamedTuple):
    """A check, as ``catalogue.json`` has it."""

    id: str
    title: str
    fix: str
    automation: str
    effort: Effort
    severity: Severity
    exposed: bool  #: the internet or any AWS account reaches a failing resource
    best_practices: tuple[str, ...]  #: the first is the primary one
    same_cause_as: str = ""  #: the check that names the cause where both fail on a resource

    @property
    def pillars(self) -> list[str]:
        """The pillars it serves, the primary one first."""
        return _pillars(self.best_practices)


MOST_SCORES = 64  # kept; of scopes with all checks they take a few MB


@cache
def _pillars(practices: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(best_practice(practice).pillar for practice in practices))


@dataclass(frozen=True)
class Basis:
    """What scores are computed by."""

    checks: Mapping[str, CheckEntry]
    settings: Settings
    today: str = ""  #: ISO date; attestations that ended before it have expired

    def at(self, now: datetime) -> Basis:
        """The same on a day."""
        today = now.date().isoformat()
        if today == self.today or not self.settings.attestations:
            return self
        if today not in self._days:
            self._days.clear()
            self._days[today] = replace(self, today=today)
        return self._days[today]

    @cached_property
    def _days(self) -> dict[str, Basis]:
        return {}

    @cached_property
    def digest(self) -> str:
        """Changes when a score may, though nothing was judged: with the checks, the settings and the attestations."""
        judged_by = {
            check.id: (check.severity, check.best_practices, check.same_cause_as) for check in self.checks.values()
        }
        expired = [each.id for each in self.settings.attestations if each.expires < self.today]
        return digest_of([judged_by, self.settings.digest, *([expired] if expired else [])])

    @cached_property
    def dependent(self) -> frozenset[str]:
        """The checks whose cause another check names."""
        return frozenset(check.id for check in self.checks.values() if check.same_cause_as)

    def lapsed(self, today: str) -> dict[str, dict[str, int]]:
        """How many waivers and attestations of the settings ended before a day (ISO date), by pillar."""
        waived = [self._practice_of(each.check) for each in self.settings.waivers if each.expires < today]
        attested = [each.practice for each in self.settings.attestations if each.expires < today]
        pillars = {
            what: Counter(best_practice(practice).pillar for practice in practices)
            for what, practices in (("waivers", waived), ("attestations", attested))
        }
        return {what: dict(counted) for what, counted in pillars.items()}

    def _practice_of(self, waived: str) -> str:
        """What a waiver is of: a best practice, or a check that serves it first."""
        return self.checks[waived].best_practices[0] if waived in self.checks else waived

    def severity(self, check: str, scope: ScopeName) -> Severity:
        """A check's severity in a scope. What settings say of an environment holds for resources, not for scopes."""
        entry = self.checks[check]
        return self.settings.of(entry, Scope(scope.workload, "", "")).severity

    def scores(
        self, scope: ScopeName, counts: Mapping[str, Counts], pillars: Collection[str] = PILLARS
    ) -> dict[str, PillarScore]:
        """The scores of a scope's pillars. Checks that the catalogue has not do not count.

        Attestations are evidence beside the checks. The latest scores are kept: a scope is projected again for its time
        alone, and a component can have the counts of its workload.
        """
        attested = self.attested(scope, counts)
        counted = {**counts, **{each.name: verdict_of(state) for each, state in attested}} if attested else counts
        return self._latest(
            scope.workload, frozenset(counted.items()), frozenset(pillars), answered_by(attested, _component(scope))
        )

    def attested(self, scope: ScopeName, counts: Mapping[str, Counts]) -> list[tuple[Attestation, State]]:
        """The attestations of a scope, and whether each shows that its best practice is implemented."""
        of_scope = [each for each in self.settings.attestations if each.is_of(scope.workload, _component(scope))]
        if not of_scope:
            return []
        failing = {check for check, count in counts.items() if fails(count)}
        return [(each, each.state(self.today, failing)) for each in of_scope]

    def pillars(self, check: str, scope: ScopeName) -> list[str]:
        """The pillars that a failing check can cost points in a scope, the primary one first.

        Those that it serves, and those of the attestations that it contradicts. None of a check that is not known.
        """
        if check not in self.checks:
            return []
        contradicted = [
            best_practice(each.practice).pillar
            for each in self.settings.attestations
            if check in each.contradicts
            and each.is_of(scope.workload, _component(scope))
            and each.state(self.today, {check}) == "contradicted"
        ]
        return list(dict.fromkeys([*self.checks[check].pillars, *contradicted]))

    def answered_unless(self, checks: Collection[str]) -> set[str]:
        """The checks whose answers checks can contradict: they are open or answered as these fail or pass."""
        return {
            answered
            for each in self.settings.attestations
            if not set(each.contradicts).isdisjoint(checks)
            for answered in each.answers
        }

    def is_answered(self, check: str, scope: ScopeName, counts: Mapping[str, Counts]) -> bool:
        """Whether attestations answer a check for all best practices that it serves: then it is not open."""
        answered = answered_by(self.attested(scope, counts), _component(scope))
        return is_answered(check, self.checks[check].best_practices, answered)

    @cached_property
    def _attestations(self) -> dict[str, Attestation]:
        return {each.name: each for each in self.settings.attestations}

    @cached_property
    def _latest(self) -> Callable[..., dict[str, PillarScore]]:
        """``scores`` of a workload, or of what has none."""
        checks: dict[str, dict[str, Scored]] = {}

        @lru_cache(maxsize=MOST_SCORES)
        def scores(
            workload: str,
            counted: frozenset[tuple[str, Counts]],
            pillars: frozenset[str],
            answered: frozenset[tuple[str, str]],
        ) -> dict[str, PillarScore]:
            known, scope = checks.setdefault(workload, {}), ScopeName("workload", workload, workload)
            for check, _ in counted:
                if attestation := self._attestations.get(check):
                    known[check] = Scored((attestation.practice,), ATTESTED)
                elif check not in known and check in self.checks:
                    entry = self.checks[check]
                    known[check] = Scored(entry.best_practices, self.severity(check, scope), entry.same_cause_as)
            return pillar_scores(
                dict(counted),
                known,
                severity_weights=self.settings.score["severity_weights"],
                risk_weights=self.settings.score["risk_weights"],
                pillars=pillars,
                answered=answered,
            )

        return scores


def _component(scope: ScopeName) -> str:
    return scope.name if scope.kind == "component" else ""


@cache
def packaged_basis() -> Basis:
    """The catalogue and settings that this deployment was built with."""
    return Basis(checks_in(_packaged()), packaged_settings())


def change_types() -> list[str]:
    """The resource types that are evaluated when AWS Config records a change, sorted."""
    return sorted({kind for each in _packaged().values() if not each["collector"] for kind in each["resource_types"]})


def _packaged() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(
        Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    )
    return found


def checks_in(document: Mapping[str, Mapping[str, object]]) -> dict[str, CheckEntry]:
    """The checks of a catalogue's plain form."""
    fields = set(CheckEntry._fields) - {"id", "automation", "best_practices", "same_cause_as"}
    return {
        check: CheckEntry(
            id=check,
            automation=str(entry["automation"] or ""),
            same_cause_as=str(entry["same_cause_as"] or ""),
            best_practices=tuple(entry["best_practices"]),  # type: ignore[arg-type]  # a list, or keys of an object
            **{name: entry[name] for name in fields},  # type: ignore[arg-type]
        )
        for check, entry in document.items()
    }
