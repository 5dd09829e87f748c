from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aggregator import handlers, queries
from aggregator.catalogue import Basis, packaged_basis
from aggregator.deployed_settings import store_settings
from aggregator.queries import NoSuchScope
from aggregator.scopes import workload_scope
from pillarwatch.command import main
from pillarwatch.framework import PILLARS
from pillarwatch.score import Counts
from pillarwatch.settings import Settings
from review.compose import composed
from review.html import html
from review.markdown import markdown
from review.sources import deployment as facts_of_deployment
from tests.aggregator.world import (
    ACCOUNT,
    ENVIRONMENT,
    PUBLIC,
    REGION,
    VERSIONING,
    Killed,
    World,
    a_world,
    a_world_in_memory,
    evaluation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from review.facts import Facts

LIFECYCLE, TRANSITION = "s3-lifecycle-policy-check", "s3-lifecycle-transition-configured"
LOGGING = "s3-bucket-logging-enabled"
OTHER = "444455556666"
SHOP, HERE = "workload/shop", f"account/{ACCOUNT}"
HOSTILE = "<script>alert('|')</script> #/component/ `x` \u202egnp.exe 🙂"
TOMORROW = "2999-12-31"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions' environment, which names the Region for the command as well."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def world() -> Iterator[World]:
    """An empty deployment on a table in memory."""
    with a_world_in_memory() as deployed:
        yield deployed


def facts(world: World, scope: str = SHOP, title: str = "") -> Facts:
    """The facts of a scope, whose counts add up to its counters, and whose numbers are those that are scored."""
    found = facts_of_deployment.facts_of_deployment(world.table, scope, title)
    scored = queries.scores(world.table, scope)
    assert {p: (s.score if s.score is None else round(s.score, 2)) for p, s in found.scores.items()} == {
        pillar: scored.pillars[pillar].score for pillar in PILLARS
    }
    assert {p: (round(s.coverage, 2), s.verdicts) for p, s in found.scores.items()} == {
        pillar: (scored.pillars[pillar].coverage, scored.pillars[pillar].verdicts) for pillar in PILLARS
    }
    assert found.scores == queries.explain(world.table, scope)
    assert scored.overall.score == (None if found.overall is None else round(found.overall, 2))
    assert found.source.resources == scored.resources
    assert found.source.captured_at == f"{scored.at[:19]}Z"
    totals: dict[str, Counts] = {}
    for (_, check), counts in found.counts.items():
        assert min(counts) >= 0
        totals[check] = totals.get(check, Counts()) + counts
    assert totals == world.store.live(scope).counts
    proposed = [(p.check, p.priority, p.reason, p.gain, p.value_per_effort, p.same_cause) for p in found.proposals]
    assert proposed == [
        (r.check, r.priority, r.reason, r.gain, r.value_per_effort, r.same_cause)
        for r in queries.recommendations(world.table, scope)
    ]
    for one in found.occurrences:
        counts = found.counts[one.component, one.check]
        assert {"failed": counts.non_compliant, "waived": counts.waived, "unknown": counts.unknown}[one.kind]
    return found


def occurrences(found: Facts, kind: str) -> list[tuple[str, str, str]]:
    """Check, component and resource of what is of a kind."""
    return [(one.check, one.component, one.resource.name) for one in found.occurrences if one.kind == kind]


def a_shop(world: World) -> None:
    """A workload with two components and what is in none."""
    world.send(
        evaluation("cart", {VERSIONING: "N", PUBLIC: "C", LOGGING: "U"}, component="web"),
        evaluation("pages", {VERSIONING: "C", PUBLIC: "C"}, component="web"),
        evaluation("orders", {VERSIONING: "N", PUBLIC: "N"}, component="api"),
        evaluation("logs", {VERSIONING: "N", LOGGING: "W"}, expires=TOMORROW),
        evaluation("alone", {VERSIONING: "N"}, workload=""),
        evaluation("money", {VERSIONING: "C"}, workload="bank"),
    )


def test_numbers_are_those_of_the_scores_and_components_add_up(world: World) -> None:
    a_shop(world)
    found = facts(world)
    assert found.counts["web", VERSIONING] == Counts(1, 1)
    assert found.counts["api", VERSIONING] == Counts(0, 1)
    assert found.counts["", VERSIONING] == Counts(0, 1)
    assert sorted(occurrences(found, "failed")) == [
        (PUBLIC, "api", "orders"),
        (VERSIONING, "", "logs"),
        (VERSIONING, "api", "orders"),
        (VERSIONING, "web", "cart"),
    ]
    assert (found.title, found.source.kind, found.source.names) == ("shop", "deployment", [ACCOUNT])
    assert {one.resource.where for one in found.occurrences if one.resource.name == "cart"} == {"arn:aws:s3:::cart"}
    review = composed(found, "Pillarwatch")
    assert [component.name for component in review.components] == ["(no component)", "api", "web"]
    assert review.pillars[2].score == queries.scores(world.table, SHOP).pillars["reliability"].score


def test_an_account_has_its_workloads_as_components(world: World) -> None:
    a_shop(world)
    found = facts(world, HERE)
    assert {component for component, _ in found.counts} == {"shop", "bank", ""}
    assert found.counts["shop", VERSIONING] == Counts(1, 3)
    assert (VERSIONING, "", "alone") in occurrences(found, "failed")
    assert (VERSIONING, "shop", "cart") in occurrences(found, "failed")
    assert found.title == f"account {ACCOUNT}"
    assert facts(world, HERE, "Our review").title == "Our review"


def test_a_workload_of_two_accounts_is_whole_and_no_component_of_one_of_them(world: World) -> None:
    world.send(
        evaluation("a", {VERSIONING: "N"}),
        evaluation("b", {VERSIONING: "N"}, account=OTHER),
        evaluation("c", {VERSIONING: "W"}, account=OTHER, expires=TOMORROW),
        evaluation("d", {VERSIONING: "N"}, workload="bank"),
        evaluation("e", {VERSIONING: "W"}, expires=TOMORROW),
    )
    found = facts(world)
    assert found.source.names == [ACCOUNT, OTHER]
    assert occurrences(found, "failed") == [(VERSIONING, "", "a"), (VERSIONING, "", "b")]
    here, there = facts(world, HERE), facts(world, f"account/{OTHER}")
    assert sorted(occurrences(here, "failed")) == [(VERSIONING, "", "a"), (VERSIONING, "bank", "d")]
    assert occurrences(here, "waived") == [(VERSIONING, "", "e")]
    assert occurrences(there, "failed") == [(VERSIONING, "", "b")]
    assert occurrences(there, "waived") == [(VERSIONING, "", "c")]
    assert {component for component, _ in there.counts} == {""}
    assert ["shop" in problem for problem in here.source.problems] == [True]


def test_accepted_and_unknown_verdicts_have_their_reasons(world: World) -> None:
    a_shop(world)
    found = facts(world)
    (accepted,) = [one for one in found.occurrences if one.kind == "waived"]
    assert (accepted.check, accepted.component, accepted.resource.name) == (LOGGING, "", "logs")
    assert (accepted.reason, accepted.expires) == ("accepted", TOMORROW)
    (unknown,) = [one for one in found.occurrences if one.kind == "unknown"]
    assert (unknown.check, unknown.component, unknown.annotation) == (LOGGING, "web", "cart is wrong")
    review = composed(found, "Pillarwatch")
    assert [(risk.check, risk.reason, risk.expires) for risk in review.accepted_risks] == [
        (LOGGING, "accepted", TOMORROW)
    ]
    assert [(one.check, one.count, one.why) for one in review.not_evaluated.unknown] == [(LOGGING, 1, "cart is wrong")]


def test_of_two_findings_with_one_cause_only_the_one_that_names_it_is_listed(world: World) -> None:
    both = {LIFECYCLE: "N", TRANSITION: "N"}
    world.send(evaluation("a", both), evaluation("b", {LIFECYCLE: "C", TRANSITION: "N"}))
    world.send(evaluation("c", both, severity={LIFECYCLE: "low", TRANSITION: "high"}))
    found = facts(world)
    assert sorted(occurrences(found, "failed")) == [
        (LIFECYCLE, "", "a"),
        (LIFECYCLE, "", "c"),
        (TRANSITION, "", "b"),
        (TRANSITION, "", "c"),
    ]
    assert found.severities[TRANSITION] == "high"


def test_few_of_many_findings_are_read_and_all_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_of_deployment, "MOST", 2)
    for component in ("api", "web"):
        world.send(*(evaluation(f"{component}-{n}", {VERSIONING: "N"}, component=component) for n in range(4)))
    world.send(*(evaluation(f"w{n}", {LOGGING: "W"}, expires=TOMORROW) for n in range(3)))
    world.send(*(evaluation(f"x{n}", {LIFECYCLE: "N", TRANSITION: "N"}) for n in range(4)))
    world.send(evaluation("y", {TRANSITION: "N"}))
    found = facts(world)
    assert occurrences(found, "failed").count((VERSIONING, "api", "api-0")) == 1
    assert len([one for one in found.occurrences if one.check == VERSIONING]) == 4
    assert (TRANSITION, "", "y") in occurrences(found, "failed")
    assert found.source.problems == [f"{LOGGING}: 1 accepted failures are not listed"]
    review = composed(found, "Pillarwatch")
    (gap,) = [gap for theme in review.themes for gap in theme.gaps if gap.check == VERSIONING]
    assert (gap.failed, len(gap.resources), gap.more) == (8, 3, 5)


def test_a_scope_whose_resources_are_deleted_has_no_numbers(world: World) -> None:
    world.send(evaluation("a", {VERSIONING: "N"}, component="api"))
    world.send(evaluation("a", status="deleted", captured=1))
    found = facts(world)
    assert (found.counts, found.occurrences, found.overall, found.source.resources) == ({}, [], None, 0)
    assert "Nothing was evaluated" in markdown(composed(found, "Pillarwatch"))


def test_a_scope_that_nothing_was_counted_in_is_none(world: World) -> None:
    with pytest.raises(NoSuchScope):
        facts_of_deployment.facts_of_deployment(world.table, SHOP)


def test_hostile_names_are_found_again_and_escaped(world: World) -> None:
    world.send(
        evaluation(HOSTILE, {VERSIONING: "N", LOGGING: "W"}, workload=HOSTILE, component=HOSTILE, expires=TOMORROW),
        evaluation("b", {VERSIONING: "N"}, workload=HOSTILE, component="é" * 300),
        evaluation("c", {VERSIONING: "N"}, workload=HOSTILE),
    )
    found = facts(world, workload_scope(HOSTILE))
    assert found.title == HOSTILE
    assert {component for _, component, _ in occurrences(found, "failed")} == {HOSTILE, "é" * 300, ""}
    assert [component for _, component, _ in occurrences(found, "waived")] == [HOSTILE]
    assert "<script>alert" not in html(composed(found, "Pillarwatch"))


def test_a_check_that_this_installation_does_not_have_is_named_and_left_out(world: World) -> None:
    world.send(
        evaluation("a", {VERSIONING: "N", "our-own-check": "N"}),
        evaluation("b", {"our-own-check": "W"}, expires=TOMORROW),
    )
    found = facts_of_deployment.facts_of_deployment(world.table, SHOP)
    assert {check for _, check in found.counts} == {VERSIONING}
    assert {one.check for one in found.occurrences} == {VERSIONING}
    assert found.source.problems == [
        "our-own-check: this installation does not have the check; its 2 verdicts are left out"
    ]
    assert composed(found, "Pillarwatch").not_evaluated.problems == found.source.problems


def test_a_deployment_of_other_settings_is_said_to_have_other_scores(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop(world)
    ours = packaged_basis()
    weights = {**ours.settings.score, "risk_weights": {"HIGH": 9, "MEDIUM": 2, "LOW": 1}}
    theirs = Basis(ours.checks, Settings({**ours.settings.document, "score": weights}))
    assert facts(world).source.problems == []
    monkeypatch.setattr(facts_of_deployment, "packaged_basis", lambda: theirs)
    found = facts_of_deployment.facts_of_deployment(world.table, SHOP)
    assert ["other checks or settings" in problem for problem in found.source.problems] == [True]
    assert found.scores == queries.explain(world.table, SHOP, theirs)


def test_what_aws_does_by_default_is_known_of_the_types_in_the_scope(world: World) -> None:
    world.send(evaluation("a", {PUBLIC: "C", VERSIONING: "C"}))
    found = facts(world)
    assert PUBLIC in found.by_default
    assert VERSIONING not in found.by_default


def test_a_lagging_index_adds_no_finding_that_is_not_counted(world: World) -> None:
    a_shop(world)
    world.table.index_lags = True
    world.send(evaluation("cart", {VERSIONING: "C", PUBLIC: "C"}, component="web", captured=1))
    found = facts(world)
    assert (VERSIONING, "web", "cart") not in occurrences(found, "failed")
    assert composed(found, "Pillarwatch").components


def test_a_finding_that_moved_is_not_listed_where_it_was(world: World) -> None:
    a_shop(world)
    world.send(evaluation("carts", {VERSIONING: "N"}, component="web"))
    world.table.index_lags = True
    world.send(evaluation("cart", {VERSIONING: "N"}, component="api", captured=1))
    assert [place for _, place, name in occurrences(facts(world), "failed") if name == "cart"] == []
    world.table.index_lags = False
    assert [place for _, place, name in occurrences(facts(world), "failed") if name == "cart"] == ["api"]


def test_a_finding_that_begins_after_the_counters_were_read_is_not_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop(world)
    counted = world.store.live(SHOP).counts

    def late(*arguments: Any) -> Any:
        world.send(evaluation("late", {VERSIONING: "N", LIFECYCLE: "N"}, component="web"))
        return queries.finding_keys(*arguments)

    monkeypatch.setattr(facts_of_deployment, "finding_keys", late)
    found = facts_of_deployment.facts_of_deployment(world.table, SHOP)
    for check in (VERSIONING, LIFECYCLE):
        listed = [one for one in found.occurrences if (one.check, one.kind) == (check, "failed")]
        assert len(listed) == counted.get(check, Counts()).non_compliant


def test_changes_that_are_not_projected_yet_are_in_all_numbers(world: World) -> None:
    world.send(evaluation("a", {VERSIONING: "C"}, component="api"))
    world.deaths.append(("after", "TransactWriteItems", 1))
    with pytest.raises(Killed):
        world.send(evaluation("b", {VERSIONING: "N"}, component="web"))
    world.deaths.clear()
    (gap,) = queries.recommendations(world.table, SHOP)
    assert (gap.check, gap.affected, gap.judged, gap.sample) == (VERSIONING, 1, 2, [])  # the projection names resources
    found = facts_of_deployment.facts_of_deployment(world.table, SHOP)
    assert found.counts == {("api", VERSIONING): Counts(1), ("web", VERSIONING): Counts(0, 1)}
    assert [proposal.check for proposal in found.proposals] == [VERSIONING]
    assert found.scores["reliability"].score == 50
    assert occurrences(found, "failed") == [(VERSIONING, "web", "b")]
    world.tick()
    assert (facts(world).counts, facts(world).scores) == (found.counts, found.scores)


def test_what_changes_while_it_is_read_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shop(world)
    read, writes = queries.snapshot, iter(range(1, 99))

    def busy(table: Any, scope: str, until: int) -> Any:
        found = read(table, scope)
        if scope.endswith("/api") and (n := next(writes)) < until:
            world.send(evaluation(f"new-{n}", {VERSIONING: "N"}, component="web"))
        return found

    monkeypatch.setattr(facts_of_deployment, "snapshot", lambda table, scope: busy(table, scope, 3))
    found = facts(world)
    assert found.counts["web", VERSIONING] == Counts(1, 3)
    assert found.source.problems == []
    monkeypatch.setattr(facts_of_deployment, "snapshot", lambda table, scope: busy(table, scope, 99))
    found = facts_of_deployment.facts_of_deployment(world.table, SHOP)
    assert {component for component, _ in found.counts} == {""}
    assert [problem for problem in found.source.problems if "run the review again" in problem]


def test_the_command_reviews_a_deployment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with a_world() as world:
        a_shop(world)
        page = tmp_path / "review.html"
        assert main(["review", "--region", REGION, "--table", "table", "--workload", "shop", "-o", str(page)]) == 0
        assert "<h1><bdi>shop</bdi></h1>" in page.read_text(encoding="utf-8")
        assert main(["review", "--region", REGION, "--table", "table"]) == 0
        printed = capsys.readouterr().out
        assert f"account {ACCOUNT}" in printed
        assert "Resources of types without a check are not counted" in printed
        assert "resources of 0 types" not in printed
        assert main(["review", "--region", REGION, "--table", "table", "--workload", "shoe"]) == 2
        assert main(["review", "--region", REGION, "--table", "tables"]) == 2
        lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["pillarwatch review"] * 2
    assert "there is no workload 'shoe'" in lines[0]
    assert "ResourceNotFoundException" in lines[1]


def test_the_command_says_that_a_scope_has_no_score_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with a_world() as world:
        world.deaths.append(("after", "TransactWriteItems", 1))
        with pytest.raises(Killed):
            world.send(evaluation("a", {VERSIONING: "N"}))
        assert main(["review", "--region", REGION, "--table", "table", "--workload", "shop"]) == 0
        assert main(["scores", "--region", REGION, "--table", "table", "--workload", "shop"]) == 2
    assert capsys.readouterr().err == (
        "pillarwatch scores: table table: workload/shop has no score yet; try again in a minute\n"
    )


def test_a_deployment_shows_what_attestations_answer_and_the_scores_without_waivers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    practices = packaged_basis().checks[VERSIONING].best_practices
    entries = [
        {
            "id": practice.lower(),
            "kind": "document",
            "practice": practice,
            "statement": "kept by another system",
            "status": "yes",
            "attested_by": "Ann",
            "attested_on": "2026-11-01",
            "expires": TOMORROW,
            "workload": "shop",
            "answers": [VERSIONING],
        }
        for practice in practices
    ]
    settings = Settings({"attestations": entries})
    store_settings(world.table, settings)
    monkeypatch.setattr(handlers, "packaged_basis", lambda: Basis(packaged_basis().checks, settings))
    world.send(
        evaluation("orders", {VERSIONING: "N", LOGGING: "N"}),
        evaluation("cache", {LOGGING: "W"}, expires=TOMORROW),
        evaluation("site", {LOGGING: "C"}),
    )
    review = composed(facts_of_deployment.facts_of_deployment(world.table, SHOP), "Pillarwatch")
    assert {gap.check for theme in review.themes for gap in theme.gaps} == {LOGGING}
    assert {action.check for action in review.actions} == {LOGGING}
    status = {one.id: one.status for question in review.questions for one in question.practices}
    assert {status[practice] for practice in practices} == {"Attested"}
    security = next(one for one in review.pillars if one.pillar == "security")
    assert security.score is not None
    assert security.score_without_waivers is not None
    assert security.score_without_waivers < security.score
