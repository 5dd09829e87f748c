"""What is counted, through the handler: each resource in its scopes, each check by its verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aggregator import queries
from aggregator.scopes import account_scope
from tests.aggregator.world import ACCOUNT, BUCKET, PUBLIC, VERSIONING, World, evaluation

HERE = account_scope(ACCOUNT)
LIFECYCLE = "s3-lifecycle-policy-check"


def test_a_resource_counts_in_its_component_its_workload_and_its_account(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C", PUBLIC: "N"}, component="api"))
    for scope in ("workload/shop/component/api", "workload/shop", HERE):
        assert world.counters()[scope, BUCKET, "resources"] == 1
        assert world.counters()[scope, BUCKET, f"{VERSIONING}.C"] == 1
        assert world.counters()[scope, BUCKET, f"{PUBLIC}.N"] == 1
    assert queries.scopes(world.table) == ["workload/shop/component/api", "workload/shop", HERE]


def test_a_resource_without_a_workload_counts_in_its_account_only(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, workload="", component="api"))
    assert queries.scopes(world.table) == [HERE]


def test_names_cannot_be_taken_for_another_scope(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "N"}, workload="a/component/b#ü"))
    (scope, _) = queries.scopes(world.table)
    assert scope == "workload/a%2Fcomponent%2Fb%23%C3%BC"
    assert [found.workload for found in queries.findings(world.table, scope, VERSIONING)] == ["a/component/b#ü"]


def test_change_and_collector_keep_their_own_verdicts(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=1))
    world.send(evaluation(verdicts={LIFECYCLE: "N"}, captured=2, source="collector"))
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=3))
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.N"] == 1
    assert world.counters()["workload/shop", BUCKET, f"{LIFECYCLE}.N"] == 1
    assert world.counters() == world.recount()


def test_other_checks_or_settings_judge_the_same_item_again(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, evaluated=1))
    world.send(evaluation(verdicts={VERSIONING: "N", PUBLIC: "C"}, evaluated=2, catalogue="c2"))
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.N"] == 1
    world.send(evaluation(verdicts={PUBLIC: "C"}, evaluated=3, catalogue="c2", settings="s2"))
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.N"] == 0
    assert world.counters() == world.recount()


def test_a_retag_moves_the_counts_at_once(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=1))
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=2, workload="bank"))
    assert world.counters()["workload/shop", BUCKET, "resources"] == 0
    assert world.counters()["workload/bank", BUCKET, f"{VERSIONING}.N"] == 1
    assert world.counters()[HERE, BUCKET, "resources"] == 1
    assert queries.scores(world.table, "workload/shop").pillars["reliability"].score is None
    assert queries.recommendations(world.table, "workload/shop") == []
    assert [gap.check for gap in queries.recommendations(world.table, "workload/bank")] == [VERSIONING]


def test_a_deletion_gives_the_counts_back_and_nothing_older_brings_them_again(world: World) -> None:
    old = evaluation(verdicts={VERSIONING: "N"}, captured=1)
    world.send(old)
    world.send(evaluation(captured=2, status="deleted"))
    assert world.counters() == {}
    world.send(old, evaluation(verdicts={VERSIONING: "N"}, captured=1, evaluated=9, source="collector"))
    assert world.counters() == {}
    assert [item["sk"] for item in world.items() if item["pk"].startswith("RESOURCE#")] == ["STATE"]
    (tombstone,) = (item for item in world.items() if item["sk"] == "STATE")
    assert tombstone["expires_at"] > 0
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=3))
    assert world.counters()[HERE, BUCKET, f"{VERSIONING}.C"] == 1
    (state,) = (item for item in world.items() if item["sk"] == "STATE")
    assert "expires_at" not in state


def test_what_left_the_scope_of_its_rule_says_nothing_any_more(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=1))
    world.send(evaluation(captured=2, status="left-scope"), evaluation("data", status="not-recorded"))
    assert world.counters() == {}


def test_a_poisoned_message_fails_alone(world: World) -> None:
    unreadable = evaluation(verdicts={VERSIONING: "C"})
    unreadable["detail"]["version"] = "2"
    batch = ["not JSON", evaluation(verdicts={VERSIONING: "C"}), unreadable, "{}", evaluation("data", {PUBLIC: "C"})]
    assert world.send(*batch) == [0, 2, 3]
    assert world.counters()[HERE, BUCKET, "resources"] == 2
    assert world.send("[]") == [0]


def test_a_message_that_dynamodb_cannot_take_fails_alone(world: World) -> None:
    huge = evaluation("huge", {f"check-{number}": "N" for number in range(120)}, captured=5)
    rest = [evaluation(name, {VERSIONING: "N", PUBLIC: "C"}, captured=1) for name in ("logs", "data")]
    small = evaluation("huge", {VERSIONING: "C"}, captured=4)
    assert world.send(rest[0], huge, rest[1], small) == [1]
    assert world.counters()[HERE, BUCKET, "resources"] == 3
    assert world.counters() == world.recount()


def test_resources_whose_long_names_differ_at_the_end_are_counted_apart(world: World) -> None:
    """A partition key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html."""
    longest = "x" * 2048
    names = [longest, f"{longest}x", "logs"]
    assert world.send(*(evaluation(name, {VERSIONING: "N"}) for name in names)) == []
    assert world.counters()[HERE, BUCKET, "resources"] == 3


def test_more_than_one_transaction_holds_is_split_between_resources(world: World) -> None:
    checks = {f"check-{number}": "N" for number in range(30)}
    assert world.send(*(evaluation(f"bucket-{number}", checks) for number in range(10))) == []
    assert world.counters()[HERE, BUCKET, "resources"] == 10
    assert world.counters()[HERE, BUCKET, "check-7.N"] == 10
    assert world.counters() == world.recount()


def test_several_sources_of_one_resource_that_no_transaction_takes_together_are_counted_one_after_the_other(
    world: World,
) -> None:
    events = [
        evaluation(verdicts={f"{source}-{n}": "N" for n in range(60)}, source=source) for source in ("one", "two")
    ]
    assert world.send(*events) == []
    assert sum(1 for item in world.items() if item["sk"].startswith("FINDING#")) == 120
    assert world.counters() == world.recount()


def test_messages_that_change_nothing_are_acknowledged_however_many_come_before_one_that_is_refused(
    world: World,
) -> None:
    known = evaluation("huge", {VERSIONING: "C"}, captured=1)
    huge = evaluation("huge", {f"check-{number}": "N" for number in range(120)}, captured=2)
    assert world.send(known) == []
    assert world.send(*[known] * 12, huge) == [12]


def test_an_evaluation_without_a_new_verdict_writes_nothing_to_its_scopes(world: World) -> None:
    def scopes() -> list[dict[str, Any]]:
        return [item for item in world.items() if not item["pk"].startswith("RESOURCE#")]

    verdicts = {VERSIONING: "N", PUBLIC: "C"}
    world.send(evaluation(verdicts={VERSIONING: "C", PUBLIC: "C"}, captured=1))
    world.send(evaluation(verdicts=verdicts, captured=2))
    before = scopes()
    world.send(evaluation(verdicts=verdicts, captured=3))
    assert scopes() == before


def test_an_expired_waiver_counts_again_at_the_next_tick(world: World) -> None:
    today = datetime.now(UTC).date().isoformat()  # which may be later than the day on which the tests began
    world.send(evaluation(verdicts={VERSIONING: "W", PUBLIC: "C"}, expires=today))
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.W"] == 1
    assert queries.recommendations(world.table, "workload/shop") == []
    world.tick(hours=0)
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.W"] == 1
    world.tick(hours=48)
    assert world.counters()["workload/shop", BUCKET, f"{VERSIONING}.N"] == 1
    assert [gap.check for gap in queries.recommendations(world.table, "workload/shop")] == [VERSIONING]
    assert world.counters() == world.recount()


def test_a_finding_has_the_time_since_when_it_is_known(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=1))
    (first,) = queries.findings(world.table, "workload/shop", VERSIONING)
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=2, component="api"))
    (moved,) = queries.findings(world.table, "workload/shop/component/api", VERSIONING)
    assert moved.since == first.since
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=3))
    assert list(queries.findings(world.table, "workload/shop", VERSIONING)) == []
    world.send(evaluation(verdicts={VERSIONING: "N"}, captured=4))
    (again,) = queries.findings(world.table, "workload/shop", VERSIONING)
    assert again.since > first.since


def test_findings_of_a_check_are_one_query_for_every_kind_of_scope(world: World) -> None:
    world.send(
        evaluation("a", {VERSIONING: "N"}, component="api"),
        evaluation("b", {VERSIONING: "N"}),
        evaluation("c", {VERSIONING: "N"}, workload=""),
        evaluation("d", {VERSIONING: "U"}),
    )

    def found(scope: str, *, unknown: bool = False) -> list[str]:
        return [finding.resource.name for finding in queries.findings(world.table, scope, VERSIONING, unknown=unknown)]

    assert found("workload/shop/component/api") == ["a"]
    assert sorted(found("workload/shop")) == ["a", "b"]
    assert sorted(found(HERE)) == ["a", "b", "c"]
    assert found("workload/shop", unknown=True) == ["d"]


def test_scores_are_explained_down_to_the_counts(world: World) -> None:
    world.send(evaluation("a", {VERSIONING: "N"}), evaluation("b", {VERSIONING: "C"}))
    (practice,) = queries.explain(world.table, "workload/shop")["reliability"].practices
    (share,) = practice.checks
    assert (practice.score, share.check, share.counts.non_compliant) == (50, VERSIONING, 1)
    assert world.score("reliability") == 50


def test_metrics_are_written_for_workloads_and_accounts(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "N"}, component="api"))
    lines = [json.loads(line) for line in world.metrics]
    assert {line["Scope"] for line in lines} == {"workload/shop", HERE}
    line = next(line for line in lines if line["Pillar"] == "reliability")
    assert (line["Score"], line["ScoreDrop"], line["IncidentOpen"]) == (0, 0, 0)
    dimensions = {m["Name"]: d["Dimensions"] for d in line["_aws"]["CloudWatchMetrics"] for m in d["Metrics"]}
    both, all_scopes = [["Scope", "Pillar"]], [["Pillar"]]
    assert dimensions == {"Score": both, "ScoreDrop": all_scopes, "IncidentOpen": all_scopes}


def test_an_account_has_coverage_and_open_p0_checks_by_pillar_as_well(world: World) -> None:
    world.send(evaluation(verdicts={PUBLIC: "N", VERSIONING: "N"}))
    lines = {line["Pillar"]: line for text in world.metrics if (line := json.loads(text))["Scope"] == HERE}
    assert {pillar: line["P0Open"] for pillar, line in lines.items()} == {"security": 1, "reliability": 0}
    assert all(line["Coverage"] > 0 for line in lines.values())


def test_what_is_shown_of_a_gap_follows_its_resources_to_another_workload(world: World) -> None:
    def shown() -> list[str]:
        (gap,) = queries.recommendations(world.table, HERE)
        return [resource.name for resource in gap.sample]

    world.send(evaluation("a", {VERSIONING: "N"}, workload="art"), evaluation("b", {VERSIONING: "N"}, workload="bank"))
    assert shown() == ["a", "b"]
    world.send(evaluation("a", {VERSIONING: "N"}, workload="zoo", captured=1))
    assert shown() == ["b", "a"]


def test_a_sample_leaves_out_what_passes_while_the_index_lags(world: World) -> None:
    world.send(*(evaluation(name, {VERSIONING: "N"}) for name in ("a", "b")))
    world.table.index_lags = True
    world.send(evaluation("a", {VERSIONING: "C"}, captured=1))
    (gap,) = queries.recommendations(world.table, "workload/shop")
    assert [resource.name for resource in gap.sample] == ["b"]


def test_one_cause_is_one_recommendation_that_lists_the_other_check(world: World) -> None:
    transition = "s3-lifecycle-transition-configured"
    world.send(evaluation("a", {LIFECYCLE: "N", transition: "N"}), evaluation("b", {LIFECYCLE: "C", transition: "N"}))
    (found,) = queries.recommendations(world.table, "workload/shop")
    assert (found.check, found.affected, found.same_cause) == (LIFECYCLE, 1, {transition: 2})
    assert found.gain["sustainability"] > 0
    assert world.counters()["workload/shop", BUCKET, f"{transition}.N"] == 2
    world.send(evaluation("a", {LIFECYCLE: "C", transition: "N"}, captured=1))
    (found,) = queries.recommendations(world.table, "workload/shop")
    assert (found.check, found.affected, found.same_cause) == (transition, 2, {})
