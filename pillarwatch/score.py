"""Scores and coverage: pure functions of counts, explainable down to each check.

Check: compliant / (compliant + non-compliant); waived and unknown are left out, and shown.
Best practice: mean of its checks, weighted by severity. Of checks with the same cause only the one with the lowest
rate counts, with the greatest of their weights. Pillar: mean of its best practices with evidence, weighted by AWS's
risk. Overall: mean of the pillars. Where nothing is judged there is no score, not 100.
Coverage: risk-weighted share of the pillar's best practices for which there is evidence.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pillarwatch.framework import PILLARS, best_practices

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Counts(NamedTuple):
    """How many resources a check has judged, in one scope."""

    compliant: int = 0
    non_compliant: int = 0
    waived: int = 0
    unknown: int = 0

    def __add__(self, other: object) -> Counts:
        """Sum by kind."""
        if not isinstance(other, Counts):
            return NotImplemented
        return Counts(
            self.compliant + other.compliant,
            self.non_compliant + other.non_compliant,
            self.waived + other.waived,
            self.unknown + other.unknown,
        )

    @property
    def judged(self) -> int:
        """The verdicts that are evidence."""
        return self.compliant + self.non_compliant


def without_waivers(counts: Mapping[str, Counts]) -> dict[str, Counts]:
    """The counts, by check, if accepted risks counted as failures."""
    return {
        check: count._replace(non_compliant=count.non_compliant + count.waived, waived=0)
        for check, count in counts.items()
    }


class Scored(NamedTuple):
    """What the score has to know of a check."""

    best_practices: tuple[str, ...]
    severity: str
    same_cause_as: str = ""  #: the check that names the cause


class CheckShare(NamedTuple):
    """A check's part in a best practice's score."""

    check: str
    rate: float  #: 0 to 1
    weight: float
    counts: Counts
    same_cause: tuple[tuple[str, float], ...] = ()  #: checks with the same cause that do not count, and their rates


class PracticeScore(NamedTuple):
    """A best practice with evidence: its score (0 to 100), its weight in the pillar, and where the score comes from."""

    best_practice: str
    score: float
    weight: float
    checks: tuple[CheckShare, ...]


class PillarScore(NamedTuple):
    """A pillar: score (0 to 100, None where nothing is judged), coverage (0 to 100), and what stands behind them."""

    pillar: str
    score: float | None
    coverage: float
    verdicts: int
    practices: tuple[PracticeScore, ...]


def pillar_scores(
    counts: Mapping[str, Counts],
    checks: Mapping[str, Scored],
    *,
    severity_weights: Mapping[str, float],
    risk_weights: Mapping[str, float],
    pillars: Collection[str] = PILLARS,
    answered: Collection[tuple[str, str]] = (),
) -> dict[str, PillarScore]:
    """The scores of pillars, of all six by default.

    Args:
        counts: by check id; checks that the catalogue no longer has do not count.
        checks: by check id, with the best practices it serves. It counts once in each.
        severity_weights: weight of a check in its best practice.
        risk_weights: weight of a best practice in its pillar.
        pillars: of which.
        answered: best practices with the checks that an attestation answers there, so that they do not count.
    """
    shares: dict[str, list[CheckShare]] = {}
    judged: dict[str, int] = {}
    pillar_of, places = _pillars(), _places()
    for check_id, count in counts.items():
        scored = checks.get(check_id)
        evidence = count.compliant + count.non_compliant
        if scored is None or not evidence:
            continue
        judged[check_id] = evidence
        share = CheckShare(check_id, count.compliant / evidence, severity_weights[scored.severity], count)
        for practice_id in scored.best_practices:
            if pillar_of.get(practice_id) in pillars and (practice_id, check_id) not in answered:
                shares.setdefault(practice_id, []).append(share)

    by_pillar: dict[str, list[PracticeScore]] = {pillar: [] for pillar in PILLARS if pillar in pillars}
    weights, known = _weights(tuple(risk_weights.items())), best_practices()
    for practice_id in sorted(shares, key=places.__getitem__):
        practice, found = known[practice_id], _one_for_each_cause(shares[practice_id], checks)
        score = 100 * _mean([(share.rate, share.weight) for share in found])
        by_pillar[practice.pillar].append(PracticeScore(practice_id, score, risk_weights[practice.risk], tuple(found)))

    scores = {}
    for pillar, practices in by_pillar.items():
        evident = {share.check for of in practices for share in shares[of.best_practice]}
        scores[pillar] = PillarScore(
            pillar,
            _mean([(practice.score, practice.weight) for practice in practices]) if practices else None,
            100 * sum([practice.weight for practice in practices]) / weights[pillar],
            sum([judged[check] for check in evident]),
            tuple(practices),
        )
    return scores


def overall(scores: Mapping[str, PillarScore]) -> float | None:
    """The mean of the pillars that have a score, None if none has."""
    known = [pillar.score for pillar in scores.values() if pillar.score is not None]
    return sum(known) / len(known) if known else None


def _one_for_each_cause(shares: list[CheckShare], checks: Mapping[str, Scored]) -> list[CheckShare]:
    """Of the shares with the same cause the one with the lowest rate, and their greatest weight.

    Counters do not say which resources fail two checks. The lowest rate is the rate of the cause where each resource
    that fails one check also fails the other; it falls whenever the rate of one of the checks falls below it.
    """
    if len(shares) == 1:
        return shares
    found: dict[str, list[CheckShare]] = {}
    for share in shares:
        found.setdefault(checks[share.check].same_cause_as or share.check, []).append(share)

    def worst(cause: str, of: list[CheckShare]) -> CheckShare:
        first, *others = sorted(of, key=lambda share: (share.rate, share.check != cause, share.check))
        weight = max(share.weight for share in of)
        return first._replace(weight=weight, same_cause=tuple((share.check, share.rate) for share in others))

    return [worst(cause, of) if len(of) > 1 else of[0] for cause, of in found.items()]


@cache
def _weights(risk_weights: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """The weight of all best practices of each pillar."""
    weights, totals = dict(risk_weights), dict.fromkeys(PILLARS, 0.0)
    for practice in best_practices().values():
        totals[practice.pillar] += weights[practice.risk]
    return totals


@cache
def _places() -> dict[str, int]:
    """The place of each best practice in the framework."""
    return {practice: place for place, practice in enumerate(best_practices())}


@cache
def _pillars() -> dict[str, str]:
    """The pillar of each best practice in the framework."""
    return {practice.id: practice.pillar for practice in best_practices().values()}


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    if len(weighted) == 1:
        ((value, weight),) = weighted
        return value * weight / weight
    return sum([value * weight for value, weight in weighted]) / sum([weight for _, weight in weighted])
