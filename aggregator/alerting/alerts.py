"""Alerts that are written are sent: as often as it takes, always with the same id."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aggregator.table import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregator.store import Store

KEPT = timedelta(days=400)  # as long as the day's scores


class NotAccepted(Exception):
    """The event bus did not take an alert. It stays pending, and the next projection sends it again."""


def send(store: Store, events: Any, bus: str, alerts: Iterable[dict[str, Any]]) -> None:
    """Put alerts on the bus and remember that.

    Raises:
        NotAccepted: the bus refused one.
    """
    for alert in alerts:
        entry = {"EventBusName": bus, "Source": "pillarwatch", "DetailType": alert["kind"], "Detail": alert["detail"]}
        answer = events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise NotAccepted(f"{answer['Entries'][0].get('ErrorCode')}: {alert['sk']}")
        at = datetime.fromisoformat(alert["sk"].split("#")[1])
        scope = alert["pk"].partition("#")[2]
        kept = {name: value for name, value in alert.items() if not name.startswith("gsi1")}
        sent = {**kept, "pk": f"HISTORY#{scope}", "expires_at": int((at + KEPT).timestamp())}
        with suppress(Conflict):  # somebody else remembers the same
            store.transact([store.delete(alert), store.put(sent)])
