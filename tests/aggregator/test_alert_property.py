"""Every drop and every critical failure is reported once, and every incident ends: docs/adr/0015."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest

from aggregator import catalogue, causes, folding, projections, states
from aggregator.alerting import digests, incidents
from aggregator.alerting.open_causes import Group, OpenCauses
from aggregator.alerting.records import records
from aggregator.catalogue import Basis
from aggregator.states import merged
from aggregator.store import Store
from aggregator.transitions import Transition
from pillarwatch import attestation
from tests.aggregator.alert_sequences import Wrong, play, stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregator.events import Evaluated
    from aggregator.states import State
    from tests.aggregator.world import World

SEQUENCES, PARTS, SEED = int(os.environ.get("SEQUENCES", "500")), 10, "ci"
UNTIL_NOTICED = 400  # sequences


@pytest.mark.parametrize("part", range(PARTS))
def test_alerts_of_random_sequences_are_what_the_definition_says(part: int) -> None:
    with stage() as world:
        for number in range(part, SEQUENCES, PARTS):
            play(world, f"{SEED}-{number}")


def test_batches_do_not_decide_which_causes_are_open_or_critical() -> None:
    """The model of both deliveries is the same; each is checked against it."""
    with stage() as world:
        for number in range(20):
            play(world, f"{SEED}-{number}", single=True)


def _ids_without_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two alerts of one scope and moment share an id."""
    id_of = incidents._id
    monkeypatch.setattr(incidents, "_id", lambda situation, what: id_of(replace(situation, revision=0), what))


def _groups_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that was reported once is never reported again."""
    monkeypatch.setattr(
        Group,
        "__setattr__",
        lambda group, name, value: None if name == "until" and value else object.__setattr__(group, name, value),
    )


def _batch_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a batch changed is compared before and after it, not event by event."""
    followed = causes.followed

    def at_once(state: State, events: Iterable[Evaluated], today: str) -> causes.Followed:
        last: Any = reduce(merged, events, state)
        monkeypatch.setattr(causes, "merged", lambda _before, after: after)
        try:
            return followed(state, [last], today)
        finally:
            monkeypatch.setattr(causes, "merged", merged)

    monkeypatch.setattr(folding, "followed", at_once)


def _release_hides_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first verdicts of a source on any resource of a batch hide what else began in it."""
    observed = OpenCauses.process

    def process(self: Any, changes: Any, now: Any, accounts: set[str], urgent: Any) -> None:
        observed(self, changes._replace(began=[]) if changes.released else changes, now, accounts, urgent)

    monkeypatch.setattr(OpenCauses, "process", process)


def _no_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third alert of a cause is like the first."""
    monkeypatch.setattr(incidents, "is_third", lambda _: False)


def _not_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts of a cause go on after its digest."""
    monkeypatch.setattr(digests, "quiet", lambda _: set())
    monkeypatch.setattr(incidents, "quiet", lambda _: set())


def _records_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of an incident is not kept."""
    monkeypatch.setattr(
        projections, "records", lambda scope, known, alerts, pillars: records(scope, known, alerts[:1], pillars)
    )


def _changes_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a deletion or a move to another scope takes away is no change."""
    changed = Transition._moved
    monkeypatch.setattr(Transition, "_moved", lambda self, before, after: changed(self, before, after) if after else [])


def _managed_rules_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest verdict counts, whether it is our own or that of a managed rule."""
    monkeypatch.setattr(states, "CONFIG_RULE", "no source begins with this")


def _waived_failures_do_not_contradict(monkeypatch: pytest.MonkeyPatch) -> None:
    """An accepted failure leaves an attestation as it is."""
    monkeypatch.setattr(catalogue, "fails", lambda counts: bool(counts.non_compliant))


def _attestations_never_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the tick is not looked at."""
    monkeypatch.setattr(Basis, "at", lambda self, _now: self)


def _components_answer_for_the_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attestation of one component answers a check for all of its workload."""
    answered_by = attestation.answered_by
    monkeypatch.setattr(catalogue, "answered_by", lambda attested, _component: answered_by(_of_all(attested)))


def _of_all(attested: Any) -> Any:
    return [(each._replace(component=""), state) for each, state in attested]


def _answered_checks_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check is not recommended again when another check contradicts the attestation that answered it."""
    monkeypatch.setattr(Basis, "answered_unless", lambda _self, _checks: set())


def _contradictions_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a contradicted attestation costs its pillar is reported by no alert."""
    monkeypatch.setattr(
        Basis, "pillars", lambda self, check, _scope: self.checks[check].pillars if check in self.checks else []
    )


def _notices_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tick sends the notices that are due."""
    put = Store.put_notice
    monkeypatch.setattr(
        Store,
        "put_notice",
        lambda self, scope, notice, alert, now, until: put(self, scope, f"{notice} {now}", alert, now, until),
    )
    monkeypatch.setattr(Store, "written_notices", lambda *_: set())


@pytest.mark.parametrize(
    "breakage",
    [
        _notices_are_repeated,
        _managed_rules_win,
        _waived_failures_do_not_contradict,
        _attestations_never_expire,
        _components_answer_for_the_workload,
        _answered_checks_stay_closed,
        _contradictions_cost_nothing,
        _changes_not_kept,
        _no_digests,
        _not_quiet,
        _records_without_end,
        _ids_without_revision,
        _groups_never_closed,
        _batch_at_once,
        _release_hides_causes,
    ],
)
def test_a_breakage_is_noticed(breakage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    breakage(monkeypatch)
    with stage() as world, pytest.raises(Wrong):
        _play_many(world)


def _play_many(world: World) -> None:
    for number in range(UNTIL_NOTICED):
        play(world, f"broken-{number}")
