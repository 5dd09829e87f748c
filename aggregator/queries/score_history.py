"""The scores of a scope over the last 24 hours and the last 30 days, without gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.history import DAY, HOUR
from aggregator.queries import NoSuchScope
from aggregator.scopes import ScopeName
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOURS, DAYS = 24, 30
KEPT_DAYS = 400


class Bucket(NamedTuple):
    """An hour or a day: high, low and last score of each pillar that had one, and overall."""

    begins: str  #: ``2026-11-30T14`` or ``2026-11-30``, UTC
    scores: Mapping[str, Mapping[str, float]]


class Past(NamedTuple):
    """The present hour and day are the last ones; the first are 24 hours and 30 days before."""

    name: ScopeName
    at: str  #: when it was projected last
    hours: list[Bucket]
    days: list[Bucket]


def past(table: Any, scope: str, now: datetime) -> Past:
    """How a scope's scores were. A score holds until the next change, so hours without one are filled.

    Raises:
        NoSuchScope: there is none.
    """
    store = Store(table)
    item = store.score(scope)
    if not item:
        raise NoSuchScope(scope)
    hours = [(now - timedelta(hours=back)).strftime(HOUR) for back in range(HOURS, -1, -1)]
    days = [(now - timedelta(days=back)).strftime(DAY) for back in range(DAYS, -1, -1)]
    known_days = _kept(store, scope, item, "day", days[0])
    if days[0] not in known_days:  # what held then began earlier
        known_days = _kept(store, scope, item, "day", (now - timedelta(days=KEPT_DAYS)).strftime(DAY))
    first_day = hours[0].partition("T")[0]
    earlier = {key: scores for key, scores in known_days.items() if key < first_day}
    known_hours = earlier | _kept(store, scope, item, "hour", f"{first_day}T00")  # a day sorts before its hours
    closed = item.get("closed_at", "~")
    return Past(
        ScopeName(*item["name"]),
        item.get("at", ""),
        _filled(known_hours, hours, closed[: len(hours[0])]),
        _filled(known_days, days, closed[: len(days[0])]),
    )


def _kept(store: Store, scope: str, item: Mapping[str, Any], kind: str, since: str) -> dict[str, Any]:
    """The buckets from a time on, and the present one whenever it began."""
    found = {bucket["key"]: bucket["scores"] for bucket in store.history(scope, f"{kind.upper()}#", since)}
    present = item.get(kind, {})
    if present.get("scores"):
        found.setdefault(present["key"], present["scores"])
    return found


def _filled(known: Mapping[str, Mapping[str, Mapping[str, float]]], keys: Iterable[str], closed: str) -> list[Bucket]:
    """A bucket for each key: one that is not known has the last scores before it; none after the scope was closed."""
    found, waiting = [], sorted(known)
    held: Mapping[str, Mapping[str, float]] = {}
    for key in keys:
        while waiting and waiting[0] <= key:
            begins = waiting.pop(0)
            held = known[begins]
            if begins != key:
                held = _last(held)
        found.append(Bucket(key, held))
        held = _last(held) if key < closed else {}
    return found


def _last(scores: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {of: dict.fromkeys(("high", "low", "last"), values["last"]) for of, values in scores.items()}
