"""A message of the queue: an evaluation, what withdraws evaluations, or scopes that a tick leaves to the aggregator."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.alerting.alerts import NotAccepted
from aggregator.events import Evaluated, MalformedEvent, check_time, envelope, evaluated_in, moment, reading, required
from aggregator.queue_messages.listings import COMPLETE, RETIRED, Withdrawal, listing_complete, rule_retired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WITHDRAWALS = {COMPLETE: listing_complete, RETIRED: rule_retired}
DUE = "Scopes Due"
VERSION = "1"
MOST_DUE = 50  # scopes in a message, some 5 seconds of a function's time


class ScopesDue(NamedTuple):
    """Scopes of which something is due."""

    tick: str  #: its id
    at: datetime  #: its time
    scopes: Sequence[str]  #: their keys


def message_in(body: str, now: datetime) -> Evaluated | Withdrawal | ScopesDue:
    """What a message's body says, which holds EventBridge's envelope.

    Raises:
        MalformedEvent: the body holds no event of the kinds and versions that we read, or one that is ahead of time.
    """
    with reading():
        kind, detail = envelope(body)
        if kind == DUE:
            return _due(detail, now)
        if kind not in WITHDRAWALS:
            return evaluated_in(kind, detail, now)
        withdrawal = WITHDRAWALS[kind](detail)
        check_time("the time of the withdrawal", withdrawal.decided_at, now)
        return withdrawal


def put_due(events: Any, bus: str, due: ScopesDue) -> None:
    """Put scopes on the bus, for the aggregator to project them.

    Raises:
        NotAccepted: the bus refused some.
    """
    for first in range(0, len(due.scopes), MOST_DUE):
        scopes = due.scopes[first : first + MOST_DUE]
        detail = {"version": VERSION, "tick": due.tick, "at": due.at.isoformat(), "scopes": scopes}
        entry = {"EventBusName": bus, "Source": "pillarwatch", "DetailType": DUE, "Detail": json.dumps(detail)}
        answer = events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise NotAccepted(f"{answer['Entries'][0].get('ErrorCode')}: {DUE} of {due.tick}")


def _due(detail: Mapping[str, Any], now: datetime) -> ScopesDue:
    if detail["version"] != VERSION:
        raise MalformedEvent(f"{DUE!r} of version {detail['version']!r}")
    at, scopes = moment(detail["at"]), detail["scopes"]
    check_time("the time of the tick", at, now)
    if not isinstance(scopes, list) or not all(isinstance(scope, str) and scope for scope in scopes):
        raise MalformedEvent("scopes is no list of keys")
    return ScopesDue(required(detail, "tick"), datetime.fromisoformat(at), scopes)
