"""Groups of open causes, without a table."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.alerting.open_causes import MOST_GROUPS, Group, Kind, OpenCauses
from aggregator.history import HOUR
from aggregator.scopes import ScopeName
from aggregator.transitions import Began, Changes, Ended

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


ACCOUNT = "111122223333"


def processed(causes: OpenCauses, key: str, *, began: str = "", ended: tuple[str, str] | None = None) -> None:
    """Process a change in which a resource began to fail a check, or in which one ended that began with a key."""
    resource = f"{ACCOUNT}/eu-west-1/AWS::S3::Bucket/"
    change = Changes(
        key=key,
        scope=ScopeName("workload", "shop", "shop"),
        accounts=[ACCOUNT],
        first=0,
        began=[Began(resource + began, "check", "medium", turned=True)] if began else [],
        ended=[Ended(resource + ended[0], "check", ended[1], "medium", turned=True)] if ended else [],
        released={},
        departed=[],
        passing=[],
        touched=[],
        moved=[],
    )
    causes.process(change, NOW, {ACCOUNT}, lambda _: False)


def test_a_cause_that_arrives_late_ends_without_ending_an_older_one_that_was_reported() -> None:
    """A late cause began before a reported one, and is counted after the report."""
    causes = OpenCauses()
    processed(causes, "01", began="first")
    processed(causes, "03", began="reported")
    causes.report({"check"}, "workload")
    processed(causes, "02", began="late")
    assert causes.unreported().total() == 1
    causes.groups[ACCOUNT].pop()  # as it is forgotten after a day
    processed(causes, "04", ended=("late", "02"))
    assert causes.reported("workload").total() == 2


def test_joined_groups_have_the_causes_of_both() -> None:
    number, hour = MOST_GROUPS + 2, NOW.strftime(HOUR)
    groups = [Group(f"{place:03}", hour, f"{place + 1:03}", turned={"check": 1}) for place in range(number)]
    causes = OpenCauses({ACCOUNT: groups}, "999")
    causes.forget(NOW)
    assert len(causes.groups[ACCOUNT]) == MOST_GROUPS
    assert causes.unreported() == {Kind("check", turned=True): number}
