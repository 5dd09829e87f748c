"""What to fix first: the open checks of a scope, their priority, and what fixing each of them gains. Pure.

Priorities and order: docs/adr/0017-what-is-fixed-first.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.check import SEVERITIES
from pillarwatch.framework import best_practice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from aggregator.catalogue import Basis
    from aggregator.scopes import ScopeName
    from pillarwatch.check import Effort, Severity
    from pillarwatch.score import Counts, PillarScore

MOST_SAMPLES = 5
RESOLVED_KEPT = timedelta(days=90)
WIDESPREAD = 0.5  # of the judged resources: what fails there is practice, not an accident
EFFORTS: Mapping[Effort, int] = {"S": 1, "M": 3, "L": 8}  # relative work, for value per effort
RANKS: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Priority(NamedTuple):
    """A priority with what it was computed from."""

    level: str  #: P0 to P3
    reason: str


def recommendations(scope: ScopeName, basis: Basis, counts: Mapping[str, Counts]) -> dict[str, dict[str, Any]]:
    """The recommendations by check, without samples of the affected resources and what they gain: one for each cause.

    A check with the same cause as another check that fails in the scope is part of the recommendation of that check.
    """
    failing = {check: count.non_compliant for check, count in counts.items() if check in basis.checks}
    open_checks = {
        check: affected
        for check, affected in failing.items()
        if affected and not basis.is_answered(check, scope, counts)
    }
    same_cause: dict[str, dict[str, int]] = {check: {} for check in open_checks}
    for check, affected in sorted(open_checks.items()):
        if (cause := basis.checks[check].same_cause_as) in open_checks:
            same_cause[cause][check] = affected
            del same_cause[check]
    return {
        check: _recommendation(check, scope, basis, counts[check]) | {"same_cause": others}
        for check, others in same_cause.items()
    }


def closed(check: str, known: Mapping[str, Any], count: Counts, at: str) -> dict[str, Any] | None:
    """What is kept of a recommendation that is not open: waived or resolved, and since when; None for nothing.

    Args:
        check: that does not fail, or is part of another recommendation.
        known: what is kept so far; empty if nothing is.
        count: of the check in the scope.
        at: now.
    """
    if count.non_compliant:
        return None
    since = {"check": check, "since": known.get("since", at)}
    if count.waived:
        return since | {"status": "waived", "waived_at": known.get("waived_at", at)}
    if not known:
        return None
    resolved_at = known.get("resolved_at", at)
    expires_at = int((datetime.fromisoformat(resolved_at) + RESOLVED_KEPT).timestamp())
    return since | {"status": "resolved", "resolved_at": resolved_at, "expires_at": expires_at}


def opened(known: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The status of an open recommendation: since when it is, unless it was resolved between."""
    return {"status": "open", "since": at if known.get("status") == "resolved" else known.get("since", at)}


def with_gains(found: Mapping[str, Mapping[str, Any]], scores: Mapping[str, PillarScore]) -> dict[str, dict[str, Any]]:
    """Recommendations with the points that they gain, which follow from all checks of a pillar."""
    gained = gains(scores.values(), {check: one["same_cause"] for check, one in found.items()})
    return {
        check: {
            **one,
            "gain": {pillar: round(points, 2) for pillar, points in gained.get(check, {}).items()},
            "value_per_effort": round(value_per_effort(gained.get(check, {}), one["effort"], scores), 4),
        }
        for check, one in found.items()
    }


def gains(
    scores: Iterable[PillarScore], together: Mapping[str, Collection[str]] = MappingProxyType({})
) -> dict[str, dict[str, float]]:
    """By check and pillar, the points that the pillar gains if the check becomes compliant everywhere.

    Args:
        scores: of a scope.
        together: the checks that become compliant with a check; without an entry it is the check alone.
    """
    gained: dict[str, dict[str, float]] = {}
    first = {other: check for check, others in together.items() for other in others}
    for pillar in scores:
        of_pillar = sum([practice.weight for practice in pillar.practices])
        for practice in pillar.practices:
            of_practice = sum([share.weight for share in practice.checks])
            for share in practice.checks:
                if share.rate == 1:
                    continue
                part = practice.weight / of_pillar * share.weight / of_practice
                rates = {share.check: share.rate, **dict(share.same_cause)}
                for check in {**rates, **{first[other]: 1.0 for other in rates if other in first}}:
                    fixed = {check, *together.get(check, ())}
                    rate = min((rate for other, rate in rates.items() if other not in fixed), default=1.0)
                    if rate > share.rate:
                        pillars = gained.setdefault(check, {})
                        pillars[pillar.pillar] = pillars.get(pillar.pillar, 0.0) + 100 * part * (rate - share.rate)
    return gained


def value_per_effort(gain: Mapping[str, float], effort: Effort, scores: Mapping[str, PillarScore]) -> float:
    """The points gained, each pillar's multiplied by its coverage, per unit of effort.

    A pillar with evidence for few of its best practices gains many points from little. Points times coverage is what
    the pillar would gain if all its best practices had evidence, so values of all pillars compare.

    Args:
        gain: points by pillar.
        effort: of the fix.
        scores: by pillar; coverage is 0 to 100.
    """
    return sum(points * scores[pillar].coverage / 100 for pillar, points in gain.items()) / EFFORTS[effort]


def urgent(severity: str, *, exposed: bool) -> bool:
    """Whether a failing check is P0: critical, or high and exposed. It is reported whatever it costs the score."""
    return severity == "critical" or (severity == "high" and exposed)


def priority(severity: Severity, effort: Effort, counts: Counts, *, exposed: bool) -> Priority:
    """The priority of an open check: P0 if it is ``urgent``.

    Other checks begin at P1 (high), P2 (medium) or P3 (low). They move one level up if they are widespread, one level
    down if the effort is L, and stay between P1 and P3.

    Args:
        severity: in the scope.
        effort: of the fix.
        counts: of the check in the scope.
        exposed: whether the internet or any AWS account reaches a failing resource.
    """
    failing, judged = counts.non_compliant, counts.judged
    widespread = failing > 1 and failing >= WIDESPREAD * judged
    other = min(max(RANKS[severity] - widespread + (effort == "L"), 1), 3)
    rank = 0 if urgent(severity, exposed=exposed) else other
    reasons = [
        f"{severity} severity" + (", exposed" if exposed else ""),
        f"{failing} of {judged} resources" + (" (widespread)" if widespread else ""),
        f"effort {effort}",
    ]
    return Priority(f"P{rank}", ", ".join(reasons))


def by_priority(recommendation: Mapping[str, Any]) -> tuple[str, int, float, str]:
    """Sorts by priority, then by severity, then by value per effort, the highest first."""
    severity = RANKS[recommendation["severity"]]
    return recommendation["priority"], severity, -recommendation["value_per_effort"], recommendation["check"]


def _recommendation(check: str, scope: ScopeName, basis: Basis, count: Counts) -> dict[str, Any]:
    entry, severity = basis.checks[check], basis.severity(check, scope)
    level, reason = priority(severity, entry.effort, count, exposed=entry.exposed)
    return {
        "check": check,
        "title": entry.title,
        "fix": entry.fix,
        "automation": entry.automation,
        "effort": entry.effort,
        "severity": severity,
        "best_practice": entry.best_practices[0],
        "pillar": best_practice(entry.best_practices[0]).pillar,
        "affected": count.non_compliant,
        "judged": count.judged,
        "priority": level,
        "reason": reason,
    }
