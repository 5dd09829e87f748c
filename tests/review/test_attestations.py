"""Attestations in the review of templates: what they answer, contradict and are the only evidence of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.settings import Settings
from review.markdown import markdown
from rules.catalogue import all_checks
from tests.review.conftest import reviewed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from review.model import Practice, Review

VERSIONING = "s3-bucket-versioning-enabled"
PLAN = "SEC10-BP02"  # no check serves it
BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket"}


def attestation(**changes: Any) -> dict[str, Any]:
    common = {"id": "plan", "kind": "document", "practice": PLAN, "statement": "there is a plan", "status": "yes"}
    return {**common, "attested_by": "Ann", "attested_on": "2026-10-01", "expires": "2027-06-30", **changes}


def answering(check: str, **changes: Any) -> list[dict[str, Any]]:
    """An attestation for each best practice that a check serves."""
    practices = all_checks()[check].best_practices
    return [
        attestation(id=f"a{n}", practice=practice, answers=[check], **changes) for n, practice in enumerate(practices)
    ]


def bucket(**tags: str) -> dict[str, Any]:
    return {**BUCKET, "Properties": {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}}


def practice(review: Review, practice_id: str) -> Practice:
    return next(one for question in review.questions for one in question.practices if one.id == practice_id)


def gaps(review: Review) -> set[str]:
    """Every check that the review lists as a gap or an action."""
    found = {gap.check for theme in review.themes for gap in theme.gaps}
    found |= {pillar.key_gap.check for pillar in review.pillars if pillar.key_gap}
    found |= {gap.check for component in review.components for gap in component.gaps}
    return found | {check for action in review.actions for check in action.closes}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "Attested"),
        ({"expires": "2026-11-30"}, "Attestation expired"),
        ({"status": "no"}, "Not implemented"),
        ({"status": "planned"}, "Not implemented"),
        ({"contradicts": [VERSIONING]}, "Not implemented"),
    ],
)
def test_a_practice_for_which_attestations_alone_are_evidence_has_their_status(
    review_of: Callable[..., Review], changes: dict[str, Any], status: str
) -> None:
    review = review_of({"Plain": BUCKET}, {"attestations": [attestation(**changes)]})
    assert practice(review, PLAN).status == status
    assert (review.totals.attested, review.totals.attestation_expired) == (
        int(status == "Attested"),
        int(status == "Attestation expired"),
    )
    assert sum(dict(review.totals).values()) == 2 * review.totals.practices
    assert PLAN not in review.not_evaluated.attestations


def test_one_of_two_attestations_that_expired_makes_its_practice_partial(review_of: Callable[..., Review]) -> None:
    entries = [attestation(), attestation(id="older", expires="2026-11-30")]
    assert practice(review_of({"Plain": BUCKET}, {"attestations": entries}), PLAN).status == "Partial"


def test_an_attested_practice_names_the_accepted_failures_of_its_checks(review_of: Callable[..., Review]) -> None:
    waiver = {"check": VERSIONING, "reason": "kept elsewhere", "expires": "2027-01-31", "approver": "Ada"}
    of = "SEC10-BP03"
    assert of in all_checks()[VERSIONING].best_practices
    review = review_of({"Plain": BUCKET}, {"attestations": [attestation(practice=of)], "waivers": [waiver]})
    found = practice(review, of)
    assert (found.status, found.note) == ("Attested", "1 failure is accepted; attestation plan: implemented")


def test_an_expired_attestation_beside_a_check_makes_its_practice_partial(review_of: Callable[..., Review]) -> None:
    kept = {**BUCKET, "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    primary = next(iter(all_checks()[VERSIONING].best_practices))
    review = review_of({"Kept": kept}, {"attestations": [attestation(practice=primary, expires="2026-11-30")]})
    assert practice(review, primary).status == "Partial"
    assert "attestation plan: expired after 2026-11-30" in practice(review, primary).note


def test_a_check_that_attestations_answer_is_neither_gap_nor_action(review_of: Callable[..., Review]) -> None:
    assert VERSIONING in gaps(review_of({"Plain": BUCKET}))
    review = review_of({"Plain": BUCKET}, {"attestations": answering(VERSIONING)})
    assert VERSIONING not in gaps(review)
    for one in all_checks()[VERSIONING].best_practices:
        assert VERSIONING not in {evidence.check for evidence in practice(review, one).evidence}
        assert f"it answers {VERSIONING}" in practice(review, one).note
    assert f"answers `{VERSIONING}`" in markdown(review)


def test_a_check_that_is_answered_for_some_of_its_practices_is_still_a_gap(review_of: Callable[..., Review]) -> None:
    first, *others = answering(VERSIONING)
    assert others
    review = review_of({"Plain": BUCKET}, {"attestations": [first]})
    assert VERSIONING in gaps(review)
    shown = {one["practice"]: practice(review, one["practice"]).evidence for one in (first, *others)}
    assert [of for of, rows in shown.items() if VERSIONING in {row.check for row in rows}] == [
        one["practice"] for one in others
    ]


def test_an_expired_attestation_answers_nothing(review_of: Callable[..., Review]) -> None:
    review = review_of({"Plain": BUCKET}, {"attestations": answering(VERSIONING, expires="2026-11-30")})
    assert VERSIONING in gaps(review)


def test_an_attestation_of_a_component_answers_in_the_component_alone(review_of: Callable[..., Review]) -> None:
    resources = {
        "Old": bucket(Workload="shop", Component="archive"),
        "New": bucket(Workload="shop", Component="web"),
    }
    entries = answering(VERSIONING, workload="shop", component="archive")
    review = review_of(resources, {"attestations": entries})
    before = review_of(resources)
    open_ones = {one.name: one.failed for one in review.components}
    assert open_ones == {one.name: one.failed - (one.name == "archive") for one in before.components}
    (gap,) = [gap for theme in review.themes for gap in theme.gaps if gap.check == VERSIONING]
    assert gap.failed == 2  # the workload's score still counts both


def test_workloads_are_not_mixed(tmp_path: Path) -> None:
    def statuses(resources: dict[str, Any], **changes: Any) -> str:
        file = tmp_path / "template.json"
        file.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        review = reviewed(file, settings=Settings({"attestations": [attestation(**changes)]}))
        return practice(review, PLAN).status

    shop, bank = bucket(Workload="shop"), bucket(Workload="bank")
    assert statuses({"A": shop}, workload="shop") == "Attested"
    assert statuses({"A": shop}, workload="bank") == "No evidence"
    assert statuses({"A": shop}) == "No evidence"  # of the account, as in a deployment
    assert statuses({"A": shop, "B": bank}, workload="shop") == "No evidence"
    assert statuses({"A": shop, "B": bank}) == "Attested"
    assert statuses({"A": BUCKET}, workload="shop") == "No evidence"


def test_a_waived_failure_still_contradicts(review_of: Callable[..., Review]) -> None:
    waiver = {"check": VERSIONING, "reason": "kept elsewhere", "expires": "2027-01-31", "approver": "Ada"}
    entry = attestation(contradicts=[VERSIONING, "s3-bucket-server-side-encryption-enabled"])  # the second passes
    review = review_of({"Plain": BUCKET}, {"attestations": [entry], "waivers": [waiver]})
    (row,) = review.attestations
    assert (row.state, row.contradicted_by) == ("contradicted", [VERSIONING])
    assert f"**contradicted** by `{VERSIONING}`" in markdown(review)
