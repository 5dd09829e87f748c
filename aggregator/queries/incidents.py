"""The incidents of a scope: causes, begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.queries import Identity, NoSuchScope
from aggregator.scopes import ScopeName
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cause(NamedTuple):
    """A check that began to fail on a resource, as an alert named it."""

    check: str
    severity: str
    annotation: str
    resource: Identity


class Incident(NamedTuple):
    """What was reported of a pillar, from its begin to its end."""

    id: str
    pillar: str
    began: str
    ended: str  #: empty while it is open
    causes: list[Cause]
    more: int  #: causes that no alert named


class Incidents(NamedTuple):
    """The incidents of a scope."""

    name: ScopeName
    incidents: list[Incident]  #: the newest first


def incidents(table: Any, scope: str, since: str = "") -> Incidents:
    """The incidents that are open, or ended at a time or later.

    Args:
        table: boto3's resource of the table.
        scope: its key.
        since: ISO 8601, UTC.

    Raises:
        NoSuchScope: there is none.
    """
    store = Store(table)
    item = store.score(scope)
    if not item:
        raise NoSuchScope(scope)
    found = [_incident(one) for one in store.incidents(scope)]
    wanted = [one for one in found if not one.ended or one.ended >= since]
    return Incidents(ScopeName(*item["name"]), wanted[::-1])


def _incident(item: Mapping[str, Any]) -> Incident:
    causes = [Cause(**{**cause, "resource": Identity(**cause["resource"])}) for cause in item["causes"]]
    return Incident(item["id"], item["pillar"], item["began"], item["ended"], causes, item["more"])
