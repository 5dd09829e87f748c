"""The file of attestations, ``attestations.toml`` beside the settings: what is allowed, and what each kind needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from pillarwatch.attestation import Attestation, Kind, Status, last_day
from settings.model import Check, Practice, Reason, Table
from settings.toml_documents import text_of
from settings.validation import validated

if TYPE_CHECKING:
    from pathlib import Path

MOST_DAYS = 366  # between attesting and expiring, as for waivers
Day = Annotated[date, Field(strict=False)]
NEEDED: dict[Kind, tuple[str, ...]] = {
    "code": ("commit", "path"),
    "register": ("table",),
    "pipeline": ("run", "commit", "result"),
    "document": ("version", "reviewed_on"),
    "decision": ("decision", "rationale", "trade_off"),
    "exercise": ("held_on", "figures"),
    "figure": ("figures",),
    "recurring": ("held_on", "cadence_days"),
}
OF_KINDS = sorted({name for names in NEEDED.values() for name in names} - {"figures", "table"} | {"actions"})


class EvidenceTable(Table):
    """Where the evidence is."""

    url: str = Field(min_length=1)
    kind: str = ""
    digest: str = ""


class FigureTable(Table):
    """A measured figure and its target."""

    name: str = Field(min_length=1)
    comparison: Literal["<=", ">=", "<", ">", "=="]
    target: float
    unit: str = ""
    measured: float | None = None
    measured_on: Day | None = None
    percentile: float | None = Field(None, gt=0, le=100)
    window: str = ""


class RegisterTable(Table):
    """A register: typed columns, rows, and when it is complete."""

    columns: dict[str, Literal["text", "number", "date", "bool"]]
    rows: list[dict[str, Any]] = Field([])
    required: list[str] = Field([])
    at_least: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _rows_have_the_columns(self) -> RegisterTable:
        kinds: dict[str, type | tuple[type, ...]] = {"text": str, "number": (int, float), "date": date, "bool": bool}
        if unknown := set(self.required) - self.columns.keys():
            raise ValueError(f"required names {', '.join(sorted(unknown))}, which is no column")
        for number, row in enumerate(self.rows, 1):
            for name, value in row.items():
                if name not in self.columns:
                    raise ValueError(f"row {number} has {name!r}, which is no column")
                if not isinstance(value, kinds[self.columns[name]]):
                    raise ValueError(f"row {number}: {name} is no {self.columns[name]}")  # noqa: TRY004 - pydantic reports it
        return self


class AttestationTable(Table):
    """One attestation."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    kind: Kind
    practice: Practice
    statement: Reason
    status: Status
    attested_by: str = Field(min_length=1)
    attested_on: Day
    expires: Day | None = None
    workload: str = ""
    component: str = ""
    owner: str = ""
    evidence: list[EvidenceTable] = Field([])
    figures: list[FigureTable] = Field([])
    table: RegisterTable | None = None
    answers: list[Check] = Field([])
    contradicts: list[Check] = Field([])
    commit: str | None = None
    path: str | None = None
    run: str | None = None
    result: str | None = None
    version: str | None = None
    reviewed_on: Day | None = None
    decision: str | None = None
    rationale: str | None = None
    trade_off: str | None = None
    held_on: Day | None = None
    cadence_days: int | None = Field(None, gt=0)
    actions: list[str] | None = None

    @model_validator(mode="after")
    def _is_evidence(self) -> AttestationTable:
        if self.component and not self.workload:
            raise ValueError(f"{self.id}: a component needs its workload")
        if self.attested_on > datetime.now(UTC).astimezone().date():
            raise ValueError(f"{self.id}: attested_on {self.attested_on} is in the future")
        if self.expires and (self.expires - self.attested_on).days > MOST_DAYS:
            raise ValueError(f"{self.id}: expires {self.expires} is more than {MOST_DAYS} days after attested_on")
        if self.status == "yes":
            missing = [name for name in NEEDED[self.kind] if not getattr(self, name)]
            if not self.evidence:
                missing.append("evidence")
            if missing:
                raise ValueError(f"{self.id}: status yes of kind {self.kind} needs {', '.join(missing)}")
        return self

    def plain(self) -> dict[str, Any]:
        """As the settings keep it: the fields of :class:`Attestation`."""
        document = self.model_dump(mode="json", exclude_none=True)
        expires = self.expires or last_day(self.kind, self.attested_on, self.held_on, self.cadence_days)
        details = {name: document.pop(name) for name in OF_KINDS if name in document}
        common = {name: value for name, value in document.items() if value not in ("", [], {})}
        return {**common, "expires": expires.isoformat(), **({"details": details} if details else {})}


class AttestationsFile(Table):
    """The whole file."""

    attestations: list[AttestationTable] = Field([])

    @model_validator(mode="after")
    def _ids_are_unique(self) -> AttestationsFile:
        ids = [each.id for each in self.attestations]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"two attestations have the id {', '.join(twice)}")
        return self


def read_attestations(path: Path) -> list[dict[str, Any]]:
    """The attestations of a file, as the settings keep them.

    Raises:
        UserErrors: it has tables, keys or values that are not allowed, each with its line.
        UserError: it cannot be read, or is not TOML.
    """
    return attestations_in(path, text_of(path))


def attestations_in(path: Path, text: str) -> list[dict[str, Any]]:
    """The attestations that a text is, which stands or will stand in a file.

    Raises:
        UserErrors, UserError: as :func:`read_attestations`.
    """
    found = [each.plain() for each in validated(path, text, AttestationsFile).attestations]
    assert all(Attestation(**each) for each in found)  # noqa: S101 - the fields are those of the domain
    return found
