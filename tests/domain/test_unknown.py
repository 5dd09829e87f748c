"""The third value: what is not known never passes, and what is surely so decides."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import all_of, any_of, none_of
from pillarwatch.unknown import Unknown, Unresolved

UNKNOWN = Unknown("parameter Days has no default")
VALUES: dict[str, Any] = {"yes": True, "no": False, "unknown": UNKNOWN}
conditions = st.lists(st.sampled_from(list(VALUES)).map(VALUES.__getitem__), max_size=6)


@pytest.mark.parametrize(
    "decide", [bool, list, len, hash, int, lambda u: not u, lambda u: "x" in u, lambda u: u in {1, 2}]
)
def test_a_decision_asked_of_an_unknown_is_unresolved(decide: Callable[[Any], Any]) -> None:
    with pytest.raises(Unresolved, match="parameter Days has no default"):
        decide(UNKNOWN)


@pytest.mark.parametrize(
    "comparison",
    [UNKNOWN == "a", UNKNOWN != "a", UNKNOWN < 1, UNKNOWN >= 1, UNKNOWN.startswith("a"), UNKNOWN.split(",")],
)
def test_comparing_an_unknown_is_unknown(comparison: object) -> None:
    assert isinstance(comparison, Unknown)


def test_known_pieces_decide_where_they_can() -> None:
    bucket = Unknown("the account is not known", present=True, parts=("arn:aws:s3:::logs-", None, "/x"))
    assert (bucket == "arn:aws:sqs:::queue") is False
    assert (bucket != "arn:aws:sqs:::queue") is True
    assert isinstance(bucket == "arn:aws:s3:::logs-123/x", Unknown)
    assert bucket.startswith("arn:aws:s3:") is True
    assert bucket.startswith(("arn:aws:sqs:", "arn:aws:sns:")) is False
    assert isinstance(bucket.startswith("arn:aws:s3:::logs-123"), Unknown)
    assert bucket.endswith("/x") is True
    assert "logs-" in bucket
    with pytest.raises(Unresolved):
        assert "elsewhere" in bucket


@given(conditions)
def test_a_sure_failure_beats_an_unknown(given_conditions: list[bool]) -> None:
    every: Any = all_of(given_conditions)
    if any(c is False for c in given_conditions):
        assert every is False
    elif any(isinstance(c, Unknown) for c in given_conditions):
        assert every is UNKNOWN
    else:
        assert every is True


@given(conditions)
def test_a_sure_success_beats_an_unknown(given_conditions: list[bool]) -> None:
    some: Any = any_of(given_conditions)
    none: Any = none_of(given_conditions)
    if any(c is True for c in given_conditions):
        assert some is True
        assert none is False
    elif any(isinstance(c, Unknown) for c in given_conditions):
        assert some is UNKNOWN
        assert none is UNKNOWN
    else:
        assert some is False
        assert none is True


def test_an_unknown_can_be_copied() -> None:
    assert copy.deepcopy({"a": UNKNOWN})["a"].why == UNKNOWN.why
