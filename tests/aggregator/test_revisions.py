"""Of a family of revisions the newest one that is not deregistered counts: docs/adr/0018."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from datetime import timedelta
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aggregator import queries
from aggregator.events import evaluated
from aggregator.scopes import account_scope
from aggregator.states import State, merged
from aggregator.table_items import decoded
from rules.catalogue import checks_of
from tests.aggregator.test_any_order import differing, known
from tests.aggregator.world import ACCOUNT, REGION, START, World, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterable

TASK = "AWS::ECS::TaskDefinition"
LOGS, HEALTH = "ecs-task-definition-log-configuration", "ecs-task-definition-container-health-check"
ROLE = "dedicated-iam-role-per-component"
OF_SOURCE = {"change": (LOGS, HEALTH), "components": (ROLE, HEALTH)}  # one check by both
SHOP, HERE = "workload/shop", account_scope(ACCOUNT)
KEPT = 10
SEQUENCES = int(os.environ.get("SEQUENCES", "200")) // 2


def arn(number: int, family: str = "web", account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:ecs:{region}:{account}:task-definition/{family}:{number}"


def task(number: int, verdicts: dict[str, str] | None = None, *, family: str = "web", **about: Any) -> dict[str, Any]:
    """An evaluation of a revision, captured when it was registered."""
    revision = arn(number, family, about.get("account", ACCOUNT), about.get("region", REGION))
    return evaluation(revision, verdicts, **{"captured": number, "resource_type": TASK, **about})


def deregistered(number: int, **about: Any) -> dict[str, Any]:
    return task(number, status="deleted", **{"captured": number + 100, **about})


def failing(world: World, check: str = LOGS, scope: str = SHOP) -> list[str]:
    """The ARNs of the findings of a check."""
    return [finding.resource.arn for finding in queries.findings(world.table, scope, check)]


# What counts


def test_two_hundred_active_revisions_are_one_failure_that_names_the_newest(world: World) -> None:
    numbers = [*range(2, 201, 2), *range(1, 200, 2)]
    for first in range(0, 200, 10):
        assert world.send(*(task(number, {LOGS: "N"}) for number in numbers[first : first + 10])) == []
    assert world.counters()[SHOP, TASK, "resources"] == world.counters()[SHOP, TASK, f"{LOGS}.N"] == 1
    assert world.counters() == world.recount()
    (finding,) = queries.findings(world.table, SHOP, LOGS)
    assert (finding.resource.id, finding.resource.arn, finding.resource.name) == (arn(200), arn(200), "web:200")
    (gap,) = queries.recommendations(world.table, SHOP)
    assert (gap.affected, [shown.arn for shown in gap.sample]) == (1, [arn(200)])


def test_a_new_revision_replaces_the_verdicts_of_the_older_one(world: World) -> None:
    world.send(task(1, {LOGS: "N", HEALTH: "C"}))
    world.send(task(2, {LOGS: "C"}))
    assert world.counters()[SHOP, TASK, f"{LOGS}.C"] == 1
    assert world.counters()[SHOP, TASK, f"{LOGS}.N"] == world.counters()[SHOP, TASK, f"{HEALTH}.C"] == 0
    assert failing(world) == []
    assert queries.recommendations(world.table, SHOP) == []


def test_an_older_revision_decides_nothing_however_late_it_is_evaluated(world: World) -> None:
    world.send(task(10, {LOGS: "C"}))
    world.send(task(9, {LOGS: "N"}, captured=50))
    assert world.counters()[SHOP, TASK, f"{LOGS}.C"] == 1
    assert world.counters()[SHOP, TASK, f"{LOGS}.N"] == 0


def test_a_deregistered_revision_gives_way_to_the_next_older_one(world: World) -> None:
    world.send(task(1, {LOGS: "C"}), task(2, {LOGS: "N"}), task(3, {LOGS: "C"}))
    world.send(deregistered(3))
    assert failing(world) == [arn(2)]
    world.send(task(3, {LOGS: "C"}))  # late
    assert failing(world) == [arn(2)]
    world.send(deregistered(2))
    assert failing(world) == []
    assert world.counters()[SHOP, TASK, f"{LOGS}.C"] == 1
    world.send(deregistered(1))
    assert world.counters() == {}


def test_deregistering_an_older_revision_changes_nothing(world: World) -> None:
    world.send(task(1, {LOGS: "N"}), task(2, {LOGS: "N"}))
    before = world.counters()
    world.send(deregistered(1))
    assert world.counters() == before
    assert failing(world) == [arn(2)]
    world.send(deregistered(2))
    assert world.counters() == {}


def test_a_family_that_was_deregistered_counts_again_with_its_next_revision(world: World) -> None:
    world.send(task(1, {LOGS: "N"}))
    world.send(deregistered(1))
    (forgotten,) = (item for item in world.items() if item["sk"] == "STATE")
    assert forgotten["expires_at"] > 0
    world.send(task(2, {LOGS: "N"}))
    assert failing(world) == [arn(2)]
    (kept,) = (item for item in world.items() if item["sk"] == "STATE")
    assert "expires_at" not in kept


def test_families_accounts_and_regions_are_apart(world: World) -> None:
    others = [{"family": "api"}, {"account": "444455556666"}, {"region": "us-east-1"}]
    world.send(task(2, {LOGS: "C"}), *(task(1, {LOGS: "N"}, **other) for other in others))
    assert world.counters()[SHOP, TASK, f"{LOGS}.N"] == 3
    assert world.counters()[SHOP, TASK, f"{LOGS}.C"] == 1
    assert world.counters()[HERE, TASK, f"{LOGS}.N"] == 2


def test_a_new_revision_with_other_tags_moves_the_family(world: World) -> None:
    world.send(task(1, {LOGS: "N"}))
    world.send(task(2, {LOGS: "N"}, workload="bank"))
    assert failing(world) == []
    assert failing(world, scope="workload/bank") == [arn(2)]
    world.send(deregistered(2))
    assert failing(world) == [arn(1)]


def test_an_expired_waiver_of_the_newest_revision_counts_at_the_next_tick(world: World) -> None:
    world.send(task(1, {LOGS: "C"}), task(2, {LOGS: "W"}, expires=START.date().isoformat()))
    assert world.counters()[SHOP, TASK, f"{LOGS}.W"] == 1
    world.tick(hours=48)
    assert world.counters()[SHOP, TASK, f"{LOGS}.N"] == 1
    assert failing(world) == [arn(2)]


def test_each_source_counts_with_the_newest_revision_that_it_evaluated(world: World) -> None:
    world.send(task(1, {LOGS: "C"}), task(1, {ROLE: "N"}, source="components", captured=5))
    world.send(task(2, {LOGS: "N"}))
    assert failing(world, ROLE) == [arn(1)]
    assert failing(world) == [arn(2)]
    world.send(task(1, {ROLE: "N"}, source="components", captured=9))
    world.send(task(2, {ROLE: "C"}, source="components", captured=9))
    assert failing(world, ROLE) == []
    assert world.counters()[SHOP, TASK, "resources"] == 1
    assert world.counters() == world.recount()


def test_of_two_sources_that_judge_a_check_the_newer_revision_decides(world: World) -> None:
    world.send(task(2, {HEALTH: "N"}), task(1, {HEALTH: "C"}, source="components", captured=50))
    assert failing(world, HEALTH) == [arn(2)]


def test_a_finding_that_the_next_revision_has_too_is_shown_with_that_one(world: World) -> None:
    world.send(task(1, {LOGS: "N"}))
    (first,) = queries.findings(world.table, SHOP, LOGS)
    world.send(task(2, {LOGS: "N"}))
    (second,) = queries.findings(world.table, SHOP, LOGS)
    assert (second.resource.arn, second.since) == (arn(2), first.since)
    for scope in (SHOP, HERE):
        (gap,) = queries.recommendations(world.table, scope)
        assert [shown.arn for shown in gap.sample] == [arn(2)]


# Alerts


def alerts_of(world: World) -> list[tuple[str, list[str]]]:
    return [
        (alert["kind"], sorted(cause["resource"]["arn"] for cause in alert.get("causes", [])))
        for alert in world.alerts()
        if alert["scope"]["kind"] == "workload"
    ]


def test_a_revision_that_begins_to_fail_is_reported_once_and_recovers_with_the_next(world: World) -> None:
    world.send(task(1, {LOGS: "C"}))
    world.complete_inventory()
    world.send(task(2, {LOGS: "N"}))
    assert alerts_of(world) == [("Pillar Score Dropped", [arn(2)])]
    world.send(task(3, {LOGS: "N"}))
    world.tick(hours=2)
    assert alerts_of(world) == []
    world.send(task(4, {LOGS: "C"}))
    assert [kind for kind, _ in alerts_of(world)] == ["Pillar Score Recovered"]


def test_a_fall_back_to_a_failing_revision_is_reported(world: World) -> None:
    world.send(task(1, {LOGS: "N"}), task(2, {LOGS: "C"}))
    world.complete_inventory()
    world.send(deregistered(2))
    assert alerts_of(world) == [("Pillar Score Dropped", [arn(1)])]


def test_a_fall_back_is_reported_though_a_release_has_evaluated_the_newest_revision_alone(world: World) -> None:
    world.send(task(1, {LOGS: "N"}), task(2, {LOGS: "C"}))
    world.complete_inventory()
    world.send(task(2, {LOGS: "C"}, evaluated=9, catalogue="c2"))
    world.send(deregistered(2))
    assert alerts_of(world) == [("Pillar Score Dropped", [arn(1)])]


def test_a_failure_that_a_collector_finds_on_a_new_revision_is_reported(world: World) -> None:
    """It is the resource's change, and no first evaluation by a source: the collector evaluated the older revision."""
    world.send(task(1, {LOGS: "C"}), task(1, {ROLE: "C"}, source="components"))
    world.complete_inventory()
    world.send(task(2, {LOGS: "C"}))
    assert alerts_of(world) == []
    world.send(task(2, {ROLE: "N"}, source="components", captured=50))
    assert alerts_of(world) == [("Pillar Score Dropped", [arn(2)])]


def test_a_new_revision_that_fails_after_a_release_is_reported(world: World) -> None:
    world.send(task(1, {LOGS: "C"}))
    world.complete_inventory()
    world.send(task(2, {LOGS: "N"}, catalogue="c2"))
    assert alerts_of(world) == [("Pillar Score Dropped", [arn(2)])]


# The limit


def test_past_the_limit_the_oldest_are_forgotten_and_none_passes(world: World) -> None:
    """Whether the forgotten revision is registered is unknown: nothing counts, which is no pass."""
    everything = [task(number, {LOGS: "C"}) for number in range(1, KEPT + 2)]
    gone = [deregistered(number) for number in range(2, KEPT + 2)]
    for order in ((everything, gone), (gone, everything)):
        world.empty()
        for events in order:
            assert world.send(*events) == []
        assert world.counters() == {}
    world.send(task(KEPT + 2, {LOGS: "N"}))
    assert failing(world) == [arn(KEPT + 2)]


def test_deregistered_revisions_within_the_limit_give_way_to_the_last_that_is_kept(world: World) -> None:
    world.send(*(task(number, {LOGS: "N"}) for number in range(1, KEPT + 1)))
    world.send(*(deregistered(number) for number in range(2, KEPT + 1)))
    assert failing(world) == [arn(1)]


def test_the_longest_verdicts_of_all_kept_revisions_fit_into_an_item(world: World) -> None:
    """An item holds 400 KB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html."""
    choice = random.Random(20261201)  # noqa: S311 - texts that do not compress
    for number in range(1, KEPT + 3):
        for source in ("change", "components"):
            checks = [check.id for check in checks_of(TASK) if (check.collector or "change") == source]
            event = task(number, dict.fromkeys(checks, "N"), source=source, workload="ü" * 256, component="ü" * 256)
            for verdict in event["detail"]["verdicts"].values():
                verdict["annotation"] = "".join(map(chr, choice.choices(range(0x10000, 0x30000), k=256)))  # not packed
                verdict["waiver"] = {"reason": "ü" * 256, "expires": "2999-12-31"}
            assert world.send(event) == []
    (state,) = (item for item in world.items() if item["sk"] == "STATE")
    assert len(decoded(state)["revisions"]) == KEPT
    assert len(bytes(state["details"])) > 100_000
    assert len(bytes(state["details"])) + 5_000 < 400_000


# Any order


@st.composite
def an_event(draw: st.DrawFn) -> dict[str, Any]:
    source = draw(st.sampled_from(sorted(OF_SOURCE)))
    captured = draw(st.integers(0, 5))
    return task(
        draw(st.sampled_from([1, 2, 2, 3, 3, 9, 10, 10, 11, *range(20, 24)])),
        {check: draw(st.sampled_from("CCNNAUW")) for check in OF_SOURCE[source] if draw(st.integers(0, 3))},
        family=draw(st.sampled_from(["web", "web", "web", "api"])),
        captured=captured,
        evaluated=captured + draw(st.integers(0, 3)),
        source=source,
        status=draw(st.sampled_from(["ok", "ok", "ok", "ok", "deleted", "deleted", "left-scope"])),
        account=draw(st.sampled_from([ACCOUNT, ACCOUNT, ACCOUNT, "444455556666"])),
        region=draw(st.sampled_from([REGION, REGION, REGION, "us-east-1"])),
        workload=draw(st.sampled_from(["shop", "shop", "bank", ""])),
        component=draw(st.sampled_from(["", "api"])),
        catalogue=draw(st.sampled_from(["c1", "c1", "c2"])),
        expires=draw(st.sampled_from(["2020-01-01", "2999-12-31"])),
    )


def expected(events: Iterable[dict[str, Any]]) -> tuple[Counter[tuple[str, str, str]], dict[str, set[str]]]:
    """The counters, and the ARNs of the findings by check: by definition, from the set of the events."""

    def family(detail: dict[str, Any]) -> str:
        return str(detail["resource"]["id"].rpartition(":")[0])

    counters: Counter[tuple[str, str, str]] = Counter()
    findings: dict[str, set[str]] = {}
    details = sorted((event["detail"] for event in events), key=family)
    for _, of_family in groupby(details, key=family):
        for account, workload, component, verdicts in _families(list(of_family)):
            scopes = [f"account/{account}"]
            if workload:
                scopes.append(f"workload/{workload}")
                if component:
                    scopes.append(f"workload/{workload}/component/{component}")
            for scope in scopes:
                counters[scope, TASK, "resources"] += 1
                for check, (letter, resource) in verdicts.items():
                    if letter != "A":
                        counters[scope, TASK, f"{check}.{letter}"] += 1
                    if letter == "N":
                        findings.setdefault(check, set()).add(resource)
    return counters, findings


def _families(details: list[dict[str, Any]]) -> list[tuple[str, str, str, dict[str, tuple[str, str]]]]:
    """The account, workload, component and verdicts of a family, if anything is said of it."""

    def number(detail: dict[str, Any]) -> int:
        return int(detail["resource"]["id"].rpartition(":")[2])

    def age(detail: dict[str, Any]) -> tuple[str, str, str]:
        return detail["captured_at"], detail["evaluated_at"], detail["evaluation_id"]

    kept = sorted({number(detail) for detail in details})[-KEPT:]
    newest: dict[str, dict[str, Any]] = {}  # by source
    for revision in kept:
        of_revision = sorted((detail for detail in details if number(detail) == revision), key=age)
        last_deletion = max((d["captured_at"] for d in of_revision if d["status"] == "deleted"), default="")
        for detail in of_revision:
            if detail["status"] != "deleted" and detail["captured_at"] > last_deletion:
                newest[detail["source"]] = detail
    in_order = sorted(newest.values(), key=lambda detail: (number(detail), age(detail), detail["source"]))
    in_order = [detail | ({"verdicts": {}} if detail["status"] == "left-scope" else {}) for detail in in_order]
    verdicts = {
        check: (_letter(verdict), detail["resource"]["arn"])
        for detail in in_order
        for check, verdict in detail["verdicts"].items()
    }
    if not verdicts:
        return []
    placing = [detail for detail in in_order if detail["workload"]] or [{"workload": "", "component": ""}]
    return [(details[0]["resource"]["account"], placing[-1]["workload"], placing[-1]["component"], verdicts)]


def _without_accounts(item: dict[str, Any]) -> dict[str, Any]:
    """An item without the accounts that a scope ever had a resource of, which depends on what was counted meanwhile."""
    return {name: value for name, value in item.items() if name != "accounts"}


def _letter(verdict: dict[str, Any]) -> str:
    if verdict.get("waiver", {}).get("expires", "") > START.date().isoformat():
        return "W"
    words = {"COMPLIANT": "C", "NON_COMPLIANT": "N", "NOT_APPLICABLE": "A", "INSUFFICIENT_DATA": "U"}
    return words[verdict["compliance"]]


@settings(max_examples=SEQUENCES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_revisions_in_any_order_twice_and_in_any_batches_count_by_definition(world: World, data: st.DataObject) -> None:
    events = data.draw(st.lists(an_event(), min_size=4, max_size=24))
    counters, findings = expected(events)
    stores = []
    for sequence in (events, data.draw(st.permutations(events + events))):
        world.empty()
        left = list(sequence)
        while left:
            size = data.draw(st.integers(min(3, len(left)), len(left)))
            assert world.send(*left[:size]) == []
            left = left[size:]
        assert world.counters() == world.recount() == counters
        found = [item for item in world.items() if item["sk"].startswith("FINDING#")]
        shown: dict[str, set[str]] = {}
        for item in found:
            if item["verdict"] == "NON_COMPLIANT":
                shown.setdefault(item["check"], set()).add(item["resource"]["arn"])
        assert shown == findings
        stores.append({key: _without_accounts(item) for key, item in known(world).items()})
    assert differing(*stores) == {}


@given(st.lists(an_event(), max_size=14), st.randoms(use_true_random=False))
def test_the_state_of_a_family_depends_on_the_set_of_events_alone(details: list[dict[str, Any]], random: Any) -> None:
    events = [evaluated(json.dumps(event), START + timedelta(hours=1)) for event in details]
    again = events + random.sample(events, random.randint(0, len(events)))
    random.shuffle(again)
    for resource in {event.resource for event in events}:
        states = [
            reduce(merged, (event for event in order if event.resource == resource), State(resource))
            for order in (events, again)
        ]
        assert states[0] == states[1]
        assert all(merged(states[0], event) == states[0] for event in events if event.resource == resource)
