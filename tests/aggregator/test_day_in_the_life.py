"""The days of a workload, through the handlers: each step is seen in scores, findings, the explanation and messages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aggregator import handlers, queries
from aggregator.catalogue import Basis, packaged_basis
from aggregator.queries.explained import of_pillar, of_scope
from aggregator.queries.incidents import incidents
from aggregator.queries.score_history import past
from dashboards import notify
from pillarwatch.settings import Settings
from tests.aggregator.world import PUBLIC, START, VERSIONING, World, evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = "workload/shop"
DRILL = "REL13-BP03"
DROPPED, RECOVERED, NOTICE = "Pillar Score Dropped", "Pillar Score Recovered", "Expiry Notice"


class Workload:
    """A workload, its settings and its clock."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self._monkeypatch = monkeypatch
        self._version = 0
        self.day = 0.0
        self.basis = packaged_basis()

    def deploy(self, **settings: Any) -> None:
        """Deploy other settings."""
        self.basis = Basis(packaged_basis().checks, Settings(settings))
        self._monkeypatch.setattr(handlers, "packaged_basis", lambda: self.basis)

    def records(self, letter: str, *, expires: str = "", status: str = "ok", settings: str = "s1") -> None:
        """AWS Config records the bucket of orders, and the evaluator evaluates it."""
        self._version += 1
        verdicts = {VERSIONING: "C", PUBLIC: letter} if status == "ok" else {}
        more: dict[str, Any] = {"captured": self._version, "expires": expires, "status": status, "settings": settings}
        self.world.send(evaluation("orders", verdicts, **more))

    def passes(self, days: float) -> None:
        """Time passes, and the tick comes."""
        self.day += days
        self.world.tick(hours=24 * self.day)

    def messages(self) -> Iterator[str]:
        """The subjects of the messages that people received, with the kinds of their events."""
        for alert in self.world.alerts():
            if alert["kind"] == NOTICE:
                yield f"{NOTICE}: {notify.subject_of_notice(alert)}"
                assert notify.text_of_notice(alert)
            elif alert["kind"] in {DROPPED, RECOVERED}:
                recovered = alert["kind"] == RECOVERED
                yield f"{alert['kind']}: {notify.subject_of(alert, recovered=recovered)}"
                assert notify.text_of(alert, recovered=recovered)

    def score(self, pillar: str = "security") -> float | None:
        """The score, which is the sum of its explanation."""
        at = self.basis.at(START + timedelta(days=self.day))
        scores = queries.explain(self.world.table, SHOP, at)
        for whole in (of_scope(scores), of_pillar(scores[pillar])):
            if whole.score is not None:
                assert round(sum(part.points for part in whole.parts), 2) == whole.score
        shown = queries.scores(self.world.table, SHOP).pillars[pillar].score
        exact = scores[pillar].score
        assert shown == (None if exact is None else round(exact, 2))
        return shown

    def failing(self) -> list[str]:
        """The resources that fail the check of public access."""
        return [finding.resource.name for finding in queries.findings(self.world.table, SHOP, PUBLIC)]

    def open_incidents(self) -> list[str]:
        """The pillars with an open incident."""
        return [one.pillar for one in incidents(self.world.table, SHOP).incidents if not one.ended]

    def waiver(self, days: float) -> dict[str, Any]:
        """A waiver that ends some days from now."""
        expires = (START + timedelta(days=self.day + days)).date().isoformat()
        return {"check": PUBLIC, "resource": "orders", "reason": "a public catalogue", "expires": expires}


@pytest.fixture
def workload(world: World, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """A workload with one compliant bucket beside another workload; the inventory is complete."""
    found = Workload(world, monkeypatch)
    found.deploy()
    world.send(evaluation("loans", {VERSIONING: "C", PUBLIC: "C"}, workload="bank"))
    found.records("C")
    world.complete_inventory()
    assert list(found.messages()) == []
    assert (found.score(), found.failing()) == (100, [])
    return found


def test_a_day_in_the_life_of_a_workload(workload: Workload) -> None:  # noqa: PLR0915 - one day after the other
    # A deployment makes the bucket public.
    workload.records("N")
    (dropped,) = workload.messages()
    assert dropped.startswith(f"{DROPPED}: Security of workload shop dropped")
    low = workload.score()
    assert low is not None
    assert low < 100
    assert workload.failing() == ["orders"]
    assert workload.open_incidents() == ["security"]

    # The risk is accepted for ten days.
    waiver = workload.waiver(10)
    workload.deploy(waivers=[waiver])
    workload.records("W", expires=waiver["expires"], settings="s2")
    assert [message.partition(":")[0] for message in workload.messages()] == [RECOVERED]
    assert (workload.score(), workload.failing()) == (100, [])
    without = queries.scores_without_waivers(queries.snapshot(workload.world.table, SHOP), workload.basis)
    assert without["security"].score == pytest.approx(low, abs=0.01)
    assert workload.open_incidents() == []

    # Its end is announced, and it lapses: the failure counts again.
    workload.passes(1)
    assert list(workload.messages()) == [f"{NOTICE}: Ends in 9 days: waiver of {PUBLIC}"]
    workload.passes(8)
    assert list(workload.messages()) == [f"{NOTICE}: Ends in 1 day: waiver of {PUBLIC}"]
    workload.passes(2)
    messages = list(workload.messages())
    assert f"{NOTICE}: Ended: waiver of {PUBLIC}" in messages
    assert [message for message in messages if message.startswith(DROPPED)]
    assert (workload.score(), workload.failing()) == (low, ["orders"])

    # The bucket is fixed.
    workload.records("C", settings="s2")
    assert [message.partition(":")[0] for message in workload.messages()] == [RECOVERED]
    assert (workload.score(), workload.failing()) == (100, [])

    # The team attests its recovery drill; the attestation expires.
    expires = (START + timedelta(days=workload.day + 20)).date().isoformat()
    drill = {
        "id": "drill",
        "kind": "exercise",
        "practice": DRILL,
        "statement": "restored in time",
        "status": "yes",
        "attested_by": "Ann",
        "attested_on": START.date().isoformat(),
        "expires": expires,
        "workload": "shop",
    }
    workload.deploy(attestations=[drill])
    before = queries.scores(workload.world.table, SHOP).pillars["reliability"].coverage
    workload.passes(0.01)
    after = queries.scores(workload.world.table, SHOP).pillars["reliability"].coverage
    assert before is not None
    assert after is not None
    assert after > before
    assert workload.score("reliability") == 100
    workload.passes(7)
    assert list(workload.messages()) == [f"{NOTICE}: Ends in 13 days: attestation of {DRILL}"]
    workload.passes(14)
    assert f"{NOTICE}: Ended: attestation of {DRILL}" in list(workload.messages())
    expired = workload.score("reliability")
    assert expired is not None
    assert expired < 100

    # The bucket is deleted: the workload is closed, and its history stays.
    workload.records("C", status="deleted")
    assert SHOP not in queries.scopes(workload.world.table)
    assert workload.open_incidents() == []
    days = past(workload.world.table, SHOP, START + timedelta(days=workload.day)).days
    assert any(day.scores for day in days)
    workload.passes(2)
    assert list(workload.messages()) == []
    assert workload.world.counters() == workload.world.recount()
