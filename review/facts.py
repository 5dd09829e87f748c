"""What a review is made of: verdicts, counts and scores, whatever they were read from. No sentence and no order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pillarwatch import Check
    from pillarwatch.attestation import Attestation, State
    from pillarwatch.check import Severity
    from pillarwatch.score import Counts, PillarScore

Key = tuple[str, str]  #: component and check


class Resource(NamedTuple):
    """A resource as people find it again."""

    name: str  #: logical id, or the name that AWS has
    type: str
    where: str  #: ``file:line``, or an ARN


class Occurrence(NamedTuple):
    """A verdict on one resource that is no pass."""

    check: str
    component: str
    resource: Resource
    kind: Literal["failed", "waived", "unknown"]
    annotation: str  #: what the check read
    severity: Severity
    reason: str = ""  #: of a waiver
    approver: str = ""
    expires: str = ""  #: ISO date, the last day of a waiver


class Proposal(NamedTuple):
    """An open check: how urgent it is, and what fixing it everywhere gains."""

    check: str
    severity: Severity
    priority: str  #: P0 to P3
    reason: str  #: of the priority
    gain: Mapping[str, float]  #: points by pillar
    value_per_effort: float
    same_cause: Mapping[str, int]  #: checks that fail for the same cause, and how many resources fail them


class Attested(NamedTuple):
    """A person's evidence, and what it shows today."""

    attestation: Attestation
    state: State


@dataclass(frozen=True)
class Source:
    """Where the verdicts come from."""

    kind: Literal["templates", "deployment"]
    names: Sequence[str]  #: template files, or the accounts of a deployment
    captured_at: str  #: UTC time with seconds: when templates were read, or the scope was last scored
    resources: int
    evaluated: int  #: of them
    not_created: int = 0  #: resources of templates that the parameters' values leave out
    without_checks: Mapping[str, int] = field(default_factory=dict)  #: resources by type
    problems: Sequence[str] = ()  #: what could not be read, or makes verdicts unknown
    settings: str = ""  #: the settings file; empty where the defaults apply, or a deployment has its own
    notices: Sequence[str] = ()  #: waivers without effect, and checks that are off


@dataclass(frozen=True)
class Facts:
    """Everything that is known of a workload at one time."""

    title: str
    source: Source
    checks: Mapping[str, Check]  #: all that there are
    severities: Mapping[str, Severity]  #: of those with verdicts: the worst that they have for a resource
    severity_weights: Mapping[str, float]
    counts: Mapping[Key, Counts]  #: verdicts of findings; of two with one cause only the one that names it
    scores: Mapping[str, PillarScore]
    overall: float | None
    occurrences: Sequence[Occurrence]
    passing: Mapping[Key, Sequence[Resource]]  #: names of what passes, as far as they are known
    proposals: Sequence[Proposal]  #: by priority
    by_default: frozenset[str]  #: checks that a resource passes on which nothing was set, or that nothing can fail
    attested: Sequence[Attested] = ()
    without_waivers: Mapping[str, PillarScore] = field(default_factory=dict)  #: scores; empty if nothing is waived
    only_deployed: frozenset[str] = frozenset()  #: checks of the resources found that no template can answer
