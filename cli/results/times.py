"""Times as people write them: a span before now, a date, or a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pillarwatch.errors import UserError

SPAN = re.compile(r"(\d{1,6})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
TIME_HELP = "30m, 24h or 7d ago, a date or a time in UTC (2026-11-30, 2026-11-30T14:05), or now"


def time_of(text: str, now: datetime) -> datetime:
    """The time that a word means.

    Raises:
        UserError: it means none, or one in the future.
    """
    if text == "now":
        return now
    try:
        if span := SPAN.fullmatch(text):
            return now - timedelta(**{UNITS[span[2]]: int(span[1])})
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UserError(f"{text!r} is no time; give {TIME_HELP}") from None
    if at > now:
        raise UserError(f"{text} is in the future")
    return at
