"""Attestations are evidence in scores, beside verdicts, until they expire."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aggregator import handlers, queries
from aggregator.catalogue import Basis, packaged_basis
from aggregator.scopes import account_scope
from pillarwatch.settings import Settings
from tests.aggregator.world import ACCOUNT, START, VERSIONING, World, evaluation

if TYPE_CHECKING:
    from pillarwatch.score import PracticeScore

DRILL = "REL13-BP03"
SHOP = "workload/shop"
SSL = "s3-bucket-ssl-requests-only"
API = f"{SHOP}/component/api"


def attest(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Basis:
    """Deploy settings with an attestation."""
    common = {"kind": "exercise", "practice": DRILL, "statement": "restored in time", "status": "yes"}
    times = {
        "attested_by": "Ann",
        "attested_on": START.date().isoformat(),
        "expires": (START + timedelta(days=3)).date().isoformat(),
    }
    entry = {"id": "drill", "workload": "shop", **common, **times, **changes}
    basis = Basis(packaged_basis().checks, Settings({"attestations": [entry]}))
    monkeypatch.setattr(handlers, "packaged_basis", lambda: basis)
    return basis.at(START)


def practices(world: World, basis: Basis, scope: str = SHOP) -> dict[str, PracticeScore]:
    scores = queries.explain(world.table, scope, basis)
    return {one.best_practice: one for one in scores["reliability"].practices}


def test_an_attestation_is_evidence_for_its_practice_in_its_workload_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.send(evaluation("orders", {VERSIONING: "N"}), evaluation("loans", {VERSIONING: "N"}, workload="bank"))
    without = world.store.score(SHOP)["pillars"]["reliability"]
    basis = attest(monkeypatch)
    world.tick()
    attested = world.store.score(SHOP)["pillars"]["reliability"]
    assert attested["score"] > without["score"] == 0
    assert attested["coverage"] > without["coverage"]
    assert practices(world, basis)[DRILL].score == 100
    assert world.score("reliability", "workload/bank") == 0
    assert DRILL not in practices(world, basis, "workload/bank")


@pytest.mark.parametrize("status", ["no", "planned"])
def test_no_and_planned_count_as_not_implemented(world: World, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    world.send(evaluation("orders", {VERSIONING: "C"}))
    basis = attest(monkeypatch, status=status)
    assert practices(world, basis)[DRILL].score == 0


def test_an_attestation_stands_beside_the_checks_of_its_practice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.send(evaluation("orders", {VERSIONING: "N"}))
    primary = packaged_basis().checks[VERSIONING].best_practices[0]
    basis = attest(monkeypatch, practice=primary)
    found = practices(world, basis)[primary]
    assert {share.check for share in found.checks} == {VERSIONING, "attestation:drill"}
    assert 0 < found.score < 100


def test_an_expired_attestation_lowers_the_score_at_the_tick_and_is_announced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attest(monkeypatch)
    world.send(evaluation("orders", {VERSIONING: "C"}))
    before = world.score("reliability")
    world.tick(hours=72)
    assert world.score("reliability") == before == 100
    world.tick(hours=97)
    after = world.score("reliability")
    assert after is not None
    assert after < 100
    notices = [alert for alert in world.alerts() if alert["kind"] == "Expiry Notice"]
    assert {notice["what"] for notice in notices} == {"attestation"}
    assert notices[-1]["days"] < 0


def test_a_failing_check_contradicts_an_attestation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    basis = attest(monkeypatch, contradicts=[VERSIONING])
    world.send(evaluation("orders", {VERSIONING: "C"}))
    assert practices(world, basis)[DRILL].score == 100
    world.send(evaluation("orders", {VERSIONING: "N"}, captured=1))
    assert practices(world, basis)[DRILL].score == 0
    found = queries.snapshot(world.table, SHOP)
    assert [state for _, state in basis.attested(found.name, found.counts)] == ["contradicted"]


def test_a_waived_failure_contradicts_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    basis = attest(monkeypatch, contradicts=[VERSIONING])
    world.send(evaluation("orders", {VERSIONING: "W"}, expires=(START + timedelta(days=9)).date().isoformat()))
    assert practices(world, basis)[DRILL].score == 0


def test_an_attestation_of_a_component_answers_a_check_in_the_component_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = packaged_basis().checks[VERSIONING].best_practices[0]
    world.send(evaluation("orders", {VERSIONING: "N"}, component="api"), evaluation("loans", {VERSIONING: "N"}))
    basis = attest(monkeypatch, practice=first, component="api", answers=[VERSIONING])
    counted = {scope: {share.check for share in practices(world, basis, scope)[first].checks} for scope in (SHOP, API)}
    assert counted == {SHOP: {VERSIONING, "attestation:drill"}, API: {"attestation:drill"}}


def test_a_check_that_an_attestation_answers_is_not_measured_there_and_still_elsewhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = packaged_basis().checks[VERSIONING].best_practices
    assert others
    world.send(evaluation("orders", {VERSIONING: "N"}))
    before = practices(world, packaged_basis())
    basis = attest(monkeypatch, practice=first, answers=[VERSIONING])
    found = practices(world, basis)
    assert [share.check for share in found[first].checks] == ["attestation:drill"]
    assert found[first].score == 100
    for other in others:
        if other in before:
            assert found[other] == before[other]
    assert [one.check for one in queries.recommendations(world.table, SHOP, basis)] == [VERSIONING]


def test_a_check_that_is_answered_everywhere_is_not_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.send(evaluation("orders", {VERSIONING: "N"}))
    (entry,) = attest(monkeypatch).settings.document["attestations"]
    entries = [
        {
            **entry,
            "id": f"a{n}",
            "practice": practice,
            "answers": [VERSIONING],
        }
        for n, practice in enumerate(packaged_basis().checks[VERSIONING].best_practices)
    ]
    basis = Basis(packaged_basis().checks, Settings({"attestations": entries})).at(START)
    assert queries.recommendations(world.table, SHOP, basis) == []
    assert world.counters() == world.recount()


def test_what_is_attested_adds_up_in_the_explanation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    basis = attest(monkeypatch)
    world.send(evaluation("orders", {VERSIONING: "N"}))
    found = practices(world, basis)
    total = sum(one.weight for one in found.values())
    expected = sum(one.score * one.weight for one in found.values()) / total
    assert world.score("reliability") == round(expected, 2)


def test_lapsed_attestations_are_a_metric_of_the_account_at_each_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attest(monkeypatch, practice="COST01-BP01")  # of a workload: the account has no evidence in this pillar
    world.send(evaluation("orders", {VERSIONING: "C"}))
    found = []
    for hours in (25, 72, 97, 98):
        world.metrics.clear()
        world.tick(hours=hours)
        lines = [line for line in map(json.loads, world.metrics) if line["Scope"] == account_scope(ACCOUNT)]
        found.append({line["Pillar"]: line["AttestationsLapsed"] for line in lines if line["AttestationsLapsed"]})
    assert found == [{}, {}, {"cost-optimization": 1}, {"cost-optimization": 1}]


def test_an_attestation_that_is_contradicted_drops_the_score_of_its_own_pillar_and_is_reported_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attest(monkeypatch, practice="COST01-BP02", contradicts=[VERSIONING])
    world.send(evaluation("orders", {VERSIONING: "C"}))
    world.complete_inventory()
    world.alerts()
    world.send(evaluation("orders", {VERSIONING: "N"}, captured=1))
    dropped, *_ = (alert for alert in world.alerts() if alert["kind"] == "Pillar Score Dropped")
    assert "cost-optimization" in {pillar["pillar"] for pillar in dropped["pillars"]}
    assert [cause["check"] for cause in dropped["causes"]] == [VERSIONING]


def test_a_check_is_recommended_again_when_what_answered_it_is_contradicted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recommended() -> set[str]:
        return {check for check, one in world.store.recommendations(SHOP).items() if one["status"] == "open"}

    (entry,) = attest(monkeypatch, contradicts=[SSL]).settings.document["attestations"]
    practices_of = packaged_basis().checks[VERSIONING].best_practices
    entries = [{**entry, "id": practice, "practice": practice, "answers": [VERSIONING]} for practice in practices_of]
    basis = Basis(packaged_basis().checks, Settings({"attestations": entries}))
    monkeypatch.setattr(handlers, "packaged_basis", lambda: basis)
    world.send(evaluation("orders", {VERSIONING: "N", SSL: "C"}))
    assert recommended() == set()
    world.send(evaluation("orders", {VERSIONING: "N", SSL: "N"}, captured=1))
    assert recommended() == {VERSIONING, SSL}
    world.send(evaluation("orders", {VERSIONING: "N", SSL: "C"}, captured=2))
    assert recommended() == set()
