"""Order, repetition and batching cannot matter: the pure half of the proof."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.events import Evaluated, MalformedEvent, Resource, evaluated
from aggregator.states import Known, State, counted_in, counts, expires_at, held, lapsed, merged, placed
from tests.aggregator.world import ACCOUNT, BUCKET, PUBLIC, REGION, START, VERSIONING, evaluation

LATER = START + timedelta(hours=1)
LOGS = Resource(ACCOUNT, REGION, BUCKET, "logs")

letters = st.sampled_from("CNAUW")
times = st.integers(0, 6)


@st.composite
def events(draw: st.DrawFn) -> Evaluated:
    status = draw(st.sampled_from(["ok", "ok", "ok", "deleted", "left-scope", "not-recorded"]))
    source = draw(st.sampled_from(["change", "collector"]))
    checks = [VERSIONING, PUBLIC] if source == "change" else ["s3-bucket-in-use", VERSIONING]
    captured = draw(times)
    event = evaluation(
        "logs",
        {check: draw(letters) for check in checks if draw(st.booleans())},
        captured=captured,
        evaluated=captured + draw(times),
        source=source,
        status=status,
        workload=draw(st.sampled_from(["", "shop", "bank"])),
        component=draw(st.sampled_from(["", "api"])),
        catalogue=draw(st.sampled_from(["c1", "c2"])),
        expires=draw(st.sampled_from(["2020-01-01", "2999-01-01"])),
    )
    return evaluated(json.dumps(event), LATER)


def after(*said: Evaluated) -> State:
    return reduce(merged, said, State(LOGS))


@given(st.lists(events(), max_size=8), st.randoms(use_true_random=False))
def test_the_same_events_in_any_order_and_any_number_make_the_same_state(said: list[Evaluated], random: Any) -> None:
    again = said + random.sample(said, random.randint(0, len(said)))
    random.shuffle(again)
    assert after(*again) == after(*said)


@given(st.lists(events(), max_size=8))
def test_what_is_said_already_changes_nothing(said: list[Evaluated]) -> None:
    state = after(*said)
    assert all(merged(state, event) == state for event in said)


@given(st.lists(events(), max_size=8), st.integers(0, 8))
def test_waivers_that_lapse_between_events_end_as_those_that_lapse_after(said: list[Evaluated], place: int) -> None:
    between = reduce(merged, said[place:], lapsed(after(*said[:place]), "2026-01-01"))
    assert lapsed(between, "2026-01-01") == lapsed(after(*said), "2026-01-01")


@given(st.lists(events(), max_size=8))
def test_after_the_newest_deletion_nothing_older_is_left(said: list[Evaluated]) -> None:
    state = after(*said)
    deletions = [event.version for event in said if event.deleted]
    deleted = state.revisions.get(0, Known()).deleted
    assert deleted == (max(deletions) if deletions else None)
    if deleted:
        assert all(said.version.captured_at > deleted.captured_at for said in state.sources.values())


@given(st.lists(events(), min_size=1, max_size=8))
def test_a_state_that_says_nothing_is_forgotten_and_no_other(said: list[Evaluated]) -> None:
    state = after(*said)
    assert (expires_at(state) is None) == bool(counted_in(state))


def test_the_newer_of_two_capture_times_wins_however_they_are_written() -> None:
    old, new = evaluation(verdicts={VERSIONING: "C"}), evaluation(verdicts={VERSIONING: "N"})
    old["detail"]["captured_at"], new["detail"]["captured_at"] = (
        "2016-02-17T01:36:34.043Z",
        "2016-02-17T03:36:34.1+02:00",
    )
    first, second = (evaluated(json.dumps(event), LATER) for event in (old, new))
    assert after(first, second) == after(second, first)
    assert held(after(first, second))[VERSIONING].judged.letter == "N"


def test_two_sources_keep_their_own_verdicts_and_the_newer_decides_where_they_judge_the_same() -> None:
    change = evaluated(json.dumps(evaluation(verdicts={VERSIONING: "C", PUBLIC: "C"}, captured=1)), LATER)
    collector = evaluated(json.dumps(evaluation(verdicts={VERSIONING: "N"}, captured=2, source="collector")), LATER)
    assert counts(after(change, collector)) == {"resources": 1, f"{PUBLIC}.C": 1, f"{VERSIONING}.N": 1}


def test_the_newest_source_with_a_workload_places_the_resource() -> None:
    tagged = evaluated(
        json.dumps(evaluation(verdicts={PUBLIC: "C"}, workload="shop", component="api", captured=1)), LATER
    )
    blind = evaluated(
        json.dumps(evaluation(verdicts={VERSIONING: "C"}, workload="", captured=2, source="collector")), LATER
    )
    assert placed(after(tagged, blind))[:2] == ("shop", "api")
    assert counted_in(after(tagged, blind)) == ["workload/shop/component/api", "workload/shop", f"account/{ACCOUNT}"]


@pytest.mark.parametrize(
    "broken",
    [
        {"version": "2"},
        {"captured_at": "2016-02-17T01:36:34.043"},
        {"captured_at": "yesterday"},
        {"captured_at": "9999-12-31T23:59:59Z"},
        {"captured_at": None},
        {"evaluation_id": ""},
        {"source": 7},
        {"status": "gone"},
        {"verdicts": None},
        {"verdicts": {"a": {"compliance": "PASS"}}},
        {"verdicts": {"a": "COMPLIANT"}},
        {"verdicts": {"a": {"compliance": "NON_COMPLIANT", "annotation": 1}}},
        {"verdicts": {"a": {"compliance": "NON_COMPLIANT", "waiver": {"reason": "for ever"}}}},
        {"verdicts": {"\ud800": {"compliance": "COMPLIANT"}}},
        {"resource": {}},
        {"workload": ["shop"]},
        {"workload": "\ud800"},
    ],
)
def test_what_breaks_the_schema_is_malformed(broken: dict[str, Any]) -> None:
    event = evaluation(verdicts={VERSIONING: "C"})
    event["detail"] |= broken
    with pytest.raises(MalformedEvent):
        evaluated(json.dumps(event), LATER)


@pytest.mark.parametrize("times", [{"captured": 301, "evaluated": 0}, {"captured": 0, "evaluated": 301}])
def test_an_evaluation_that_is_ahead_of_time_is_refused(times: dict[str, float]) -> None:
    early = json.dumps(evaluation(verdicts={VERSIONING: "C"}, **times))  # type: ignore[arg-type]
    with pytest.raises(MalformedEvent, match="ahead of time"):
        evaluated(early, START)
    assert evaluated(early, START + timedelta(seconds=1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | json_values.map(json.dumps), st.sampled_from(list(evaluation()["detail"])), json_values)
def test_nothing_but_malformed_is_raised_of_any_message(body: str, field: str, value: Any) -> None:
    event = evaluation(verdicts={VERSIONING: "N"})
    event["detail"][field] = value
    for message in (body, json.dumps(event)):
        try:
            evaluated(message, LATER)
        except MalformedEvent:
            continue


def test_an_annotation_is_cut_at_256_characters() -> None:
    event = evaluation(verdicts={VERSIONING: "N", PUBLIC: "N"})
    event["detail"]["verdicts"][VERSIONING]["annotation"] = "x" * 257
    event["detail"]["verdicts"][PUBLIC]["annotation"] = "y" * 256
    verdicts = evaluated(json.dumps(event), LATER).judgement.verdicts
    assert [verdicts[check].annotation for check in (VERSIONING, PUBLIC)] == ["x" * 256, "y" * 256]
