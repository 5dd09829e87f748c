"""A deployment's settings as the command line reports them: from the table, where the deployment keeps them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from aggregator.deployed_settings import deployed_settings, store_settings
from aggregator.queries.waivers import covered
from cli.results.arguments import basis_of, complain_of_settings, differs
from pillarwatch.settings import Settings
from tests.aggregator.world import ENVIRONMENT, PUBLIC, VERSIONING, World, a_world_in_memory, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST = "2999-12-31"
NOW = datetime.now(UTC)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with a_world_in_memory() as deployed:
        yield deployed


def waiver(resource: str, expires: str = LAST, **more: str) -> dict[str, str]:
    return {"check": VERSIONING, "resource": resource, "reason": "accepted by all", "expires": expires, **more}


def settings(*waivers: dict[str, str], **checks: Any) -> Settings:
    return Settings({"waivers": list(waivers), "checks": checks})


def test_expired_and_unused_waivers_and_checks_that_are_off_are_reported(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.send(evaluation("logs", {VERSIONING: "W"}, expires=LAST), evaluation("data", {VERSIONING: "N"}))
    used = [waiver("lo*"), waiver("arn:aws:s3:::logs", workload="shop")]
    unused = [waiver("data"), waiver("logs", workload="bank"), waiver("logs", expires="2998-12-31")]
    off = {PUBLIC: {"off": "another tool evaluates it"}}
    store_settings(world.table, settings(*used, *unused, waiver("old", expires="2020-01-01"), **off))
    lines = complain_of_settings("scores", world.table, NOW)
    assert lines == [
        f"the waiver of {VERSIONING} for old expired on 2020-01-01",
        f"the waiver of {VERSIONING} for data matches no failure here",
        f"the waiver of {VERSIONING} for logs matches no failure here",
        f"the waiver of {VERSIONING} for logs matches no failure here",
        f"{PUBLIC} is off: another tool evaluates it",
    ]
    assert capsys.readouterr().err.splitlines() == [f"pillarwatch scores: {line}" for line in lines]


def test_a_waiver_by_tag_covers_the_findings_with_its_reason(world: World) -> None:
    world.send(*(evaluation(name, {VERSIONING: "W"}, expires=LAST) for name in ("logs", "data")))
    ours = waiver("*", tag="Team=data")
    entries = [waiver("*"), ours | {"reason": "accepted"}, ours, waiver("*", stack="nightly-*")]
    assert covered(world.table, settings(*entries).waivers) == [2, 2, 0, 0]  # the events say "accepted"


def test_settings_that_are_not_stored_are_unknown(world: World) -> None:
    (line,) = complain_of_settings("scores", world.table, NOW)
    assert "unknown" in line
    store_settings(world.table, settings(*(waiver(f"{'x' * 1000}{number}") for number in range(400))))
    (line,) = complain_of_settings("scores", world.table, NOW)
    assert "unknown" in line  # no item holds so many waivers


def test_settings_are_stored_again_when_they_change(world: World) -> None:
    store_settings(world.table, settings(waiver("logs")))
    (before,) = [item for item in world.items() if item["sk"] == "SETTINGS"]
    store_settings(world.table, settings(waiver("logs")))
    assert world.items() == [before]
    store_settings(world.table, settings(waiver("data")))
    stored = deployed_settings(world.table)
    assert stored is not None
    assert stored.document["waivers"] == [waiver("data")]


def test_scores_are_computed_by_the_settings_of_the_deployment(world: World) -> None:
    changed = Settings({"checks": {VERSIONING: {"severity": "critical"}}})
    store_settings(world.table, changed)
    basis = basis_of(world.table)
    assert basis.settings.digest == changed.digest
    assert differs(basis, basis.digest) == []
    assert len(differs(basis, "of other checks")) == 1
