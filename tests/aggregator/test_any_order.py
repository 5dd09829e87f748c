"""Every event twice, in any order, split into any batches, gives the same store: through the handler, on the table."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aggregator.table_items import decoded
from tests.aggregator.world import PUBLIC, VERSIONING, World, evaluation

SEQUENCES, PARTS = int(os.environ.get("SEQUENCES", "200")), 4  # in parts, so that they run in parallel
OF_SOURCE = {
    "change": [VERSIONING, PUBLIC, "s3-bucket-ssl-requests-only"],
    "collector": ["s3-lifecycle-policy-check", "s3-bucket-in-use"],
}
# What tells when something was written, not what is known: revisions, times, and what follows from when it was told.
FLEETING = {"rev", "at", "causes", "since", "waived_at", "watch", "hour", "day", "inventory", "expires_at"}
ROLLING = {"high", "low", "mean_7", "mean_30", "trend"}


@st.composite
def an_event(draw: st.DrawFn) -> dict[str, Any]:
    source = draw(st.sampled_from(sorted(OF_SOURCE)))
    captured = draw(st.integers(0, 5))
    return evaluation(
        draw(st.sampled_from(["logs", "data", "site"])),
        {check: draw(st.sampled_from("CCNNAUW")) for check in OF_SOURCE[source] if draw(st.integers(0, 3))},
        captured=captured,
        evaluated=captured + draw(st.integers(0, 3)),
        source=source,
        status=draw(st.sampled_from(["ok", "ok", "ok", "ok", "ok", "deleted", "deleted", "left-scope"])),
        workload=draw(st.sampled_from(["shop", "shop", "bank", ""])),
        component=draw(st.sampled_from(["", "api"])),
        catalogue=draw(st.sampled_from(["c1", "c1", "c2"])),
        settings=draw(st.sampled_from(["s1", "s1", "s2"])),
        expires=draw(st.sampled_from(["2020-01-01", "2999-12-31"])),
        values={check: draw(st.sampled_from(["", "Status: Enabled", "Status: é"])) for check in OF_SOURCE[source]},
    )


def known(world: World) -> dict[Any, Any]:
    """The store without what is fleeting, and its counters added up."""
    found: dict[Any, Any] = {"counters": world.counters()}
    for item in map(decoded, world.items()):
        kind = item["sk"].partition("#")[0]
        if kind in {"TYPE", "HOUR", "DAY", "ALERT", "CHANGE", "INCIDENT"}:
            continue
        plain = {name: value for name, value in item.items() if name not in FLEETING}
        if kind == "SCORE":
            scores = {**plain["pillars"], "overall": plain["overall"]}
            plain["pillars"] = {p: {k: v for k, v in s.items() if k not in ROLLING} for p, s in scores.items()}
            del plain["overall"]
            if not plain["resources"]:
                continue  # a scope in which nothing is left; whether it ever was depends on the order
        if item.get("status") == "resolved":
            continue  # whether it was open in between depends on the order
        if kind == "STATE" and plain.get("sources") == {} and plain["deleted"] is None:
            continue
        found[item["pk"], item["sk"]] = plain
    return found


def differing(found: dict[Any, Any], expected: dict[Any, Any]) -> dict[Any, Any]:
    """The items that are not as expected: both forms."""
    keys = found.keys() | expected.keys()
    return {key: (found.get(key), expected.get(key)) for key in keys if found.get(key) != expected.get(key)}


@pytest.mark.parametrize("part", range(PARTS))
@settings(  # none is shrunk: the assertion shows the items that differ
    max_examples=SEQUENCES // PARTS, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_every_event_twice_in_any_order_and_any_batches_gives_the_same_store(
    world: World, part: int, data: st.DataObject
) -> None:
    assert part < PARTS
    events = data.draw(st.lists(an_event(), min_size=4, max_size=9))
    world.empty()
    assert world.send(*events) == []
    assert world.counters() == world.recount()
    expected = known(world)

    shuffled = data.draw(st.permutations(events + events))
    world.empty()
    while shuffled:
        size = data.draw(st.integers(min(3, len(shuffled)), len(shuffled)))
        assert world.send(*shuffled[:size]) == []
        shuffled = shuffled[size:]
    assert world.counters() == world.recount()
    assert differing(known(world), expected) == {}
