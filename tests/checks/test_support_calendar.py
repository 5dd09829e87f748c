"""The dates of support that the checks compare with."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pillarwatch import ConfigurationItem
from pillarwatch.unknown import Unresolved
from rules.shared.support_calendar import (
    CALENDARS,
    EKS,
    LAMBDA,
    REVIEWED,
    VALID_UNTIL,
    Calendar,
    in_standard_support,
)

NOTICE = timedelta(days=60)


def cluster(day: str) -> ConfigurationItem:
    return ConfigurationItem(
        {"resourceType": "AWS::EKS::Cluster"}, judged_at=datetime.fromisoformat(day).replace(hour=23, tzinfo=UTC)
    )


def test_the_dates_are_reviewed_60_days_before_they_run_out() -> None:
    left = date.fromisoformat(VALID_UNTIL) - datetime.now(UTC).date()
    assert left >= NOTICE, f"read the sources in rules/shared/support_calendar.py again; last read on {REVIEWED}"


@pytest.mark.parametrize("calendar", CALENDARS, ids=[calendar.product for calendar in CALENDARS])
def test_a_calendar_has_dates_and_a_source_at_aws(calendar: Calendar) -> None:
    assert calendar.source.startswith("https://docs.aws.amazon.com/")
    assert [date.fromisoformat(end) for end in calendar.ends.values()]


def test_the_last_day_of_support_counts_and_the_next_does_not() -> None:
    assert in_standard_support(cluster("2026-12-02"), EKS, "1.34").compliance == "COMPLIANT"
    verdict = in_standard_support(cluster("2026-12-03"), EKS, "1.34")
    assert verdict.compliance == "NON_COMPLIANT"
    assert verdict.annotation == (
        "Kubernetes 1.34: standard support ended on 2026-12-02 (expected a supported version)"
    )


def test_a_version_newer_than_the_data_is_unknown_once_the_data_has_run_out() -> None:
    assert in_standard_support(cluster(VALID_UNTIL), EKS, "1.99").compliance == "COMPLIANT"
    after = (date.fromisoformat(VALID_UNTIL) + timedelta(days=1)).isoformat()
    with pytest.raises(Unresolved, match="newer than the data"):
        in_standard_support(cluster(after), EKS, "1.99")


def test_a_version_is_not_taken_for_one_that_begins_alike() -> None:
    assert in_standard_support(cluster("2026-01-01"), EKS, "1.100").compliance == "COMPLIANT"
    assert in_standard_support(cluster("2026-01-01"), LAMBDA, "java8.al2").compliance == "COMPLIANT"
