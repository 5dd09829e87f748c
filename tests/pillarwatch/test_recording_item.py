"""A recording item answers as any other, and tells what each check read, without secrets and within its limit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch.evaluation import judge
from pillarwatch.example import example_item, example_parameters
from pillarwatch.recording_item import MASKED, MOST_BYTES, RecordingItem, fitted
from pillarwatch.settings import Settings
from pillarwatch.unknown import Unknown
from rules.catalogue import all_checks, check_of, checks_of, resource_types

if TYPE_CHECKING:
    from pillarwatch import Check

SECRET = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - AWS's own example of a key


def item(**configuration: Any) -> RecordingItem:
    return RecordingItem({"resourceType": "AWS::S3::Bucket", "configuration": configuration, "tags": {"Owner": "web"}})


@pytest.mark.parametrize("check", all_checks().values(), ids=lambda check: check.id)
def test_every_check_answers_the_same_and_tells_what_it_read(check: Check) -> None:
    told = []
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        parameters, recording = example_parameters(example), example_item(check, example, cls=RecordingItem)
        assert check.judge(recording, parameters) == check.judge(example_item(check, example), parameters)
        told.append(recording.value_read())
        assert len(told[-1].encode()) <= MOST_BYTES
    assert any(told) or check.id == "workload-region-in-approved-list"  # it reads the Region, which every event has


def test_what_was_read_is_told_by_the_end_of_its_path() -> None:
    recording = item(versioning={"status": "Enabled"}, size=5, on=True)
    recording.text("configuration.versioning.status")
    recording.number("configuration.size")
    recording.flag("configuration.off")
    recording.tag("Owner")
    assert recording.value_read() == "status: Enabled; size: 5; Owner: web; off: not set"
    recording.forget_reads()
    assert recording.value_read() == ""


def test_paths_with_the_same_end_are_told_apart_and_values_of_a_list_are_listed() -> None:
    recording = item(source={"port": 1}, target={"port": 2}, rules=[{"action": "allow"}, {"action": "deny"}])
    recording.number("configuration.source.port")
    recording.number("configuration.target.port")
    for rule in recording.objects("configuration.rules"):
        rule.text("action")
    assert recording.value_read() == "source.port: 1; target.port: 2; action: allow, deny"


def test_what_a_check_reads_through_once_is_told_for_each_check() -> None:
    def status(read: Any) -> str:
        return str(read.text("configuration.status"))

    recording = item(status="on")
    for _ in range(2):
        recording.forget_reads()
        recording.once(status)
        assert recording.value_read() == "status: on"


def test_unknown_values_are_left_out_and_long_ones_are_counted() -> None:
    recording = item(name=Unknown("it depends"), script="line\n" * 9, policy=json.dumps({"Statement": [{}, {}]}))
    recording.text("configuration.name")
    recording.text("configuration.script")
    recording.statements("configuration.policy")
    assert recording.value_read() == "script: 45 characters; policy: statements of a policy: 2"


def test_a_text_is_cut_at_a_character() -> None:
    assert fitted("a" * 128) == "a" * 128
    assert fitted("a" * 129) == "a" * 125 + "…"
    for text in ("é" * 100, "日本" * 60, "😀" * 40):
        assert len(fitted(text).encode()) <= MOST_BYTES
        assert text.startswith(fitted(text)[:-1])


@given(st.text(min_size=8).filter(lambda text: "\\" not in repr(text)), st.sampled_from(["key", "name"]))
def test_a_variable_that_is_called_like_a_secret_never_shows_its_value(text: str, named: str) -> None:
    secret = f"s3cret{text}"
    recording = item(
        variables={"DB_PASSWORD": secret}, environment=[{named: "API_TOKEN", "value": secret}], clientSecret=secret
    )
    for entry in recording.entries("configuration.variables"):
        entry.text("value")
    for entry in recording.objects("configuration.environment"):
        entry.text("value")
    recording.text("configuration.clientSecret")
    told = recording.value_read()
    assert "s3cret" not in told
    assert told.count(MASKED) == 3


def test_a_key_is_masked_wherever_it_stands() -> None:
    recording = item(description=f"use {SECRET}", list=[SECRET])
    recording.text("configuration.description")
    recording.texts("configuration.list")
    assert SECRET not in recording.value_read()


def test_an_event_tells_values_of_verdicts_and_none_of_what_is_not_applicable() -> None:
    check = check_of("s3-bucket-versioning-enabled")
    recording = example_item(check, check.compliant[0], cls=RecordingItem)
    values = {each.check.id: each.value for each in judge(recording, checks_of("AWS::S3::Bucket"), Settings())}
    assert values[check.id] == "status: Enabled"


def test_the_largest_event_stays_far_below_256_kb() -> None:
    longest = json.dumps({"annotation": "é" * 256, "value": fitted("é" * 200), "severity": "critical"})
    most = max(len(checks_of(each)) for each in resource_types())
    assert most * (len(longest) + 300) < 200_000
