"""Before a waiver, an attestation or an accepted denial ends, and at its end, people receive a message: each once.

A notice is due 14, 7 and 1 days before the end, and at the end. If no tick ran in time, only the latest one is sent.
An item in the table says that it was written, so that a repeated tick writes none again.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.scopes import account_scope
from aggregator.table import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aggregator.store import Store
    from pillarwatch.settings import Settings

KIND = "Expiry Notice"
VERSION = "1"
BEFORE = (1, 7, 14)  # days before the end
KEPT = timedelta(days=400)
ENDED_AT_MOST = 30  # days ago: what ended earlier was known when it was deployed


class Ending(NamedTuple):
    """Something that people accepted until a day."""

    what: str  #: waiver, attestation, or accepted denial
    of: str  #: a check, a best practice or an IAM action
    where: str
    reason: str
    approver: str
    expires: str  #: ISO date, its last day


class Notice(NamedTuple):
    """A message that is due."""

    id: str
    detail: dict[str, Any]


def endings(settings: Settings) -> Iterator[Ending]:
    """All that ends in the settings."""
    for waiver in settings.waivers:
        where = f"{waiver.resource} in workload {waiver.workload}" if waiver.workload else waiver.resource
        yield Ending("waiver", waiver.check, where, waiver.reason, waiver.approver, waiver.expires)
    for one in settings.attestations:
        where = "/".join(filter(None, (one.workload, one.component))) or "the account"
        yield Ending("attestation", one.practice, where, one.statement, one.attested_by, one.expires)
    for action, entry in settings.document["collectors"]["accepted_denials"].items():
        yield Ending("accepted denial", action, "", entry["reason"], entry.get("approver", ""), entry["expires"])


def due(settings: Settings, account: str, now: datetime) -> list[Notice]:
    """The notices that are due, sent or not.

    Args:
        settings: in force.
        account: of the deployment.
        now: of the tick.
    """
    notices = []
    for ending in endings(settings):
        days = (date.fromisoformat(ending.expires) - now.date()).days
        if not -ENDED_AT_MOST <= days <= max(BEFORE):
            continue
        threshold = next((each for each in BEFORE if days <= each), 0) if days >= 0 else -1
        key = hashlib.sha256(json.dumps([*ending, threshold]).encode()).hexdigest()[:32]
        times = {"at": now.isoformat(timespec="seconds"), "days": days}
        notices.append(Notice(key, {"version": VERSION, "id": key, "account": account, **times, **ending._asdict()}))
    return notices


def write(store: Store, notices: list[Notice], now: datetime) -> set[str]:
    """Write the notices that were not written yet as alerts to be sent; the scopes that have some."""
    written: set[str] = set()
    if not notices:
        return written
    scope = account_scope(notices[0].detail["account"])
    known = store.written_notices(scope, [notice.id for notice in notices])
    for notice in notices:
        if notice.id in known:
            continue
        alert = {"kind": KIND, "detail": json.dumps(notice.detail)}
        with suppress(Conflict):  # another tick wrote it
            store.put_notice(scope, notice.id, alert, now, int((now + KEPT).timestamp()))
            written.add(scope)
    return written
