"""Who hears of what, when, and how often: through the handlers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator import queries
from aggregator.scopes import account_scope
from tests.aggregator.world import ACCOUNT, PUBLIC, START, VERSIONING, World, evaluation

HERE = account_scope(ACCOUNT)
DROPPED, RECOVERED = "Pillar Score Dropped", "Pillar Score Recovered"
BUCKETS = [f"bucket-{number}" for number in range(4)]
GOOD = {VERSIONING: "C", PUBLIC: "C"}


@pytest.fixture
def watched(world: World) -> World:
    """A workload of four good buckets whose inventory is complete."""
    world.send(*(evaluation(name, GOOD) for name in BUCKETS))
    world.complete_inventory()
    assert world.alerts() == []
    return world


def alerts_of(world: World) -> list[tuple[str, str, list[str], list[str]]]:
    """Alerts in short: kind, scope, pillars, causes."""
    return [
        (
            alert["kind"],
            f"{alert['scope']['kind']} {alert['scope']['name']}",
            [pillar["pillar"] for pillar in alert["pillars"]],
            [f"{cause['resource']['name']} {cause['check']}" for cause in alert["causes"]],
        )
        for alert in world.alerts()
    ]


def test_nothing_is_reported_before_the_first_inventory_is_complete(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS))
    world.send(evaluation("bucket-0", {PUBLIC: "N"}, captured=1))
    world.tick()
    world.send(evaluation("late", {PUBLIC: "N", VERSIONING: "N"}, captured=1))
    world.tick()
    world.tick()
    assert alerts_of(world) == []
    world.send(evaluation("bucket-1", {VERSIONING: "C", PUBLIC: "N"}, captured=2))
    assert [kind for kind, *_ in alerts_of(world)] == [DROPPED]


@pytest.mark.parametrize(("minutes", "complete"), [(-2, False), (2, True)])
def test_an_inventory_that_never_rests_is_complete_after_a_day(world: World, minutes: int, complete: bool) -> None:
    world.send(evaluation("new-0", GOOD))
    first = datetime.fromisoformat(world.store.score(HERE)["inventory"]["first_at"])
    for number, since in enumerate((timedelta(), timedelta(days=1, minutes=minutes)), 1):
        world.send(evaluation(f"new-{number}", GOOD))
        world.tick((first - START + since) / timedelta(hours=1))
    world.send(evaluation("new-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    assert [kind for kind, *_ in alerts_of(world)] == [DROPPED] * complete


def test_a_repeated_tick_completes_no_inventory(world: World) -> None:
    world.send(evaluation(verdicts=GOOD))
    world.tick()
    world.repeat_tick()
    world.send(evaluation(verdicts={VERSIONING: "N", PUBLIC: "C"}, captured=1))
    assert alerts_of(world) == []


def test_a_drop_is_reported_once_with_all_pillars_and_so_is_its_recovery(watched: World) -> None:
    bad = evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1)
    watched.send(bad)
    pillars = ["security", "reliability"]
    assert alerts_of(watched) == [(DROPPED, "workload shop", pillars, [f"bucket-0 {VERSIONING}"])]
    watched.send(bad)
    watched.tick()
    watched.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=2))
    watched.tick(hours=1)
    assert alerts_of(watched) == []
    watched.send(evaluation("bucket-0", GOOD, captured=3))
    assert alerts_of(watched) == [(RECOVERED, "workload shop", pillars, [f"bucket-0 {VERSIONING}"])]
    watched.tick(hours=1)
    assert alerts_of(watched) == []


def test_a_drop_that_is_fixed_days_later_is_still_reported_as_recovered(watched: World) -> None:
    watched.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    for hours in (12, 30, 60):
        watched.tick(hours)
    assert [kind for kind, *_ in alerts_of(watched)] == [DROPPED]
    watched.send(evaluation("bucket-0", GOOD, captured=3))
    assert [kind for kind, *_ in alerts_of(watched)] == [RECOVERED]


def test_another_cause_that_costs_as_many_points_is_reported_once(watched: World) -> None:
    for number in range(2):
        watched.send(evaluation(f"bucket-{number}", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-{number} {VERSIONING}"] for number in range(2)]
    watched.send(evaluation("bucket-0", GOOD, captured=2))
    assert alerts_of(watched) == []
    watched.send(evaluation("bucket-1", GOOD, captured=2))
    assert [kind for kind, *_ in alerts_of(watched)] == [RECOVERED]


def test_an_alert_has_points_highs_and_the_fix(watched: World) -> None:
    watched.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    (alert,) = watched.alerts()
    reliability = next(pillar for pillar in alert["pillars"] if pillar["pillar"] == "reliability")
    assert (reliability["score"], reliability["high"], reliability["points"]) == (75, 100, 25)
    (cause,) = alert["causes"]
    assert (cause["annotation"], cause["severity"], cause["effort"]) == ("bucket-0 is wrong", "medium", "S")
    assert (cause["automation"], cause["best_practice"]) == ("AWS-ConfigureS3BucketVersioning", "REL09-BP01")
    assert cause["resource"]["arn"] == "arn:aws:s3:::bucket-0"
    assert alert["scope"] == {"kind": "workload", "name": "shop", "workload": "shop"}


def test_a_critical_check_is_reported_whatever_the_points(world: World) -> None:
    world.send(*(evaluation(f"bucket-{number}", GOOD) for number in range(60)))
    world.complete_inventory()
    world.send(evaluation("bucket-7", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    assert alerts_of(world) == [(DROPPED, "workload shop", [], [f"bucket-7 {PUBLIC}"])]
    world.tick()
    assert alerts_of(world) == []
    world.send(evaluation("bucket-7", captured=2, status="deleted"))
    assert alerts_of(world) == [(RECOVERED, "workload shop", [], [f"bucket-7 {PUBLIC}"])]


def test_an_exposed_check_of_high_severity_is_reported_whatever_the_points(world: World) -> None:
    good = {VERSIONING: "C", "restricted-ssh": "C", "s3-bucket-ssl-requests-only": "C"}
    world.send(*(evaluation(f"bucket-{number}", good) for number in range(60)))
    world.complete_inventory()
    high = dict.fromkeys(good, "high")
    world.send(evaluation("bucket-7", {**good, "s3-bucket-ssl-requests-only": "N"}, captured=1, severity=high))
    assert alerts_of(world) == []
    world.send(evaluation("bucket-7", {**good, "restricted-ssh": "N"}, captured=2, severity=high))
    assert alerts_of(world) == [(DROPPED, "workload shop", [], ["bucket-7 restricted-ssh"])]
    world.send(evaluation("bucket-7", good, captured=3))
    assert alerts_of(world) == [(RECOVERED, "workload shop", [], ["bucket-7 restricted-ssh"])]


def test_a_small_drop_of_a_check_that_is_not_critical_is_not_reported(world: World) -> None:
    world.send(*(evaluation(f"bucket-{number}", GOOD) for number in range(60)))
    world.complete_inventory()
    world.send(evaluation("bucket-7", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    world.tick()
    assert alerts_of(world) == []


def test_many_causes_are_reported_in_one_message_the_worst_first(world: World) -> None:
    names = [f"bucket-{number}" for number in range(8)]
    world.send(*(evaluation(name, GOOD) for name in names))
    world.complete_inventory()
    checks = [{VERSIONING: "N", PUBLIC: "C"}] * 7 + [{VERSIONING: "C", PUBLIC: "N"}]
    world.send(*(evaluation(name, verdicts, captured=1) for name, verdicts in zip(names, checks, strict=True)))
    (alert,) = world.alerts()
    assert [cause["severity"] for cause in alert["causes"]] == ["critical"] + ["medium"] * 4
    assert alert["more_causes"] == 3


LIFECYCLE, TRANSITION = "s3-lifecycle-policy-check", "s3-lifecycle-transition-configured"


def test_an_alert_names_one_of_the_causes_that_are_the_same_on_a_resource(world: World) -> None:
    both = {LIFECYCLE: "C", TRANSITION: "C"}
    world.send(*(evaluation(name, both) for name in BUCKETS))
    world.complete_inventory()
    one = evaluation("bucket-0", {LIFECYCLE: "N", TRANSITION: "N"}, captured=1)
    world.send(one, evaluation("bucket-1", {LIFECYCLE: "C", TRANSITION: "N"}, captured=1))
    (alert,) = world.alerts()
    named = {(cause["resource"]["name"], cause["check"]) for cause in alert["causes"]}
    assert named == {("bucket-0", LIFECYCLE), ("bucket-1", TRANSITION)}
    assert alert["more_causes"] == 0


def test_more_causes_counts_one_of_the_causes_that_are_the_same(world: World) -> None:
    names = [f"bucket-{number}" for number in range(8)]
    world.send(*(evaluation(name, {LIFECYCLE: "C", TRANSITION: "C"}) for name in names))
    world.complete_inventory()
    world.send(*(evaluation(name, {LIFECYCLE: "N", TRANSITION: "N"}, captured=1) for name in names))
    (alert,) = world.alerts()
    assert [cause["check"] for cause in alert["causes"]] == [LIFECYCLE] * 5
    assert alert["more_causes"] == 3


def test_a_resource_without_a_workload_is_reported_in_the_account(world: World) -> None:
    world.send(*(evaluation(name, GOOD, workload="") for name in BUCKETS))
    world.complete_inventory()
    world.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=1, workload=""))
    assert alerts_of(world) == [(DROPPED, f"account {ACCOUNT}", ["security"], [f"bucket-0 {PUBLIC}"])]
    world.tick()
    assert alerts_of(world) == []


def test_a_component_its_workload_and_the_account_drop_in_one_message(world: World) -> None:
    world.send(*(evaluation(name, GOOD, component="api") for name in BUCKETS))
    world.complete_inventory()
    world.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "N"}, captured=1, component="api"))
    for hours in (0, 1, 2):
        world.tick(hours)
    assert [(kind, scope) for kind, scope, *_ in alerts_of(world)] == [(DROPPED, "workload shop")]
    assert world.account("security") == 75


def test_the_account_reports_at_the_tick_what_workloads_did_not(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS))
    world.complete_inventory()
    world.send(*(evaluation(f"bad-{number}", {VERSIONING: "N"}, workload="new") for number in range(4)))
    assert alerts_of(world) == []
    world.tick()
    ((kind, scope, pillars, causes),) = alerts_of(world)
    assert (kind, scope, pillars) == (DROPPED, f"account {ACCOUNT}", ["security", "reliability"])
    assert len(causes) == 4
    world.tick()
    assert alerts_of(world) == []


def test_deleted_compliant_resources_are_reported_too(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS), evaluation("bad", {VERSIONING: "N", PUBLIC: "C"}))
    world.complete_inventory()
    world.send(*(evaluation(name, captured=1, status="deleted") for name in BUCKETS))
    assert alerts_of(world) == [(DROPPED, "workload shop", ["security", "reliability"], [])]
    world.tick()
    assert alerts_of(world) == []


def test_a_verdict_that_fails_before_it_leaves_is_not_a_passing_one_that_left(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS), evaluation("bad", {VERSIONING: "N", PUBLIC: "C"}))
    world.complete_inventory()
    failing = [evaluation(name, GOOD | {VERSIONING: "N"}, captured=1) for name in BUCKETS]
    world.send(*failing, *(evaluation(name, GOOD | {VERSIONING: "U"}, captured=2) for name in BUCKETS))
    assert alerts_of(world) == []


@pytest.mark.parametrize("release", [{"catalogue": "c2"}, {"settings": "s2"}])
def test_no_alert_blames_a_resource_for_a_release(watched: World, release: dict[str, Any]) -> None:
    worse: dict[str, Any] = {VERSIONING: "N", PUBLIC: "N"}
    watched.send(*(evaluation(name, worse, evaluated=1, **release) for name in BUCKETS))
    watched.tick()
    watched.tick(hours=1)
    assert alerts_of(watched) == []
    assert watched.score("security") == 0
    assert queries.scores(watched.table, "workload/shop").pillars["security"].high == 0


def test_a_changed_item_is_blamed_though_a_release_came_before_it(watched: World) -> None:
    watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=5, settings="s2"))
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-0 {PUBLIC}"]]


def test_a_rule_that_finds_what_was_there_for_long_blames_nobody(watched: World) -> None:
    world = watched
    world.send(evaluation("old", {VERSIONING: "N", PUBLIC: "N"}, captured=-90_000, evaluated=1))
    assert alerts_of(world) == []


def test_a_new_resource_that_fails_is_reported(watched: World) -> None:
    watched.send(evaluation("born-bad", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    assert [causes for *_, causes in alerts_of(watched)] == [[f"born-bad {PUBLIC}"]]


def test_a_public_bucket_that_moves_is_a_drop_of_the_new_workload_and_a_recovery_of_the_old_one(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS), evaluation("site", GOOD, workload="bank"))
    world.complete_inventory()
    world.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    world.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=2, workload="bank"))
    found = [(kind, scope) for kind, scope, *_ in alerts_of(world)]
    assert found[0] == (DROPPED, "workload shop")
    assert sorted(found[1:]) == [(DROPPED, "workload bank"), (RECOVERED, "workload shop")]


def test_a_new_workload_reports_what_fails_on_a_moved_resource_since_a_release(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS), evaluation("site", GOOD, workload="bank"))
    world.complete_inventory()
    public: dict[str, Any] = {VERSIONING: "C", PUBLIC: "N"}
    world.send(evaluation("bucket-0", public, evaluated=1, catalogue="c2"))
    assert alerts_of(world) == []
    world.send(evaluation("bucket-0", public, captured=2, catalogue="c2", workload="bank"))
    assert [(scope, causes) for _, scope, _, causes in alerts_of(world)] == [("workload bank", [f"bucket-0 {PUBLIC}"])]


def test_a_waiver_that_lapses_is_reported(watched: World) -> None:
    today = datetime.now(UTC).date().isoformat()  # which may be later than the day on which the tests began
    watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "W"}, captured=1, expires=today))
    assert alerts_of(watched) == []
    watched.tick(hours=48)
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-0 {PUBLIC}"]]


LIFECYCLE = "s3-lifecycle-policy-check"


def test_two_aggregators_at_once_report_both_critical_causes(watched: World) -> None:
    def second(when: str, operation: str) -> None:
        if (when, operation) == ("before", "BatchGetItem"):
            watched.table.hook = watched.called
            watched.send(evaluation("bucket-1", {VERSIONING: "C", PUBLIC: "N"}, captured=1))

    watched.table.hook = second  # the first aggregator has taken its time, and has read none yet
    watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    alerts = watched.alerts()
    assert len({alert["id"] for alert in alerts}) == len(alerts) == 2
    assert {cause["resource"]["name"] for alert in alerts for cause in alert["causes"]} == {"bucket-0", "bucket-1"}


@pytest.mark.parametrize(
    "companion",
    [
        evaluation("bucket-3", {LIFECYCLE: "N"}, source="collector", captured=1),
        evaluation("bucket-3", {LIFECYCLE: "C"}, source="collector", captured=1),
        evaluation("old", {VERSIONING: "N", PUBLIC: "N"}, captured=-90_000, evaluated=1),
        evaluation("bucket-3", {VERSIONING: "N", PUBLIC: "C"}, evaluated=1, catalogue="c2"),
    ],
    ids=["a source's first failure", "a source's first pass", "an old resource", "a release"],
)
@pytest.mark.parametrize("together", [True, False])
def test_what_a_release_finds_in_the_same_batch_hides_no_drop(
    watched: World, companion: dict[str, Any], together: bool
) -> None:
    drop = evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1)
    for batch in [[drop, companion]] if together else [[drop], [companion]]:
        watched.send(*batch)
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-0 {VERSIONING}"]]
    watched.send(evaluation("bucket-0", GOOD, captured=2))
    assert [kind for kind, *_ in alerts_of(watched)] == [RECOVERED]


def test_many_small_drops_are_reported_whenever_they_add_up_to_the_threshold(world: World) -> None:
    names = [f"bucket-{number}" for number in range(40)]
    world.send(*(evaluation(name, GOOD) for name in names))
    world.complete_inventory()
    for step, name in enumerate(names[:20]):
        world.send(evaluation(name, {VERSIONING: "N", PUBLIC: "C"}, captured=1))
        world.send(evaluation(names[39 - step], {LIFECYCLE: "C"}, source="collector", captured=1))
    found = alerts_of(world)
    assert [causes for *_, causes in found if len(causes) != 2] == []
    assert len({cause for *_, causes in found for cause in causes}) == 20
    assert world.score("reliability") == 50
    high = queries.scores(world.table, "workload/shop").pillars["reliability"].high
    assert high == 100


def test_first_verdicts_of_a_source_do_not_keep_an_incident_open(watched: World) -> None:
    watched.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    first = {LIFECYCLE: "C", "s3-bucket-logging-enabled": "C", "s3-event-notifications-enabled": "C"}
    watched.send(evaluation("bucket-1", first, source="collector", captured=2))
    watched.send(evaluation("bucket-0", GOOD, captured=3))
    assert [kind for kind, *_ in alerts_of(watched)] == [DROPPED, RECOVERED]


def test_the_account_does_not_repeat_what_a_workload_reported(world: World) -> None:
    names = [f"bucket-{number}" for number in range(40)]
    world.send(*(evaluation(name, GOOD) for name in names))
    world.complete_inventory()
    world.send(*(evaluation(name, {VERSIONING: "N", PUBLIC: "C"}, captured=1) for name in names[:2]))
    assert [scope for _, scope, *_ in alerts_of(world)] == ["workload shop"]
    world.send(evaluation(names[2], {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    for hours in (0, 1):
        world.tick(hours)
    assert alerts_of(world) == []


def test_a_drop_of_exactly_the_threshold_is_reported(world: World) -> None:
    names = [f"bucket-{number}" for number in range(20)]
    world.send(*(evaluation(name, GOOD) for name in names))
    world.complete_inventory()
    world.send(evaluation(names[0], {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    assert [pillars for _, _, pillars, _ in alerts_of(world)] == [["reliability"]]


def test_of_equally_severe_causes_the_newest_is_named_first(world: World) -> None:
    names = [f"bucket-{number}" for number in range(60)]
    world.send(*(evaluation(name, GOOD) for name in names))
    world.complete_inventory()
    for name in ("bucket-5", "bucket-3", "bucket-4"):
        world.send(evaluation(name, {VERSIONING: "N", PUBLIC: "C"}, captured=1))
    ((*_, causes),) = alerts_of(world)
    assert [cause.split()[0] for cause in causes] == ["bucket-4", "bucket-3", "bucket-5"]


def test_the_third_alert_of_a_cause_within_an_hour_is_a_digest_and_the_last(watched: World) -> None:
    for step in range(1, 8):
        watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "CN"[step % 2]}, captured=step))
    first, second, third = watched.alerts()
    assert [one["kind"] for one in (first, second, third)] == [DROPPED, RECOVERED, DROPPED]
    assert first["digest"] == second["digest"] == []
    (cause,) = third["digest"]
    assert (cause["check"], cause["resource"]["name"]) == (PUBLIC, "bucket-0")
    assert [change["compliance"] for change in cause["changes"]] == ["NON_COMPLIANT", "COMPLIANT", "NON_COMPLIANT"]
    assert [change["at"] for change in cause["changes"]] == [first["at"], second["at"], third["at"]]
    watched.tick(hours=0.5)
    assert alerts_of(watched) == []
    watched.tick(hours=1.5)  # it fails still
    assert [kind for kind, *_ in alerts_of(watched)] == [DROPPED]
    watched.send(evaluation("bucket-0", GOOD, captured=9))
    assert [kind for kind, *_ in alerts_of(watched)] == [RECOVERED]


def test_an_incident_is_over_though_its_cause_ended_and_began_in_one_batch(watched: World) -> None:
    bad = GOOD | {PUBLIC: "N"}
    watched.send(evaluation("bucket-0", bad, captured=1))
    watched.send(evaluation("bucket-0", GOOD, captured=2), evaluation("bucket-0", bad, captured=3))
    watched.send(evaluation("bucket-0", GOOD, captured=4))
    assert [kind for kind, *_ in alerts_of(watched)] == [DROPPED, DROPPED, RECOVERED]


def test_a_check_that_another_source_evaluated_before_is_reported_when_it_fails(watched: World) -> None:
    watched.send(evaluation("bucket-0", {PUBLIC: "N"}, captured=1, source="collector"))
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-0 {PUBLIC}"]]


def test_while_one_cause_comes_and_goes_another_is_reported_at_once(watched: World) -> None:
    for step in range(1, 4):
        watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "CN"[step % 2]}, captured=step))
    watched.alerts()
    watched.send(evaluation("bucket-1", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    ((kind, *_, causes),) = alerts_of(watched)
    assert (kind, f"bucket-1 {PUBLIC}" in causes) == (DROPPED, True)


def test_a_drop_has_all_points_of_its_causes_though_a_passing_resource_left_during_an_older_incident(
    world: World,
) -> None:
    world.send(*(evaluation(f"bucket-{number}", GOOD) for number in range(8)))
    world.complete_inventory()
    world.send(evaluation("bucket-0", GOOD | {VERSIONING: "N"}, captured=1))
    for hours in (12, 30):  # the high of the last 24 hours is the score with this cause
        world.tick(hours)
    world.alerts()
    world.send(evaluation("bucket-7", captured=1, status="deleted"))
    world.send(evaluation("bucket-1", GOOD | {VERSIONING: "N"}, captured=1))
    ((reliability,),) = (
        [pillar for pillar in alert["pillars"] if pillar["pillar"] == "reliability"] for alert in world.alerts()
    )
    assert (reliability["score"], reliability["high"], reliability["points"]) == (71.43, 100, 28.57)


def test_a_recovered_pillar_has_lost_0_points_and_not_minus_0(world: World) -> None:
    """Two thirds are rounded up: without an open cause of another pillar, the score is 66.666, and no more."""
    old = evaluation("bucket-2", {VERSIONING: "N", PUBLIC: "C"})
    world.send(*(evaluation(name, GOOD) for name in BUCKETS[:2]), old)
    world.complete_inventory()
    world.send(evaluation("bucket-0", {VERSIONING: "N", PUBLIC: "N"}, captured=1))
    world.alerts()
    world.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=2))
    (alert,) = world.alerts()
    (reliability,) = alert["pillars"]
    assert (alert["kind"], reliability["pillar"]) == (RECOVERED, "reliability")
    assert str(reliability["points"]) == "0.0"


def test_resources_that_are_replaced_by_others_are_not_reported_as_a_drop(world: World) -> None:
    old, new = ([f"{name}-{number}" for number in range(10)] for name in ("blue", "green"))
    bad = evaluation("bad", {VERSIONING: "N", PUBLIC: "C"})
    world.send(*(evaluation(name, GOOD) for name in old), bad)
    world.complete_inventory()
    gone = [evaluation(name, captured=1, status="deleted") for name in old]
    world.send(*(evaluation(name, GOOD, captured=1) for name in new), *gone)
    assert alerts_of(world) == []


def test_passing_resources_that_left_cost_at_most_what_the_score_is_below_its_high(world: World) -> None:
    world.send(*(evaluation(f"old-{number}", GOOD) for number in range(10)))
    world.send(evaluation("bad", {VERSIONING: "N", PUBLIC: "C"}))
    world.complete_inventory()
    gone = [evaluation(f"old-{number}", captured=1, status="deleted") for number in range(10)]
    world.send(*(evaluation(f"new-{number}", GOOD, captured=1) for number in range(5)), *gone)
    (alert,) = world.alerts()
    (reliability,) = (pillar for pillar in alert["pillars"] if pillar["pillar"] == "reliability")
    assert (reliability["score"], reliability["high"], reliability["points"]) == (83.33, 90.91, 7.58)


def test_the_high_and_the_low_are_those_of_the_last_24_hours(watched: World) -> None:
    def view() -> tuple[float | None, float | None, float | None]:
        score = queries.scores(watched.table, "workload/shop").pillars["reliability"]
        return score.high, score.score, score.low

    watched.send(evaluation("bucket-0", GOOD | {VERSIONING: "N"}, captured=1))
    watched.tick(hours=2)
    watched.send(*(evaluation(f"bucket-{number}", GOOD | {VERSIONING: "N"}, captured=2) for number in (1, 2)))
    watched.tick(hours=4)
    watched.send(evaluation("bucket-2", GOOD, captured=3))
    watched.tick(hours=6)
    assert view() == (100, 50, 25)
    watched.tick(hours=40)
    assert view() == (50, 50, 50)


def test_verdicts_that_left_are_over_after_a_day(world: World) -> None:
    world.send(*(evaluation(name, GOOD) for name in BUCKETS), evaluation("bad", {VERSIONING: "N", PUBLIC: "C"}))
    world.complete_inventory()
    world.send(*(evaluation(name, captured=1, status="deleted") for name in BUCKETS))
    world.tick(hours=12)
    assert [kind for kind, *_ in alerts_of(world)] == [DROPPED]
    world.tick(hours=26)
    assert [kind for kind, *_ in alerts_of(world)] == [RECOVERED]


@pytest.mark.parametrize(
    ("workload", "component"),
    [("部" * 128, ""), ("😀" * 100, ""), ("é" * 256, ""), ("部" * 60, "件" * 60), ("~" * 90, "")],
)
def test_long_names_in_any_writing_are_counted_and_named(world: World, workload: str, component: str) -> None:
    names: dict[str, Any] = {"workload": workload, "component": component}
    assert world.send(*(evaluation(name, GOOD, **names) for name in BUCKETS)) == []
    world.complete_inventory()
    assert world.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=1, **names)) == []
    (alert,) = world.alerts()
    assert alert["scope"] == {"kind": "workload", "name": workload, "workload": workload}
    known = {queries.scores(world.table, scope).name for scope in queries.scopes(world.table)}
    assert {(name.kind, name.name) for name in known} >= {("workload", workload)}
    assert all(len(key.encode()) <= 1024 for item in world.items() for key in (item["sk"], item.get("gsi1sk", "")))


def test_an_evaluation_from_the_future_blinds_no_resource(watched: World) -> None:
    ten_years = 10 * 365 * 86_400
    assert watched.send(evaluation("bucket-0", GOOD, captured=ten_years)) == [0]
    watched.send(evaluation("bucket-0", {VERSIONING: "C", PUBLIC: "N"}, captured=1))
    assert [causes for *_, causes in alerts_of(watched)] == [[f"bucket-0 {PUBLIC}"]]


def test_names_that_share_their_beginning_are_two_workloads(world: World) -> None:
    one, two = "x" * 300 + "1", "x" * 300 + "2"
    world.send(evaluation("a", GOOD, workload=one), evaluation("b", GOOD, workload=two))
    assert len(queries.scopes(world.table)) == 3


@pytest.mark.parametrize(("check", "size", "at_least"), [(PUBLIC, 5000, 5000), (VERSIONING, 1000, 951)])
def test_a_burst_reports_each_cause_once_and_counts_like_a_recount(
    world: World, check: str, size: int, at_least: int
) -> None:
    batch = 100
    names = [f"bucket-{number}" for number in range(size)]
    batches = [names[first : first + batch] for first in range(0, size, batch)]
    for some in batches:
        world.send(*(evaluation(name, GOOD) for name in some))
    world.complete_inventory()
    assert world.alerts() == []
    for some in batches:
        world.send(*(evaluation(name, GOOD | {check: "N"}, captured=1) for name in some))
    world.tick()
    alerts = world.alerts()
    assert at_least <= sum(len(alert["causes"]) + alert["more_causes"] for alert in alerts) <= size  # threshold: 5
    assert world.counters() == world.recount()
    for some in batches:
        world.send(*(evaluation(name, GOOD, captured=2) for name in some))
    world.tick()
    assert {alert["kind"] for alert in world.alerts()} == {RECOVERED}
    watch = world.store.score("workload/shop")["watch"]
    assert (watch["incidents"], watch["causes"]["groups"]) == ({}, {})


def test_a_check_that_is_dropped_while_a_managed_rule_fails_it_is_no_drop(world: World) -> None:
    world.send(evaluation("orders", {PUBLIC: "C", VERSIONING: "C"}))
    world.send(evaluation("orders", {PUBLIC: "N"}, source="config-rule:public", captured=1))
    world.complete_inventory()
    world.alerts()
    world.send(evaluation("orders", {VERSIONING: "C"}, captured=2, catalogue="c2"))
    world.tick()
    assert queries.snapshot(world.table, "workload/shop").counts[PUBLIC].non_compliant == 1
    assert world.alerts() == []
    world.send(evaluation("orders", {PUBLIC: "C"}, source="config-rule:public", captured=3))
    world.send(evaluation("orders", {PUBLIC: "N"}, source="config-rule:public", captured=4))
    assert [alert["kind"] for alert in world.alerts()] == ["Pillar Score Dropped"]
