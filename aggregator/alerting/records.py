"""Incidents as they are kept: id, pillar, begin, end, and the causes that alerts have named. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aggregator.alerting.digests import cause_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aggregator.alerting.situation import Alert

KEPT = timedelta(days=400)  # after their end: as long as the day's scores
MOST_CAUSES = 50


def records(
    scope: str, known: Mapping[str, Mapping[str, Any]], alerts: Iterable[Alert], pillars: Callable[[str], list[str]]
) -> list[dict[str, Any]]:
    """The items of the incidents that alerts are about.

    Args:
        scope: its key.
        known: the items of those that have begun earlier, by id.
        alerts: of one projection.
        pillars: that a check can cost points.
    """
    found: dict[str, dict[str, Any]] = {}
    for alert in alerts:
        at, recovered = alert.detail["at"], alert.kind == "Pillar Score Recovered"
        for incident in alert.detail["incidents"]:
            item = found.get(incident["id"]) or _item(scope, incident, known.get(incident["id"], {}))
            if recovered:
                item |= {"ended": at, "expires_at": int((datetime.fromisoformat(at) + KEPT).timestamp())}
            else:
                _add(item, [one for one in alert.detail["causes"] if incident["pillar"] in pillars(one["check"])])
                item["more"] = max(item["more"], alert.detail["more_causes"])
            found[incident["id"]] = item
    return list(found.values())


def _item(scope: str, incident: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    key = {"pk": f"HISTORY#{scope}", "sk": f"INCIDENT#{incident['began']}#{incident['id']}"}
    return {**key, **incident, "ended": "", "more": 0, **known, "causes": list(known.get("causes", []))}


def _add(item: dict[str, Any], causes: Iterable[Mapping[str, Any]]) -> None:
    """Add the causes that are not known, as far as there is room; the others are counted."""
    names = {cause_of(one) for one in item["causes"]}
    for one in causes:
        if cause_of(one) in names:
            continue
        if len(item["causes"]) >= MOST_CAUSES:
            item["more"] += 1
            continue
        names.add(cause_of(one))
        item["causes"].append({name: one[name] for name in ("check", "severity", "annotation", "resource")})
