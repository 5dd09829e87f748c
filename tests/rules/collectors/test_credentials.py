"""The credential report, as collectors of users and of the account read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.collectors import _credential_report
from tests.rules.collectors.account_answers import NO_KEY, credential_report
from tests.rules.collectors.test_collectors import Fake, verdicts

LATELY, LONG_AGO = ((datetime.now(UTC) - timedelta(days=days)).isoformat() for days in (1, 400))
CHECKS = ("access-keys-rotated", "iam-user-mfa-enabled", "iam-user-unused-credentials-check")
ROWS = (
    ("person", "true", LATELY, LONG_AGO, "true", *NO_KEY, *NO_KEY),
    ("robot", "false", "N/A", "N/A", "false", "true", LONG_AGO, LATELY, *NO_KEY),
    ("former", "true", "no_information", LONG_AGO, "false", *NO_KEY, *NO_KEY),
)


def users(fake: Fake, *names: str) -> Fake:
    items = [{"resourceId": f"AIDA{name}", "resourceName": name, "configuration": {}} for name in names]
    return fake.records("AWS::IAM::User", *items)


def test_users_are_judged_by_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_credential_report, "PAUSE", 0)
    fake = Fake("credentials").answers("iam", "generate_credential_report", {"State": "STARTED"})
    fake.answers("iam", "generate_credential_report", {"State": "COMPLETE"})
    fake.answers("iam", "get_credential_report", credential_report(*ROWS))
    said = [verdicts(each, "credentials") for each in users(fake, "person", "robot", "former", "newcomer").listed()]
    assert [[each[check] for check in CHECKS] for each in said] == [
        ["NOT_APPLICABLE", "COMPLIANT", "COMPLIANT"],
        ["NON_COMPLIANT", "NON_COMPLIANT", "COMPLIANT"],
        ["NOT_APPLICABLE", "NON_COMPLIANT", "NON_COMPLIANT"],
        ["INSUFFICIENT_DATA"] * 3,
    ]


@pytest.mark.parametrize("code", ["LimitExceeded", "AccessDenied"])
def test_an_older_report_is_good_enough(code: str) -> None:
    fake = Fake("credentials").refuses("iam", "generate_credential_report", code)
    fake.answers("iam", "get_credential_report", credential_report(*ROWS))
    (person,) = users(fake, "person").listed()
    assert verdicts(person, "credentials")["iam-user-mfa-enabled"] == "COMPLIANT"


@pytest.mark.parametrize("code", ["ReportInProgress", "ReportExpired", "AccessDenied"])
def test_without_a_report_nothing_passes(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_credential_report, "TRIES", 1)
    monkeypatch.setattr(_credential_report, "PAUSE", 0)
    fake = Fake("credentials").answers("iam", "generate_credential_report", {"State": "INPROGRESS"})
    (person,) = users(fake.refuses("iam", "get_credential_report", code), "person").listed()
    assert set(verdicts(person, "credentials").values()) == {"INSUFFICIENT_DATA"}
