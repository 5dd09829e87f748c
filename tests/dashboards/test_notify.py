"""The alert that people read: one event, one message, whatever its names contain."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import notify

HOSTILE = "site\r\n\r\nSubject: All clear\x00\x1b[2K\u2028\u202epay\u2029 \x85\ud800"


def alert(name: str = "shop", annotation: str = "versioning is Suspended", **changes: Any) -> dict[str, Any]:
    """An alert about a bucket."""
    return {
        "id": "alert",
        "scope": {"kind": "workload", "name": name, "workload": name},
        "pillars": [{"pillar": "security", "score": 75.0, "high": 100.0, "points": 25.0, "coverage": 6.0}],
        "causes": [
            {
                "check": "s3-bucket-versioning-enabled",
                "title": "S3 buckets have versioning enabled",
                "fix": "Turn on versioning.",
                "automation": "",
                "severity": "medium",
                "annotation": annotation,
                "resource": {
                    "account": "111122223333",
                    "region": "eu-west-1",
                    "type": "AWS::S3::Bucket",
                    "id": name,
                    "name": name,
                    "arn": f"arn:aws:s3:::{name}",
                    "owner": name,
                },
            }
        ],
        "more_causes": 0,
    } | changes


@pytest.mark.parametrize("recovered", [True, False])
@given(name=st.text(min_size=1, max_size=300), pillars=st.booleans())
def test_a_subject_is_what_sns_accepts(recovered: bool, name: str, pillars: bool) -> None:
    moved = alert(name) if pillars else alert(name, pillars=[])
    subject = notify.subject_of(moved, recovered=recovered)
    assert 0 < len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()


@pytest.mark.parametrize("recovered", [True, False])
def test_names_and_annotations_cannot_pass_for_lines_of_the_message(recovered: bool) -> None:
    plain = notify.text_of(alert(), recovered=recovered)
    hostile = notify.text_of(alert(HOSTILE, HOSTILE), recovered=recovered)
    assert len(hostile.split("\n")) == len(plain.split("\n"))
    assert all(unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for one in hostile.replace("\n", ""))


@pytest.mark.parametrize("recovered", [True, False])
def test_a_digest_lists_when_each_cause_came_and_went(recovered: bool) -> None:
    (cause,) = alert(HOSTILE)["causes"]
    times = [("12:00:05", "NON_COMPLIANT"), ("12:10:00", "COMPLIANT"), ("12:20:00", "NON_COMPLIANT")]
    changes = [{"at": f"2026-01-15T{time}.000001+00:00", "compliance": word} for time, word in times]
    digest = alert(digest=[{name: cause[name] for name in ("check", "title", "resource")} | {"changes": changes}])
    assert notify.subject_of(digest, recovered=recovered) == "Digest: 1 cause came and went in workload shop"
    text = notify.text_of(digest, recovered=recovered)
    came = text.partition("Came and went: S3 Bucket site")[2]
    assert came.splitlines()[1:4] == [
        "  12:00:05  non-compliant",
        "  12:10:00  compliant again",
        "  12:20:00  non-compliant",
    ]


def test_a_drop_names_the_owner_of_the_resource() -> None:
    assert "  Owner: shop" in notify.text_of(alert(), recovered=False).splitlines()


def test_a_drop_without_causes_says_that_passing_verdicts_left() -> None:
    assert "Passing verdicts left" in notify.text_of(alert(causes=[]), recovered=False)


def test_a_replayed_event_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)  # so that anything but a return fails
    notify.on_score_change({"replay-name": "again", "detail-type": "Pillar Score Dropped", "detail": alert()}, None)
    with pytest.raises(KeyError):
        notify.on_score_change({"detail-type": "Pillar Score Dropped", "detail": alert()}, None)


def notice(**changes: Any) -> dict[str, Any]:
    """A notice of a waiver that ends."""
    return {
        "id": "notice",
        "what": "waiver",
        "of": "s3-bucket-versioning-enabled",
        "where": "cache-* in workload shop",
        "reason": "it can be built again",
        "approver": "Ann",
        "expires": "2027-06-30",
        "days": 7,
        **changes,
    }


@pytest.mark.parametrize(
    ("days", "begins"), [(7, "Ends in 7 days"), (1, "Ends in 1 day:"), (0, "Ends today"), (-1, "Ended")]
)
def test_a_notice_says_what_ends_when_and_what_to_do(days: int, begins: str) -> None:
    assert notify.subject_of_notice(notice(days=days)).startswith(begins)
    text = notify.text_of_notice(notice(days=days))
    assert text.startswith(begins.rstrip(":"))
    assert "cache-* in workload shop" in text
    assert "2027-06-30" in text
    assert "pillarwatch deploy" in text


def test_names_in_a_notice_stay_on_their_line() -> None:
    plain, hostile = notify.text_of_notice(notice()), notify.text_of_notice(notice(where=HOSTILE, reason=HOSTILE))
    assert len(plain.splitlines()) == len(hostile.splitlines())
    assert notify.subject_of_notice(notice(of=HOSTILE)).isprintable()
