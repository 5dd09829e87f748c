"""The review as a document: what all renderings show, and what the JSON is. Its schema is ``review.schema.json``.

A field is added without a new version; readers of the JSON ignore unknown fields.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Pillar = Literal[
    "operational-excellence",
    "security",
    "reliability",
    "performance-efficiency",
    "cost-optimization",
    "sustainability",
]
Severity = Literal["critical", "high", "medium", "low"]
Status = Literal[
    "No gap found",
    "Attested",
    "Partial",
    "Not implemented",
    "Attestation expired",
    "Risk accepted",
    "No evidence",
]


class Part(BaseModel):
    """A part of a review; it is never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Part):
    """A resource that a statement names."""

    name: str = Field(description="logical id, or the name that AWS has")
    type: str
    where: str = Field(description="file and line, or an ARN")


class Statement(Part):
    """A sentence and what it rests on."""

    id: str = Field(description="kind, check and component; unique in the review")
    kind: Literal["strength", "partial", "gap"]
    text: str
    check: str
    practice: str = Field(description="the best practice that the check serves first, e.g. SEC08-BP01")
    pillar: Pillar
    theme: str
    severity: Severity
    component: str = Field(description="empty for the whole workload")
    passed: int
    failed: int
    judged: int = Field(description="passed and failed")
    waived: int
    unknown: int
    value: str = Field(description="what the check read, if it is the same for all resources; else empty")
    resources: list[Named] = Field(description="of those that fail, or pass for a strength: at most three")
    more: int = Field(description="how many are not named")
    next_step: str = Field(description="how to fix it; empty for a strength")
    effort: Literal["S", "M", "L"]


class PillarResult(Part):
    """A row of the scorecard."""

    pillar: Pillar
    title: str
    score: float | None = Field(description="0 to 100; null without evidence")
    coverage: float = Field(description="risk-weighted share of the best practices with evidence, 0 to 100")
    score_without_waivers: float | None = Field(
        description="if accepted risks counted as failures; null if nothing is accepted, or without evidence"
    )
    verdicts: int
    practices: int
    practices_with_evidence: int
    key_strength: Statement | None
    key_gap: Statement | None


class Action(Part):
    """Something to do, and the findings that it closes."""

    number: int
    priority: Literal["P0", "P1", "P2", "P3"]
    title: str = Field(description="the state to reach")
    step: str = Field(description="how to reach it")
    why: str = Field(description="the gap or partial statement")
    reason: str = Field(description="of the priority")
    check: str
    closes: list[str] = Field(description="the checks whose findings it closes, the action's own first")
    findings: int
    practice: str
    pillar: Pillar
    severity: Severity
    effort: Literal["S", "M", "L"]
    automation: str = Field(description="AWS's Systems Manager automation document, if there is one")
    gain: dict[Pillar, float] = Field(description="points that each pillar gains")
    value_per_effort: float
    resources: list[Named]
    more: int


class OpenQuestion(Part):
    """Verdicts of a check that could not be given."""

    check: str
    title: str
    count: int
    why: str = Field(description="of the first")


class ThemeResult(Part):
    """What holds and what does not within a theme."""

    id: str
    title: str
    strengths: list[Statement]
    gaps: list[Statement] = Field(description="the worst first")
    undecided: list[OpenQuestion] = Field(description="checks all of whose verdicts are unknown")
    weight: float = Field(description="of the gaps; orders the themes")


class Component(Part):
    """A part of the workload."""

    name: str
    passed: int
    failed: int
    strengths: list[Statement]
    gaps: list[Statement]
    more_gaps: int


class Evidence(Part):
    """What a check says of a best practice."""

    check: str
    title: str
    passed: int
    judged: int
    waived: int
    unknown: int
    severity: Severity
    reason: str = Field(description="why failing the check is failing the practice")
    resources: list[Named] = Field(description="of those that fail: at most three")
    more: int


class Practice(Part):
    """A best practice."""

    id: str
    title: str
    risk: Literal["HIGH", "MEDIUM", "LOW"]
    url: str
    status: Status
    score: float | None
    note: str = Field(description="why there is no evidence, or what else is to be known")
    evidence: list[Evidence]


class Question(Part):
    """A question of the framework."""

    id: str
    pillar: Pillar
    theme: str
    question: str
    score: float | None = Field(description="of its best practices with evidence, weighted by risk")
    with_evidence: int
    practices: list[Practice]


class AcceptedRisk(Part):
    """An accepted failure."""

    check: str
    title: str
    practice: str
    severity: Severity
    resources: list[Named]
    more: int
    reason: str
    approver: str
    expires: str = Field(description="ISO date: the last day")


class AttestationRow(Part):
    """A person's evidence for a best practice."""

    id: str
    kind: str
    practice: str
    title: str = Field(description="of the best practice")
    statement: str
    state: Literal[
        "implemented", "not implemented", "planned", "expired", "target missed", "incomplete", "contradicted"
    ]
    where: str = Field(description="workload and component; empty for the account")
    owner: str
    attested_by: str
    attested_on: str = Field(description="ISO date")
    expires: str = Field(description="ISO date: the last day")
    evidence: list[str] = Field(description="URLs")
    particulars: list[str] = Field(description="what its kind needs, e.g. a figure with its target, a decision, a run")
    answers: list[str] = Field(
        description="checks that it answers: while it is implemented, they are no gap of the practice"
    )
    contradicted_by: list[str] = Field(description="checks that contradict it and fail, accepted failures included")


class NotEvaluated(Part):
    """What was not evaluated, and why."""

    types: dict[str, int] = Field(description="resources of types without checks, by type")
    only_deployed: list[str] = Field(description="checks that only a deployment can answer")
    unknown: list[OpenQuestion]
    attestations: list[str] = Field(description="practices that only people can vouch for")
    without_check: list[str] = Field(description="practices that no check judges yet")
    problems: list[str]


class SourceDescription(Part):
    """What was reviewed."""

    kind: Literal["templates", "deployment"]
    names: list[str]
    captured_at: str
    resources: int
    evaluated: int
    not_created: int
    settings: str = Field(description="the settings file; empty for the defaults, and for a deployment")
    notices: list[str] = Field(description="waivers without effect, and checks that are off")


class Totals(Part):
    """The best practices by status."""

    practices: int
    no_gap: int
    partial: int
    not_implemented: int
    attested: int = Field(description="attestations alone are the evidence, and all of them show it")
    attestation_expired: int = Field(
        description="attestations alone are the evidence, and none of them shows it any more"
    )
    accepted: int
    no_evidence: int


class Review(Part):
    """A review."""

    version: Literal["1"] = "1"
    title: str
    generated_by: str = Field(description="the product and its version")
    edition: str = Field(description="of the framework")
    source: SourceDescription
    checks: int = Field(description="that have a verdict")
    summary: list[str] = Field(description="the result, sentence by sentence")
    overall: float | None
    pillars: list[PillarResult]
    totals: Totals
    actions: list[Action]
    themes: list[ThemeResult]
    components: list[Component]
    questions: list[Question]
    accepted_risks: list[AcceptedRisk]
    attestations: list[AttestationRow]
    not_evaluated: NotEvaluated
