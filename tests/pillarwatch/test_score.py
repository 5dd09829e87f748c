"""Scores are pure functions of counts, and can be explained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch.framework import PILLARS, UnknownBestPractice, best_practice, best_practices
from pillarwatch.score import Counts, PillarScore, Scored, overall, pillar_scores
from pillarwatch.settings import Settings

WEIGHTS = {key: Settings().score[key] for key in ("severity_weights", "risk_weights")}
counts = st.builds(Counts, *[st.integers(0, 50)] * 4)
checks = st.dictionaries(
    st.sampled_from([f"check-{n}" for n in range(8)]),
    st.builds(
        Scored,
        st.lists(st.sampled_from(list(best_practices())), min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from(["critical", "high", "medium", "low"]),
    ),
    max_size=8,
)


def scored(count: dict[str, Counts], known: dict[str, Scored]) -> dict[str, PillarScore]:
    return pillar_scores(count, known, **WEIGHTS)


def test_the_framework_has_307_best_practices_in_57_questions() -> None:
    practices = best_practices().values()
    assert len(practices) == 307
    assert len({practice.question_id for practice in practices}) == 57
    assert {practice.pillar for practice in practices} == set(PILLARS)
    with pytest.raises(UnknownBestPractice):
        best_practice("SEC99-BP01")


def test_where_nothing_is_judged_there_is_no_score() -> None:
    scores = scored({"a": Counts(waived=3, unknown=2)}, {"a": Scored(("REL09-BP01",), "high")})
    assert all(pillar.score is None and pillar.coverage == 0 and pillar.verdicts == 0 for pillar in scores.values())
    assert overall(scores) is None


def test_a_best_practice_is_the_mean_of_its_checks_by_severity() -> None:
    known = {"bad": Scored(("REL09-BP01",), "critical"), "good": Scored(("REL09-BP01",), "low")}
    scores = scored({"bad": Counts(non_compliant=1), "good": Counts(compliant=1)}, known)
    assert scores["reliability"].score == pytest.approx(100 / 9)
    assert scores["reliability"].verdicts == 2


def test_a_pillar_is_the_mean_of_its_practices_by_risk() -> None:
    # REL09-BP01 is of high risk (3), REL05-BP02's too; REL01-BP05 of medium risk (2)
    high, medium = (
        "REL09-BP01",
        next(p.id for p in best_practices().values() if p.pillar == "reliability" and p.risk == "MEDIUM"),
    )
    known = {"a": Scored((high,), "low"), "b": Scored((medium,), "low")}
    scores = scored({"a": Counts(compliant=4), "b": Counts(non_compliant=9)}, known)
    assert scores["reliability"].score == pytest.approx(100 * 3 / 5)


def test_coverage_is_the_share_of_the_practices_with_evidence_by_risk() -> None:
    # Weights: 33 practices of high risk (3), REL09-BP01 among them, 31 of medium risk (2), and one of low risk (1).
    known = {"judged": Scored(("REL09-BP01",), "low"), "unknown": Scored(("REL09-BP03",), "critical")}
    reliability = scored({"judged": Counts(compliant=1), "unknown": Counts(unknown=5)}, known)["reliability"]
    assert reliability.coverage == pytest.approx(100 * 3 / (33 * 3 + 31 * 2 + 1))


def test_a_check_counts_once_in_each_practice_it_serves() -> None:
    scores = scored({"a": Counts(compliant=1, non_compliant=1)}, {"a": Scored(("REL09-BP01", "SEC10-BP03"), "low")})
    assert scores["reliability"].score == scores["security"].score == 50
    assert scores["cost-optimization"].score is None


def test_what_the_catalogue_no_longer_has_does_not_count() -> None:
    assert overall(scored({"gone": Counts(non_compliant=5)}, {})) is None


@given(st.dictionaries(st.sampled_from([f"check-{n}" for n in range(8)]), counts), checks)
def test_scores_and_coverage_stay_between_0_and_100_and_add_up(
    count: dict[str, Counts], known: dict[str, Scored]
) -> None:
    for pillar in scored(count, known).values():
        assert 0 <= pillar.coverage <= 100
        assert (pillar.score is None) == (not pillar.practices) == (pillar.verdicts == 0)
        if pillar.score is not None:
            assert 0 <= pillar.score <= 100
            explained = sum(p.score * p.weight for p in pillar.practices) / sum(p.weight for p in pillar.practices)
            assert pillar.score == pytest.approx(explained)


@given(checks, st.data())
def test_a_fix_never_lowers_a_score(known: dict[str, Scored], data: st.DataObject) -> None:
    count = {check: data.draw(counts) for check in known}
    broken = [check for check, c in count.items() if c.non_compliant]
    if not broken:
        return
    check = data.draw(st.sampled_from(broken))
    fixed = {
        **count,
        check: count[check]._replace(
            compliant=count[check].compliant + 1, non_compliant=count[check].non_compliant - 1
        ),
    }
    before, after = scored(count, known), scored(fixed, known)
    for pillar in PILLARS:
        assert (after[pillar].score or 0) >= (before[pillar].score or 0) - 1e-9


FOLLOWS = {"leader": Scored(("REL09-BP01",), "high"), "other": Scored(("REL09-BP01", "SEC10-BP03"), "low", "leader")}


@pytest.mark.parametrize(("leader", "other"), [(Counts(2, 2), Counts(2, 2)), (Counts(2, 2), Counts(3, 1))])
def test_a_cause_counts_once_in_a_practice(leader: Counts, other: Counts) -> None:
    reliability = scored({"other": other, "leader": leader}, FOLLOWS)["reliability"]
    assert reliability.score == 50
    assert [(share.check, share.weight) for share in reliability.practices[0].checks] == [
        ("leader", WEIGHTS["severity_weights"]["high"])
    ]
    assert reliability.verdicts == leader.judged + other.judged


def test_a_check_counts_where_the_check_that_names_its_cause_does_not() -> None:
    worse = scored({"leader": Counts(4, 0), "other": Counts(1, 3)}, FOLLOWS)
    assert worse["reliability"].score == 25
    assert scored({"leader": Counts(1, 3), "other": Counts(2, 2)}, FOLLOWS)["security"].score == 50
    assert scored({"other": Counts(2, 2)}, FOLLOWS)["reliability"].score == 50
    assert scored({"leader": Counts(unknown=3), "other": Counts(2, 2)}, FOLLOWS)["reliability"].score == 50


@given(st.dictionaries(st.sampled_from(["leader", "other", "third", "alone"]), counts), st.data())
def test_a_further_failure_never_raises_a_score_and_the_order_of_counts_does_not_matter(
    count: dict[str, Counts], data: st.DataObject
) -> None:
    known = FOLLOWS | {
        "third": Scored(("REL09-BP01",), "medium", "leader"),
        "alone": Scored(("REL09-BP01",), "critical"),
    }
    before = scored(count, known)
    points = {pillar: score.score for pillar, score in before.items()}
    again = {pillar: score.score for pillar, score in scored(dict(reversed(count.items())), known).items()}
    assert again == pytest.approx(points)
    failing = [check for check, one in count.items() if one.compliant]
    if not failing:
        return
    check = data.draw(st.sampled_from(failing))
    after = scored(count | {check: count[check] + Counts(-1, 1)}, known)
    for pillar, score in before.items():
        if score.score is not None:
            assert (after[pillar].score or 0) <= score.score + 1e-9


@given(checks, st.data(), st.sets(st.sampled_from(PILLARS)))
def test_the_scores_of_some_pillars_are_those_among_all(
    known: dict[str, Scored], data: st.DataObject, pillars: set[str]
) -> None:
    count = {check: data.draw(counts) for check in known}
    everything = scored(count, known)
    assert pillar_scores(count, known, **WEIGHTS, pillars=pillars) == {
        p: everything[p] for p in PILLARS if p in pillars
    }
