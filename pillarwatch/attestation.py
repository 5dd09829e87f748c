"""An attestation: a person's evidence for a best practice that no API can see, until it expires."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pillarwatch.score import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

Kind = Literal["code", "register", "pipeline", "document", "decision", "exercise", "figure", "recurring"]
Status = Literal["yes", "no", "planned"]
State = Literal["implemented", "not implemented", "planned", "expired", "target missed", "incomplete", "contradicted"]

GOOD_STATES: frozenset[State] = frozenset({"implemented", "planned"})  # nothing is wrong with it
PREFIX = "attestation:"  # of its id where checks stand by their ids
# An attestation weighs as much in the score of its best practice as one check of this severity: it is evidence beside
# measured verdicts, and outweighs none that is high or critical.
SEVERITY = "medium"
DAYS: Mapping[Kind, int] = {
    "code": 365,
    "register": 180,
    "pipeline": 90,
    "document": 365,
    "decision": 365,
    "exercise": 180,
    "figure": 90,
    "recurring": 90,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
}


class Attestation(NamedTuple):
    """What a person states, as the settings have it."""

    id: str
    kind: Kind
    practice: str  #: a best practice, e.g. REL13-BP03
    statement: str
    status: Status
    attested_by: str
    attested_on: str  #: ISO date
    expires: str  #: ISO date, the last day
    workload: str = ""  #: empty for the account
    component: str = ""  #: empty for the whole workload
    owner: str = ""
    evidence: Sequence[Mapping[str, str]] = ()  #: url, kind and digest of each
    figures: Sequence[Mapping[str, Any]] = ()
    table: Mapping[str, Any] = {}
    answers: Sequence[str] = ()  #: checks that it answers instead of a measurement
    contradicts: Sequence[str] = ()  #: checks whose failure contradicts it
    details: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        """Its id beside those of checks."""
        return f"{PREFIX}{self.id}"

    def is_of(self, workload: str, component: str = "") -> bool:
        """Whether it is evidence in a scope: that of the workload holds for each component."""
        return self.workload == workload and (not component or self.component in {"", component})

    def state(self, today: str, failing: Collection[str]) -> State:
        """Whether it shows that its best practice is implemented.

        Args:
            today: ISO date.
            failing: the checks that fail in its scope, on whatever resource. A waiver accepts the risk of a failure,
                it does not make the statement true.
        """
        if self.status != "yes":
            return "planned" if self.status == "planned" else "not implemented"
        if self.expires < today:
            return "expired"
        if any(check in failing for check in self.contradicts):
            return "contradicted"
        if not all(is_met(figure) for figure in self.figures):
            return "target missed"
        return "implemented" if is_complete(self.table) else "incomplete"

    @property
    def particulars(self) -> list[str]:
        """What its kind needs, a text for each: figures with their targets, the size of a register, a decision."""
        rows = len(self.table.get("rows", ()))
        register = [f"register: {rows} row{'' if rows == 1 else 's'}"] if self.table else []
        others = (
            f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
            for name, value in self.details.items()
        )
        return [*map(figure_text, self.figures), *register, *others]


def figure_text(figure: Mapping[str, Any]) -> str:
    """A measured figure and its target, e.g. ``recovery time: 42 minutes (target <= 60)``."""
    percentile, measured = figure.get("percentile"), figure.get("measured")
    name = f"{figure['name']} p{percentile:g}" if percentile else figure["name"]
    value = "not measured" if measured is None else " ".join(filter(None, (f"{measured:g}", figure.get("unit"))))
    within = f" in {figure['window']}" if figure.get("window") else ""
    return f"{name}: {value}{within} (target {figure['comparison']} {figure['target']:g})"


def is_met(figure: Mapping[str, Any]) -> bool:
    """Whether a measured figure reaches its target; one that was not measured does not."""
    measured = figure.get("measured")
    return measured is not None and COMPARISONS[figure["comparison"]](measured, figure["target"])


def is_complete(table: Mapping[str, Any]) -> bool:
    """Whether a register has as many rows as it needs, and each row its required columns."""
    rows, columns = table.get("rows", ()), table.get("required", ())
    filled = all(row.get(column) not in {None, ""} for row in rows for column in columns)
    return filled and len(rows) >= table.get("at_least", 0)


def last_day(kind: Kind, attested_on: date, held_on: date | None, cadence_days: int | None) -> date:
    """When it expires if the file does not say: a recurring review when the next one is due."""
    if kind == "recurring" and held_on and cadence_days:
        return held_on + timedelta(days=cadence_days)
    return attested_on + timedelta(days=DAYS[kind])


def fails(counts: Counts) -> bool:
    """Whether a check contradicts: it fails for a resource of the scope, whether the risk is accepted or not."""
    return bool(counts.non_compliant or counts.waived)


def verdict_of(state: State) -> Counts:
    """The verdict of an attestation beside those of checks."""
    return Counts(1) if state == "implemented" else Counts(0, 1)


def answered_by(attested: Iterable[tuple[Attestation, State]], component: str = "") -> frozenset[tuple[str, str]]:
    """The checks that implemented attestations answer, each with the best practice for which.

    Args:
        attested: the attestations of a scope.
        component: whose checks are answered; empty for the whole workload or account, for which an attestation of one
            component does not answer.
    """
    return frozenset(
        (each.practice, check)
        for each, state in attested
        if state == "implemented" and each.component in {"", component}
        for check in each.answers
    )


def is_answered(check: str, practices: Iterable[str], answered: Collection[tuple[str, str]]) -> bool:
    """Whether attestations answer a check for all best practices that it serves: then it is not open."""
    return bool(answered) and all((practice, check) in answered for practice in practices)
