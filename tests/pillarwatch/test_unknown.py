"""The third value: what is not known never passes, and what is surely so decides."""

import copy
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import Verdict, all_of, any_of, compliant_if_all, compliant_if_none, contains, listed, none_of
from pillarwatch.check import ANNOTATION_LIMIT, shortened
from pillarwatch.unknown import Unknown, Unresolved

UNKNOWN: Any = Unknown("parameter Days has no default")
VALUES: dict[str, Any] = {"yes": True, "no": False, "unknown": UNKNOWN}
conditions = st.lists(st.sampled_from(list(VALUES)).map(VALUES.__getitem__), max_size=6)


@pytest.mark.parametrize(
    "decide", [bool, list, len, hash, int, lambda u: not u, lambda u: "x" in u, lambda u: u in {1, 2}]
)
def test_a_decision_on_an_unknown_is_unresolved(decide: Callable[[Any], Any]) -> None:
    with pytest.raises(Unresolved, match="parameter Days has no default"):
        decide(UNKNOWN)


@pytest.mark.parametrize(
    "comparison",
    [UNKNOWN == "a", UNKNOWN != "a", UNKNOWN < 1, UNKNOWN >= 1, UNKNOWN.startswith("a"), UNKNOWN.split(",")],
)
def test_comparing_an_unknown_is_unknown(comparison: object) -> None:
    assert isinstance(comparison, Unknown)


def test_known_pieces_decide_where_they_can() -> None:
    bucket: Any = Unknown("the account is not known", present=True, parts=("arn:aws:s3:::logs-", None, "/x"))
    assert (bucket == "arn:aws:sqs:::queue") is False
    assert (bucket != "arn:aws:sqs:::queue") is True
    assert isinstance(bucket == "arn:aws:s3:::logs-123/x", Unknown)
    assert bucket.startswith("arn:aws:s3:") is True
    assert bucket.startswith(("arn:aws:sqs:", "arn:aws:sns:")) is False
    assert isinstance(bucket.startswith("arn:aws:s3:::logs-123"), Unknown)
    assert bucket.endswith("/x") is True
    assert contains(bucket, "logs-") is True
    assert isinstance(contains(bucket, "elsewhere"), Unknown)


texts = st.text("ab:/", max_size=6)


@st.composite
def guessed(draw: st.DrawFn, text: str) -> Any:
    """A text of which one or two pieces are not known, wherever they begin and end."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=4).filter(lambda at: len(at) % 2 == 0)))
    bounds = [0, *cuts, len(text)]
    pieces = [None if number % 2 else text[start:end] for number, (start, end) in enumerate(pairwise(bounds))]
    return Unknown("a piece is not known", parts=tuple(piece for piece in pieces if piece != ""))


@given(st.data(), texts, texts)
def test_what_is_known_of_unknown_texts_holds_for_every_text(data: st.DataObject, one: str, another: str) -> None:
    mine, other = data.draw(guessed(one)), data.draw(guessed(another))
    for found, holds in (
        (mine == another, one == another),
        (mine == other, one == another),
        (mine != other, one != another),
        (mine.startswith(another), one.startswith(another)),
        (mine.endswith(another), one.endswith(another)),
        (contains(mine, another), another in one),
    ):
        assert isinstance(found, Unknown) or found is holds


@given(st.lists(st.sampled_from(["a", "/", None]), min_size=1, max_size=5).filter(lambda parts: None in parts))
def test_filling_a_text_piece_by_piece_makes_it_known(parts: list[str | None]) -> None:
    text: Any = Unknown("it is not known", parts=tuple(parts))
    for count in range(parts.count(None), 0, -1):
        assert text.parts.count(None) == count
        text = text.filled("x")
    assert text == "".join("x" if part is None else part for part in parts)


def test_two_unknown_texts_differ_where_their_ends_do() -> None:
    task: Any = Unknown("the account is not known", parts=("arn:aws:iam::", None, ":role/task"))
    execution: Any = Unknown("the account is not known", parts=("arn:aws:iam::", None, ":role/execution"))
    bucket: Any = Unknown("the name is not known", parts=("arn:aws:s3:::", None))
    anything: Any = Unknown("it is not known")
    longer: Any = Unknown("the account is not known", parts=("arn:aws:iam::", None, "-0:role/task"))
    assert (task == execution) is False
    assert (task != bucket) is True
    for other in (anything, longer, task):
        assert isinstance(task == other, Unknown)
        assert isinstance(other != task, Unknown)


def test_what_is_made_of_an_unknown_has_none_of_its_pieces() -> None:
    topic: Any = Unknown("the name is not known", present=True, parts=("arn:aws:sns:eu-west-1:", None))
    for made in (topic.split(":")[2], topic.upper(), topic.removeprefix("arn:"), topic + "/x", topic[:3], topic < "b"):
        assert type(made) is Unknown
        assert made.parts == (None,)
        assert isinstance(made == "sns", Unknown)
    assert isinstance(Unknown("3?", parts=("3", None)) == 30, Unknown), "a text may be read as a number"


@pytest.mark.parametrize(
    "made",
    [
        -UNKNOWN,
        +UNKNOWN,
        abs(UNKNOWN),
        UNKNOWN % 2,
        UNKNOWN // 2,
        7 // UNKNOWN,
        UNKNOWN**2,
        round(UNKNOWN),
        2 - UNKNOWN,
    ],
)
def test_one_can_reckon_with_an_unknown(made: object) -> None:
    assert isinstance(made, Unknown)


def test_an_annotation_says_why_a_value_is_unknown() -> None:
    assert f"{UNKNOWN:g} minutes, {UNKNOWN}" == "parameter Days has no default minutes, parameter Days has no default"
    assert listed(UNKNOWN) == UNKNOWN.why


def test_contains_is_in_for_values_that_may_be_unknown() -> None:
    assert contains(["a", UNKNOWN], "a") is True
    assert contains([UNKNOWN, "a"], "a") is True
    assert isinstance(contains([UNKNOWN, "b"], "a"), Unknown)
    assert isinstance(contains(["a", "b"], UNKNOWN), Unknown)
    assert isinstance(contains(UNKNOWN, "a"), Unknown)
    assert contains(["b"], "a") is False
    assert contains("abc", "b") is True


def passes(element: Any) -> bool:
    """A condition that decides midway."""
    return True if element else False  # noqa: SIM210 - as a check might


@given(conditions)
def test_a_condition_that_cannot_decide_of_one_element_decides_of_the_others(elements: list[bool]) -> None:
    for quantifier in (all_of, any_of, none_of):
        found: Any = quantifier(elements, passes)
        plain: Any = quantifier(elements)
        assert isinstance(found, Unknown) == isinstance(plain, Unknown)
        assert isinstance(found, Unknown) or found is plain
    assert isinstance(all_of(UNKNOWN, passes), Unknown)


def outcome(judge: Callable[[], Verdict]) -> str:
    try:
        return judge().compliance
    except Unresolved:
        return "unknown"


@given(conditions)
def test_all_elements_are_judged_before_one_decides(elements: list[bool]) -> None:
    said = outcome(lambda: compliant_if_all(iter(elements), passes, "no good"))
    assert said == (
        "NOT_APPLICABLE" if not elements
        else "NON_COMPLIANT" if any(each is False for each in elements)
        else "unknown" if any(isinstance(each, Unknown) for each in elements)
        else "COMPLIANT"
    )  # fmt: skip
    offended = outcome(lambda: compliant_if_none(iter(elements), passes, "no good"))
    assert offended == (
        "NON_COMPLIANT" if any(each is True for each in elements)
        else "unknown" if any(isinstance(each, Unknown) for each in elements)
        else "COMPLIANT"
    )  # fmt: skip


def test_an_annotation_names_what_surely_fails() -> None:
    numbers: list[Any] = [1, UNKNOWN, 7, 8, 7]
    assert compliant_if_all(numbers, lambda n: n < 5, "too many").annotation == "too many: 7, 8"
    assert compliant_if_none(numbers[:3], lambda n: n > 5, "too many", named=lambda n: f"<{n}>").annotation == (
        "too many: <7>"
    )


def test_an_element_that_may_not_be_meant_neither_passes_nor_fails() -> None:
    def judged(meant: Any, good: bool) -> str:
        return outcome(lambda: compliant_if_all([1], lambda _: good, "no good", where=lambda _: meant))

    assert judged(True, False) == "NON_COMPLIANT"
    assert judged(False, False) == "NOT_APPLICABLE"
    assert judged(UNKNOWN, True) == judged(UNKNOWN, False) == "unknown"


def test_elements_that_are_unknown_as_a_whole_decide_nothing() -> None:
    assert outcome(lambda: compliant_if_all(UNKNOWN, passes, "no good")) == "unknown"
    assert outcome(lambda: compliant_if_none(UNKNOWN, passes, "no good")) == "unknown"


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


@pytest.mark.parametrize("combined", [all_of, any_of, none_of])
@given(conditions)
def test_each_element_is_evaluated_once_even_beside_an_unknown(combined: Any, answers: list[bool]) -> None:
    asked: list[int] = []

    def holds(at: int) -> bool:
        asked.append(at)
        return answers[at]

    answer: Any = combined(list(range(len(answers))), holds)
    assert asked == list(range(len(asked)))
    assert str(answer) == str(combined(answers))


def test_an_unknown_can_be_copied() -> None:
    assert copy.deepcopy({"a": UNKNOWN})["a"].why == UNKNOWN.why


def test_an_annotation_is_cut_at_256_characters_and_at_a_word() -> None:
    limit = ANNOTATION_LIMIT
    assert limit == 256
    assert shortened("x" * 256, limit) == "x" * 256
    assert shortened("x" * 257, limit) == "x" * 255 + "…"
    assert shortened("x" * 200 + " " + "y" * 100, limit) == "x" * 200 + "…"


def of_template(reference: str, *parts: str | None) -> Unknown:
    return Unknown("it is known only when deployed", reference=reference, parts=parts)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (of_template("", "web-", None), "web-*"),
        (of_template("Stage", "web-", None), "web-*"),
        (of_template("Logs", "arn:aws:s3:::", None), "Logs"),
        (of_template("Logs", "arn:aws:s3:::", None, "/*"), "arn:aws:s3:::*/*"),
        (of_template("AWS::AccountId", "arn:aws:iam::", None), "arn:aws:iam::*"),
        (of_template("", "arn:aws:s3:::", None), "arn:aws:s3:::*"),
    ],
)
def test_an_annotation_names_the_known_parts_of_a_value_and_the_resource_that_an_arn_is_of(
    value: Unknown, name: str
) -> None:
    assert listed([value]) == name


def test_an_annotation_shows_what_an_unknown_value_refers_to() -> None:
    why = "Role.Arn is known only after deployment"
    assert f"RoleArn is {Unknown(why, present=True, reference='Role')}" == "RoleArn is a reference to Role"
    assert f"RoleArn is {Unknown(why)}" == f"RoleArn is {why}"
