"""The dates of support that the checks compare with."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from pillarwatch import ConfigurationItem
from pillarwatch.unknown import Unknown, Unresolved
from rules.checks.shared.support_calendar import (
    CALENDARS,
    EKS,
    LAMBDA,
    OPENSEARCH,
    RDS,
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
    assert left >= NOTICE, f"read the sources in rules/checks/shared/support_calendar.py again; last read on {REVIEWED}"


@pytest.mark.parametrize("calendar", CALENDARS, ids=[calendar.product for calendar in CALENDARS])
def test_a_calendar_has_dates_and_a_source_at_aws(calendar: Calendar) -> None:
    assert calendar.source.startswith("https://docs.aws.amazon.com/")
    assert [date.fromisoformat(end) for end in calendar.ends.values()]


def test_the_last_day_of_support_counts_and_the_next_does_not() -> None:
    mysql = RDS["mysql"]
    assert in_standard_support(cluster("2026-07-31"), mysql, "8.0.40").compliance == "COMPLIANT"
    assert in_standard_support(cluster("2026-08-01"), mysql, "8.0.40").compliance == "NON_COMPLIANT"


def test_standard_support_of_kubernetes_ends_when_the_day_begins() -> None:
    assert in_standard_support(cluster("2026-12-01"), EKS, "1.34").compliance == "COMPLIANT"
    verdict = in_standard_support(cluster("2026-12-02"), EKS, "1.34")
    assert verdict.compliance == "NON_COMPLIANT"
    assert verdict.annotation == (
        "Kubernetes 1.34: standard support ended on 2026-12-02 (expected a supported version)"
    )


def test_a_version_newer_than_the_data_is_unknown_once_the_data_has_run_out() -> None:
    assert in_standard_support(cluster(VALID_UNTIL), EKS, "1.99").compliance == "COMPLIANT"
    after = (date.fromisoformat(VALID_UNTIL) + timedelta(days=1)).isoformat()
    with pytest.raises(Unresolved, match="newer than the support dates"):
        in_standard_support(cluster(after), EKS, "1.99")


@pytest.mark.parametrize(
    ("calendar", "version", "newer"),
    [
        (EKS, "1.36", True),
        (EKS, "1.9", False),
        (LAMBDA, "nodejs26.x", True),
        (LAMBDA, "python3.5", False),
        (LAMBDA, "rust1", False),
        (LAMBDA, "provided.al2027", True),
        (RDS["mariadb"], "12.4.1", True),
        (RDS["mariadb"], "11.2", False),
        (RDS["postgres"], "19.1", True),
        (OPENSEARCH, "OpenSearch_4.0", True),
        (OPENSEARCH, "Elasticsearch_5.0", False),
    ],
)
def test_an_unlisted_version_is_supported_only_where_it_is_newer_than_all_listed(
    calendar: Calendar, version: str, newer: bool
) -> None:
    if newer:
        assert in_standard_support(cluster(REVIEWED), calendar, version).compliance == "COMPLIANT"
    else:
        with pytest.raises(Unresolved, match=f"{re.escape(version)} is not among the versions that AWS listed"):
            in_standard_support(cluster(REVIEWED), calendar, version)


def test_a_version_listed_as_deprecated_without_a_date_has_no_date_in_the_finding() -> None:
    verdict = in_standard_support(cluster(REVIEWED), RDS["mariadb"], "10.3.39")
    assert verdict.annotation == "MariaDB 10.3.39: standard support has ended (expected a supported version)"


def test_a_version_that_is_known_in_part_has_no_finding_unless_all_of_its_kind_have_ended() -> None:
    some = Unknown("parameter Minor has no default", parts=("Elasticsearch_6.", None))
    with pytest.raises(Unresolved, match="parameter Minor"):
        in_standard_support(cluster(REVIEWED), OPENSEARCH, some)  # type: ignore[arg-type]
    some = Unknown("parameter Minor has no default", parts=("5.7.", None))
    assert in_standard_support(cluster(REVIEWED), RDS["mysql"], some).compliance == "NON_COMPLIANT"  # type: ignore[arg-type]


def test_a_version_is_not_taken_for_one_that_begins_alike() -> None:
    assert in_standard_support(cluster("2026-01-01"), EKS, "1.100").compliance == "COMPLIANT"
    assert in_standard_support(cluster("2026-01-01"), LAMBDA, "java8.al2").compliance == "COMPLIANT"


def test_dates_of_lambda_runtimes_equal_those_of_cfn_lint() -> None:
    """Which AWS maintains from the same page; its newer releases show what has changed."""
    lifecycle = json.loads((files("cfnlint.data") / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json").read_text())
    assert {name: LAMBDA.ends.get(name) for name in lifecycle} == {
        name: dates["deprecated"] for name, dates in lifecycle.items()
    }
