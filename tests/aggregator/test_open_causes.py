"""Groups of open causes, without a table."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.history import HOUR
from aggregator.open_causes import MOST_GROUPS, Group, Kind, OpenCauses

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_joined_groups_have_the_causes_of_both() -> None:
    number, hour = MOST_GROUPS + 2, NOW.strftime(HOUR)
    groups = [Group(f"{place:03}", hour, f"{place + 1:03}", turned={"check": 1}) for place in range(number)]
    causes = OpenCauses({"111122223333": groups}, "999")
    causes.forget(NOW)
    assert len(causes.groups["111122223333"]) == MOST_GROUPS
    assert causes.unreported() == {Kind("check", turned=True): number}
