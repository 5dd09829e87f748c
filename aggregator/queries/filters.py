"""The findings of a scope that match all filters, from every page of the index."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.queries import Finding, finding_keys, findings_of, snapshot
from pillarwatch.check import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Collection

    from aggregator.catalogue import Basis
    from aggregator.scopes import ScopeName
    from pillarwatch.score import Counts

VERDICTS = {"non-compliant": "N", "waived": "W", "unknown": "U"}


class Filters(NamedTuple):
    """What is wanted of findings; what is empty matches all."""

    verdicts: Collection[str] = ("non-compliant",)  #: keys of ``VERDICTS``
    checks: Collection[str] = ()
    pillars: Collection[str] = ()  #: that the check serves
    severity: str = ""  #: this one or a worse one
    resource: str = ""  #: pattern (``*``, ``?``) of the name, id or ARN, as in waivers


class Found(NamedTuple):
    """The findings that match, the worst first."""

    name: ScopeName
    at: str
    findings: list[Finding]
    others: dict[str, int]  #: verdicts of the same checks that are not wanted, by key of ``VERDICTS``
    unlisted: int  #: counted, and not in the index yet; 0 where a filter is on resources, which counters do not know


def filtered(table: Any, scope: str, filters: Filters, basis: Basis) -> Found:
    """The findings of a scope that match.

    Raises:
        NoSuchScope: there is none.
    """
    whole = snapshot(table, scope)
    counts = {check: count for check, count in whole.counts.items() if _is_wanted(check, filters, basis)}
    wanted = {
        VERDICTS[verdict]: sorted(check for check, count in counts.items() if _of(count, verdict))
        for verdict in filters.verdicts
    }
    keys = finding_keys(table, scope, whole.accounts, wanted)
    standing = list(findings_of(table, keys).values())
    found = [finding for finding in standing if _matches(finding, filters)]
    counted = sum(_of(count, verdict) for count in counts.values() for verdict in filters.verdicts)
    return Found(
        name=whole.name,
        at=whole.at,
        findings=sorted(found, key=_worst_first),
        others={
            verdict: n
            for verdict in VERDICTS
            if verdict not in filters.verdicts and (n := sum(_of(count, verdict) for count in counts.values()))
        },
        unlisted=max(0, counted - len(standing)),
    )


def _is_wanted(check: str, filters: Filters, basis: Basis) -> bool:
    pillars = basis.checks[check].pillars if check in basis.checks else ()
    return (not filters.checks or check in filters.checks) and (
        not filters.pillars or not set(filters.pillars).isdisjoint(pillars)
    )


def _of(count: Counts, verdict: str) -> int:
    return {"non-compliant": count.non_compliant, "waived": count.waived, "unknown": count.unknown}[verdict]


def _matches(finding: Finding, filters: Filters) -> bool:
    names = (finding.resource.name, finding.resource.id, finding.resource.arn)
    return (not filters.severity or _rank(finding.severity) <= _rank(filters.severity)) and (
        not filters.resource or any(fnmatchcase(name, filters.resource) for name in names)
    )


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _worst_first(finding: Finding) -> tuple[int, str, str, str, tuple[str, ...]]:
    return _rank(finding.severity), finding.check, finding.workload, finding.component, tuple(finding.resource)
