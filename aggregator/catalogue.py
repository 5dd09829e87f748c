"""What scores and recommendations have to know of the checks and the settings in force."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pillarwatch.framework import best_practice
from pillarwatch.score import Counts, PillarScore, Scored, pillar_scores
from pillarwatch.settings import Scope, Settings, digest_of, packaged_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregator.scopes import ScopeName
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
        return list(dict.fromkeys(best_practice(practice).pillar for practice in self.best_practices))


@dataclass(frozen=True)
class Basis:
    """What scores are computed by."""

    checks: Mapping[str, CheckEntry]
    settings: Settings
    _known: dict[tuple[str, str], Scored] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def digest(self) -> str:
        """Changes when a score may, though nothing was judged."""
        judged_by = {
            check.id: (check.severity, check.best_practices, check.same_cause_as) for check in self.checks.values()
        }
        return digest_of([judged_by, self.settings.digest])

    def severity(self, check: str, scope: ScopeName) -> Severity:
        """A check's severity in a scope. What settings say of an environment holds for resources, not for scopes."""
        entry = self.checks[check]
        return self.settings.of(entry, Scope(scope.workload, "", "")).severity

    def scores(self, scope: ScopeName, counts: Mapping[str, Counts]) -> dict[str, PillarScore]:
        """The scores of a scope's pillars. Checks that the catalogue has not do not count."""
        scored = {check: self._scored(check, scope) for check in counts if check in self.checks}
        return pillar_scores(
            counts,
            scored,
            severity_weights=self.settings.score["severity_weights"],
            risk_weights=self.settings.score["risk_weights"],
        )

    def _scored(self, check: str, scope: ScopeName) -> Scored:
        known = self._known.get((check, scope.workload))
        if known is None:
            entry = self.checks[check]
            known = Scored(entry.best_practices, self.severity(check, scope), entry.same_cause_as)
            self._known[check, scope.workload] = known
        return known


@cache
def packaged_basis() -> Basis:
    """The catalogue and settings that this deployment was built with."""
    document = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return Basis(checks_in(document), packaged_settings())


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
