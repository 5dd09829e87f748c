"""Causes that come and go: the third alert of one within an hour is a digest, and none follows within the next. Pure.

An alert is one of a cause if it reports that the cause began, or that it ended. A digest lists when the cause came and
went. In the hour after it the cause is quiet: no alert names it, and an incident that it may belong to does not end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.events import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WITHIN = timedelta(hours=1)
SINGLE = 2  # alerts of a cause within the hour, before the digest
MOST_KEPT = 100  # reports; the score item is written with every projection

Pair = tuple[str, str]  #: a resource's key, and a check


class Report(NamedTuple):
    """An alert named a cause."""

    resource: str  #: its key
    check: str
    at: str
    began: bool  #: the alert said that the cause began; otherwise that it ended
    digest: bool  #: the alert was a digest of the cause

    @property
    def cause(self) -> Pair:
        """The resource and the check."""
        return self.resource, self.check


def recent(reports: Iterable[Report], now: datetime) -> list[Report]:
    """The reports of the last hour."""
    since = (now - WITHIN).isoformat(timespec="microseconds")
    return [report for report in reports if report.at > since]


def quiet(reports: Iterable[Report]) -> set[Pair]:
    """The causes that no alert names: a digest did within the hour.

    Args:
        reports: of the last hour.
    """
    return {report.cause for report in reports if report.digest}


def by_cause(reports: Iterable[Report]) -> dict[Pair, list[Report]]:
    """The reports of each cause, the oldest first."""
    found: dict[Pair, list[Report]] = {}
    for report in sorted(set(reports), key=lambda report: report.at):
        found.setdefault(report.cause, []).append(report)
    return found


def is_third(reports: Sequence[Report]) -> bool:
    """Whether the next alert of a cause is a digest, after these of the last hour."""
    return len(reports) >= SINGLE


def entry(cause: Mapping[str, Any], title: str, reports: Sequence[Report], at: str, *, began: bool) -> dict[str, Any]:
    """What a digest says of a cause: when it came and went, the oldest first.

    Args:
        cause: check and resource, as an alert names them.
        title: of the check.
        reports: of the last hour.
        at: the time of the digest.
        began: whether the cause began now; otherwise it ended.
    """
    changes = [*((report.at, report.began) for report in reports), (at, began)]
    return {
        "check": cause["check"],
        "title": title,
        "resource": cause["resource"],
        "changes": [{"at": when, "compliance": "NON_COMPLIANT" if came else "COMPLIANT"} for when, came in changes],
    }


def cause_of(named: Mapping[str, Any]) -> Pair:
    """The resource's key and the check of a cause, as an alert names it."""
    return family_of(named["resource"]).key, named["check"]
