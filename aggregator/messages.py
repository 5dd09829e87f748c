"""A message of the queue: an evaluation, or what withdraws evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.events import Evaluated, check_time, envelope, evaluated_in, reading
from aggregator.listings import COMPLETE, RETIRED, Withdrawal, listing_complete, rule_retired

if TYPE_CHECKING:
    from datetime import datetime

WITHDRAWALS = {COMPLETE: listing_complete, RETIRED: rule_retired}


def message_in(body: str, now: datetime) -> Evaluated | Withdrawal:
    """What a message's body says, which holds EventBridge's envelope.

    Raises:
        MalformedEvent: the body holds no event of the kinds and versions that we read, or one that is ahead of time.
    """
    with reading():
        kind, detail = envelope(body)
        if kind not in WITHDRAWALS:
            return evaluated_in(kind, detail, now)
        withdrawal = WITHDRAWALS[kind](detail)
        check_time("the time of the withdrawal", withdrawal.decided_at, now)
        return withdrawal
