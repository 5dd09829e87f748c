"""What to do first: the open gaps of a scope, their priority, and what closing each would win. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.framework import best_practice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregator.catalogue import Basis
    from aggregator.scopes import ScopeName
    from pillarwatch.check import Effort, Severity
    from pillarwatch.score import Counts, PillarScore

MOST_SAMPLES = 5
WIDESPREAD = 0.5  # of the judged resources: what fails there is practice, not an accident
EFFORTS: Mapping[Effort, int] = {"S": 1, "M": 3, "L": 8}  # relative work, for points gained per effort
RANKS: Mapping[Severity, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}


class Priority(NamedTuple):
    """P0 to P3, and why."""

    word: str
    because: str


def recommendations(
    scope: ScopeName, basis: Basis, counts: Mapping[str, Counts], scores: Mapping[str, PillarScore]
) -> dict[str, dict[str, Any]]:
    """The open gaps by check, without samples of what is affected."""
    return {
        check: _recommendation(check, scope, basis, count, scores)
        for check, count in counts.items()
        if count.non_compliant and check in basis.checks
    }


def gains(check: str, scores: Iterable[PillarScore]) -> dict[str, float]:
    """The points that each pillar would win if the check were compliant everywhere."""
    won = {}
    for pillar in scores:
        points = 0.0
        for practice in pillar.practices:
            weights = sum(share.weight for share in practice.checks)
            points += practice.weight * sum(
                share.weight * (1 - share.rate) / weights for share in practice.checks if share.check == check
            )
        if points:
            won[pillar.pillar] = round(100 * points / sum(practice.weight for practice in pillar.practices), 2)
    return won


def priority(severity: Severity, effort: Effort, counts: Counts) -> Priority:
    """From severity; one step up where it is widespread, one step down where it is a lot of work. Critical stays P0."""
    failing, judged = counts.non_compliant, counts.judged
    widespread = failing > 1 and failing >= WIDESPREAD * judged
    laborious = effort == "L"
    rank = RANKS[severity]
    if rank:
        rank = min(max(rank - widespread + laborious, 0), 3)
    reasons = [f"{severity} severity", f"{failing} of {judged} resources"]
    reasons[1] += " (widespread, one step up)" if widespread and RANKS[severity] else ""
    reasons.append(f"effort {effort}" + (" (one step down)" if laborious and RANKS[severity] else ""))
    return Priority(f"P{rank}", ", ".join(reasons))


def by_worth(recommendation: Mapping[str, Any]) -> tuple[float, str, str]:
    """Sorts by points gained per effort, then priority."""
    return -recommendation["worth"], recommendation["priority"], recommendation["check"]


def _recommendation(
    check: str, scope: ScopeName, basis: Basis, count: Counts, scores: Mapping[str, PillarScore]
) -> dict[str, Any]:
    entry, severity = basis.checks[check], basis.severity(check, scope)
    won = gains(check, scores.values())
    word, because = priority(severity, entry.effort, count)
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
        "gain": won,
        "worth": round(sum(won.values()) / EFFORTS[entry.effort], 2),
        "priority": word,
        "because": because,
    }
