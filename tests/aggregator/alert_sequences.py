"""Random sequences of all that can happen to a deployment, and what its alerts must be: docs/adr/0015.

``python -m tests.aggregator.alert_sequences --seed S --count N --first I`` runs sequences I to I+N-1 of a seed.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import random
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from aggregator import expiry_notices, handlers
from aggregator.alerting import incidents
from aggregator.catalogue import packaged_basis
from aggregator.events import Evaluated, Resource, Version, moment
from aggregator.history import OVERALL
from aggregator.packing import unpacked
from aggregator.queue_messages import message_in
from aggregator.queue_messages.listings import COMPLETE, RETIRED, Withdrawal, detail_of
from aggregator.reconcile import reconcile
from aggregator.scopes import ScopeName, account_scope, workload_scope
from aggregator.table_items import NOW, decoded, state_in
from aggregator.values import Values, digests
from pillarwatch.revisions import revision_of
from pillarwatch.score import Counts
from tests.aggregator import world as worlds
from tests.aggregator.alert_model import HOUR, Model, WrongDigest, notice_of
from tests.aggregator.world import (
    ACCOUNT,
    BUCKET,
    PUBLIC,
    REGION,
    VERSIONING,
    Killed,
    World,
    a_world_in_memory,
    evaluation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.aggregator.alert_model import Cause, Open

TASK = "AWS::ECS::TaskDefinition"
ACCOUNTS = (ACCOUNT, "444455556666")
SSL, LIFECYCLE, LOGGING = "s3-bucket-ssl-requests-only", "s3-lifecycle-policy-check", "s3-bucket-logging-enabled"
CHECKS = {"change": (VERSIONING, PUBLIC, SSL), "collector": (LIFECYCLE, LOGGING, VERSIONING)}  # one by both
LOCK = "s3-bucket-default-lock-enabled"  # of a managed rule alone
MANAGED = {"config-rule:versioning": (VERSIONING, LIFECYCLE), "config-rule:lock": (LOCK, SSL)}
FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web"
PLACES = {"orders": "shop", FAMILY: "shop", "loans": "bank", "attic": ""}
LAST = 5  # revision of the family
THRESHOLDS = (2.0, 5.0, 15.0, 40.0)
STEPS = 6
START = datetime(2026, 1, 15, 21, tzinfo=UTC)  # waivers end at midnight
ROUNDING = 0.02  # of points: a score has two decimals
MINUTE = timedelta(minutes=1)

_begun: dict[float, Any] = {}  #: the table with the complete inventory and the model's states, by threshold
_bodies: dict[str, str] = {}  #: messages of the sequence that is played, by their events' ids
_events: dict[str, Any] = {}  #: what they say, by their bodies


class Wrong(AssertionError):
    """The alerts are not what they must be."""


# What happens -------------------------------------------------------------------------------------------------------


@dataclass
class Sequence:
    """One random sequence, played on a world and on the model."""

    world: World
    choice: random.Random
    model: Model
    now: datetime = START
    versions: Iterator[int] = field(default_factory=lambda: itertools.count(100))
    log: list[str | Callable[[], str]] = field(default_factory=list)  #: what happened; written out if it goes wrong
    single: bool = False  #: every batch is delivered event by event
    listed: set[Resource] = field(default_factory=set)  #: by the collector
    noticed: set[tuple[str, int]] = field(default_factory=set)  #: statements of attestations, and days before the end
    alone: bool = True  #: the step was one invocation, so that its alerts are of what holds after it

    def begin(self) -> None:
        """An inventory of compliant buckets in two accounts, complete."""
        self.model.lapse(self.now)
        if begun := _begun.get(self.model.threshold):
            saved, states = begun
            self.world.table.restore(saved)
            self.model.states.update(states)
            self.now += 10 * MINUTE
            return
        first = [
            self._event(name, source, account, dict.fromkeys(checks, "C"))
            for account in ACCOUNTS
            for name in PLACES
            for source, checks in CHECKS.items()
        ]
        self.world.empty()
        self._deliver(first)
        for _ in range(2):
            self._tick(5 * MINUTE)
        self.world.alerts()
        if self.model.causes:
            raise Wrong("an inventory of compliant resources has causes")
        _begun[self.model.threshold] = (self.world.table.saved(), dict(self.model.states))

    def step(self) -> None:
        """Something happens; then everything must be right."""
        rare = ["killed", "tick", "listing", "retired", "damaged", "attested", "attested"]
        what = self.choice.choice([*["batch"] * 4, "raced", "raced", *rare])
        self.alone = what in {"batch", "tick", "attested"} and not self.single
        self.world.table.index_lags = what in {"batch", "raced"} and self.choice.random() < 0.3
        if what == "tick":
            self._tick(self.choice.choice([5 * MINUTE, 5 * MINUTE, 70 * MINUTE, 26 * HOUR]))
        else:
            self.now += MINUTE
            {
                "batch": lambda: self._deliver(self._batch()),
                "raced": lambda: self._raced(self._batch()),
                "killed": lambda: self._killed(self._batch()),
                "listing": self._listing,
                "retired": self._retired,
                "damaged": self._damaged,
                "attested": self._attested,
            }[what]()
        self.check(ticked=what in {"tick", "killed", "attested"})

    def settle(self) -> None:
        """Everything passes, and time goes by: every incident must be over."""
        self.world.table.index_lags = False
        self.now += MINUTE
        events = []
        for state in list(self.model.states.values()):
            for source, checks in {**CHECKS, **MANAGED}.items():
                passing = dict.fromkeys(checks, "C")
                events.append(self._event(state.resource.id, source, state.resource.account, passing))
        self._deliver(events)
        self._tick(26 * HOUR)
        self.check(ticked=True)
        if self.model.incidents:
            raise Wrong(f"never recovered: {sorted(self.model.incidents)}")

    def _batch(self, most: int = 5) -> list[dict[str, Any]]:
        events = []
        for _ in range(self.choice.randint(1, most)):
            source = self.choice.choice(["change", "change", "change", "collector", "collector", *MANAGED])
            name, account = self.choice.choice(list(PLACES)), self.choice.choice([*ACCOUNTS, ACCOUNT])
            letters, checks = ("CCNNUW", MANAGED[source]) if source in MANAGED else ("CCCNNNAUW", CHECKS[source])
            verdicts = {check: self.choice.choice(letters) for check in checks if self.choice.random() < 0.9}
            events.append(self._event(name, source, account, verdicts, vary=True))
        events += [event for event in events if self.choice.random() < 0.1]
        self.choice.shuffle(events)
        return events

    def _event(
        self,
        name: str,
        source: str,
        account: str,
        verdicts: dict[str, str],
        *,
        vary: bool = False,
        captured: int | None = None,
    ) -> dict[str, Any]:
        choose = self.choice.choice if vary else (lambda options: options[0])
        number = next(self.versions) if vary or self.model.states else len(PLACES)
        if captured is None and source == "change":
            captured = choose([number] * 8 + [number - 3, -90_000])
        revision = choose([3, 3, 4, 2, LAST]) if vary or not self.model.states else LAST
        return evaluation(
            f"{name}:{revision}" if name == FAMILY else name,
            verdicts,
            resource_type=TASK if name == FAMILY else BUCKET,
            captured=number if captured is None else captured,
            evaluated=number,
            source=source,
            status="ok" if source in MANAGED else choose(["ok"] * 12 + ["deleted", "left-scope"]),
            workload=choose([PLACES[name]] * 6 + ["shop", "bank", ""]),
            component=choose([""] * 7 + ["api"]),
            catalogue=choose(["c1"] * 9 + ["c2"]),
            expires=(self.now + choose([72 * HOUR, 10 * HOUR])).date().isoformat(),
            account=account,
            severity={SSL: choose(["medium", "medium", "critical"])},
            values={SSL: choose(["", "Effect: Deny", "Effect: Allow"])},
        )

    def _deliver(self, events: list[dict[str, Any]]) -> None:
        for batch in [[event] for event in sorted(events, key=_version)] if self.single else [events]:
            if failed := self._send(batch):
                raise Wrong(f"not counted: {failed}")
            self._apply(batch)
            if self.single:
                self.check(ticked=False)

    def _send(self, events: list[dict[str, Any]]) -> list[int]:
        self.log.append(lambda: f"send {[_short(event) for event in events]}")
        return self.world.send(*map(_body, events))

    def _apply(self, events: list[dict[str, Any]]) -> None:
        for event in sorted(events, key=_version):
            self.model.apply(_read(event), self.now)
        self.model.lapse(self.now)

    def _raced(self, events: list[dict[str, Any]]) -> None:
        """A second aggregator counts a batch of its own while the first one is at work."""
        others, left = self._batch(3), self.choice.randint(1, 12)
        if self.single:
            self._deliver(events)
            self._deliver(others)
            return
        first = {_read(event).resource for event in events}

        def called(when: str, operation: str) -> None:
            nonlocal left
            left -= 1
            if left:
                return
            stored = {r: state for r, (state, _) in self.world.store.states(first).items()}
            self.log.append(f"while it is at {when} {operation}")
            trial = replace(
                self.model, states=dict(self.model.states), causes=dict(self.model.causes), unreported=Counter()
            )
            for event in sorted(events, key=_version):
                trial.apply(_read(event), self.now)
            trial.lapse(self.now)
            self.now += MINUTE
            done = all(stored[r].revisions == trial.states[r].revisions for r in first)
            if done:
                self._apply(events)
            self._send(others)
            self._apply(others)
            if not done:
                self._apply(events)

        with self._hook(called):
            self._send(events)
        if left > 0:
            self._apply(events)
            self._deliver(others)

    def _killed(self, events: list[dict[str, Any]]) -> None:
        """The aggregator dies at some call, and the batch is delivered again; the tick finishes what is left."""
        left = self.choice.randint(1, 14)

        def called(when: str, operation: str) -> None:
            nonlocal left
            left -= 1
            if not left:
                self.log.append(f"dies {when} {operation}")
                raise Killed

        if not self.single:
            with self._hook(called), suppress(Killed):
                self._send(events)
        self._deliver(events)
        self._tick(5 * MINUTE)

    def _listing(self) -> None:
        """A listing of the collector: in any order, twice, in parts, and sometimes without one of its evaluations."""
        account, choice = self.choice.choice(ACCOUNTS), self.choice
        began, listing = next(self.versions), f"listing-{next(self.versions)}"
        names = [name for name in PLACES if choice.random() < 0.7]
        parts: dict[str, int] = dict.fromkeys(choice.choice([["a"], ["a", "b"]]), 0)
        events = []
        for name in names:
            verdicts = {check: choice.choice("CCCN") for check in CHECKS["collector"]}
            event = self._event(name, "collector", account, verdicts, captured=began)
            part = choice.choice([*parts])
            parts[part] += 1
            event["detail"]["listing"] = {"listing": listing, "part": part, "region": REGION}
            events.append(event)
        withdrawal = Withdrawal(
            id=listing,
            source="collector",
            account=account,
            region=REGION,
            before=moment(_at(began)),
            decided_at=moment(_at(began + 1)),
            types=(BUCKET, TASK),
            parts=parts,
            deleted=True,
        )
        lost = choice.choice(events) if events and choice.random() < 0.2 else None
        known = [event for event in events if event is not lost]
        messages = [*known, {"id": listing, "detail-type": COMPLETE, "detail": detail_of(withdrawal)}]
        messages += [message for message in messages if choice.random() < 0.2]
        choice.shuffle(messages)
        while messages:
            batch, messages = messages[:3], messages[3:]
            self._send(batch)
            self._apply([message for message in batch if message["detail-type"] != COMPLETE])
        self.listed.update(_read(event).resource for event in known)
        if lost is None:
            here = {(_read(event).resource, _read(event).judgement.revision) for event in events}
            for resource in [one for one in self.listed if one.account == account]:
                for number in self.model.states[resource].revisions:
                    if (resource, number) not in here:
                        self._withdraw(resource, number, withdrawal)

    def _retired(self) -> None:
        """A release drops the rule of a source and a type; its evaluations come back with later versions."""
        at = next(self.versions)
        withdrawal = Withdrawal(
            id=f"release-{at}",
            source=self.choice.choice([*CHECKS, *MANAGED]),
            account=self.choice.choice(ACCOUNTS),
            region=REGION,
            before=moment(_at(at)),
            decided_at=moment(_at(at)),
            types=(self.choice.choice([BUCKET, TASK]),),
            parts={},
            deleted=False,
        )
        self._send([{"id": withdrawal.id, "detail-type": RETIRED, "detail": detail_of(withdrawal)}])
        for resource, state in list(self.model.states.items()):
            if resource.account == withdrawal.account and resource.type in withdrawal.types:
                for number in state.revisions:
                    self._withdraw(resource, number, withdrawal)

    def _withdraw(self, resource: Resource, number: int, by: Withdrawal) -> None:
        """The model withdraws what a source said of a revision before a time: a deletion, or its verdicts alone."""
        said = self.model.states[resource].revisions[number].sources.get(by.source)
        if said and (said.version.captured_at if by.deleted else said.version.evaluated_at) < by.before:
            version = Version(by.before if by.deleted else said.version.captured_at, by.decided_at, by.id)
            last = said._replace(version=version, verdicts={}, revision=number)
            self.model.apply(Evaluated(resource, by.source, by.deleted, last), self.now)

    def _attested(self) -> None:
        """A deployment with other attestations, and the tick after it."""
        kept = [one for one in self.model.attestations if self.choice.random() < 0.5]
        self.model.attestations = [*kept, *(one for _ in range(self.choice.randint(0, 3)) for one in self._attest())]
        self.log.append(f"attest {self.model.attestations}")
        self._tick(5 * MINUTE)

    def _attest(self) -> list[dict[str, Any]]:
        """An attestation, or one for each best practice that a check serves, in all of which it is answered."""
        choice, checks = self.choice, sorted({check for of in (*CHECKS.values(), *MANAGED.values()) for check in of})
        check, other = choice.choice(checks), choice.choice(checks)
        practices = packaged_basis().checks[check].best_practices
        every = choice.random() < 0.4
        workload = choice.choice(["shop", "shop", "bank", ""])
        common = {
            "kind": "document",
            "status": "yes" if every else choice.choice(["yes"] * 6 + ["no", "planned"]),
            "attested_by": "Ann",
            "attested_on": START.date().isoformat(),
            "expires": (self.now + choice.choice([0, 150, 2000] if every else [-48, 0, 24, 150, 2000]) * HOUR)
            .date()
            .isoformat(),
            "workload": workload,
            "component": choice.choice(["", "", "api"]) if workload else "",
            "contradicts": choice.choice([[], [other], [other]]),
            "answers": [check] if every else choice.choice([[], [check]]),
        }
        found = []
        for practice in practices if every else [choice.choice([*practices, "REL13-BP03"])]:
            number = next(self.versions)
            found.append({**common, "id": f"a{number}", "practice": practice, "statement": f"statement {number}"})
        return found

    def _damaged(self) -> None:
        """Items are lost or wrong, and the recount repairs them: no alert, and nothing else changes."""
        items = [item for item in self.world.items() if item["sk"].startswith(("FINDING#", "TYPE#"))]
        for item in self.choice.sample(items, min(3, len(items))):
            key = {"pk": item["pk"], "sk": item["sk"]}
            if item["sk"].startswith("TYPE#") and self.choice.random() < 0.7:
                name = self.choice.choice(sorted(name for name in item if name not in key))
                self.world.table.put_item(Item={**item, name: int(item[name]) + self.choice.choice([-1, 1, 2])})
            else:
                self.world.table.delete_item(Key=key)
        self.log.append("items are damaged, and the store is reconciled")
        if drift := reconcile(self.world.store, self.now).drift:
            raise Wrong(f"{drift} differences are left")

    @contextmanager
    def _hook(self, called: Any) -> Iterator[None]:
        known = self.world.table.hook
        self.world.table.hook = called
        try:
            yield
        finally:
            self.world.table.hook = known

    def _tick(self, later: timedelta) -> None:
        self.now += later
        self.log.append(f"tick after {later}")
        self.world.tick((self.now - START) / HOUR)
        self.model.lapse(self.now)

    # What is checked after each step

    def check(self, *, ticked: bool) -> None:
        """Every alert was due, every due alert was sent, each cause was reported once, and what is over has ended."""
        items = self.world.items()
        if self.world.counters(items) != self.world.recount(items):
            raise Wrong("the counters are not a recount")
        for alert in self._unique(self.world.alerts()):
            if alert["kind"] == expiry_notices.KIND:
                self._read_notice(alert)
            else:
                self._read_alert(alert, ticked=ticked)
        if ticked and (missing := self.model.due_notices() - self.noticed):
            raise Wrong(f"notices were not sent: {missing}")
        self._check_scores(items, ticked=ticked)
        self._check_records(items)
        self._check_changes(items)
        self._check_values(items)
        accounts = {account_scope(account) for account in ACCOUNTS}
        for scope in {scope for scope, _, _ in self.model.causes} | accounts:
            self._check_reported(scope, ticked=ticked)
        for (scope, pillar), incident in self.model.incidents.items():
            if ticked or not incident["escalated"]:
                self._check_open(scope, pillar)
        self.model.checked()

    def _read_notice(self, notice: dict[str, Any]) -> None:
        """A notice of an attestation that ends is sent once."""
        which = (notice["reason"], notice_of(notice["days"]))
        self.log.append(f"notice {which}")
        if which in self.noticed or which not in self.model.due_notices():
            raise Wrong(f"a notice that is not due, or was sent before: {which}")
        self.noticed.add(which)

    def _counted(self, items: list[dict[str, Any]]) -> dict[str, dict[str, Counts]]:
        """The counts by scope and check, of the counters."""
        counted: dict[str, dict[str, Counts]] = {}
        kinds = {"C": "compliant", "N": "non_compliant", "W": "waived", "U": "unknown"}
        for (scope, _, name), n in self.world.counters(items).items():
            check, _, letter = name.rpartition(".")
            if check:
                of = counted.setdefault(scope, {})
                of[check] = of.get(check, Counts()) + Counts(**{kinds[letter]: n})
        return counted

    def _check_open_recommendations(self, name: ScopeName, counted: Mapping[str, Counts], opened: set[str]) -> None:
        """Each failing check that no attestation answers is recommended, of those with one cause the cause alone."""
        failing = {check for check, count in counted.items() if count.non_compliant}
        failing -= self.model.answered(name, counted)
        expected = {check for check in failing if packaged_basis().checks[check].same_cause_as not in failing}
        if opened != expected:
            raise Wrong(f"{name.key}: recommended is {opened} and must be {expected}")

    def _check_scores(self, items: list[dict[str, Any]], *, ticked: bool) -> None:
        """The scores follow from the counters and the attestations, and so do the recommendations that are open."""
        counted = self._counted(items)
        waiting = {item["pk"] for item in items if item["sk"].startswith("OUTBOX#")}
        opened: dict[str, set[str]] = {}
        for item in items:
            if item["pk"].startswith("RECOMMENDATIONS#") and decoded(item)["status"] == "open":
                opened.setdefault(item["pk"].partition("#")[2], set()).add(item["sk"])
        for item in (decoded(item) for item in items if item["sk"] == NOW and item["pk"] not in waiting):
            scope, name = item["pk"].partition("#")[2], ScopeName(*item["name"])
            known = counted.get(scope, {})
            if item["basis"] != self.model.basis.at(self.now).digest:
                if ticked and "closed_at" not in item:
                    raise Wrong(f"{scope}: the tick did not compute the scores by the attestations of today")
                continue
            points = {pillar: value for pillar, value in item["points"].items() if pillar != OVERALL}
            expected = {pillar: round(value, 2) for pillar, value in self.model.scores(name, known).items()}
            if points != expected:
                raise Wrong(f"{scope}: the scores are {points} and must be {expected}")
            self._check_open_recommendations(name, known, opened.get(scope, set()))
            if ticked and "lapsed" in item and item["lapsed"]["attestations"] != self.model.lapsed():
                raise Wrong(f"{scope}: lapsed are {item['lapsed']} and must be {self.model.lapsed()}")

    def _check_changes(self, items: list[dict[str, Any]]) -> None:
        """The verdicts that changed, from nothing on, are what the counters count: in the history or in the outbox."""
        total: Counter[tuple[str, str]] = Counter()
        for (scope, _, name), n in self.world.counters(items).items():
            if name != "resources":
                total[scope, name] += n
        for item in items:
            if item["sk"].startswith(("CHANGE#", "OUTBOX#")):
                scope = item["pk"].partition("#")[2]
                for *_, checks in decoded(item)["moved"]:
                    for letters, of in checks.items():
                        for check in of:
                            total[scope, f"{check}.{letters[0]}"] += 1
                            total[scope, f"{check}.{letters[1]}"] -= 1
        if wrong := {key: n for key, n in total.items() if n and not key[1].endswith(".-")}:
            raise Wrong(f"the changes do not add up to the counters: {wrong}")

    def _check_values(self, items: list[dict[str, Any]]) -> None:
        """What the checks read is kept of exactly the evaluations that a state keeps."""
        kept = {item["pk"]: item for item in items if item["sk"] == "VALUES"}
        for item in items:
            if item["sk"] == "STATE":
                state = state_in(Resource(**item["resource"]), item)
                texts = {name: text for name, text in kept.pop(item["pk"], {}).items() if name not in {"pk", "sk"}}
                if {name: Values(unpacked(text)).digest for name, text in texts.items()} != digests(state):
                    raise Wrong(f"the values kept of {item['pk']} are not those that its state names: {texts}")
        if kept:
            raise Wrong(f"values are kept without a state: {sorted(kept)}")

    def _check_records(self, items: list[dict[str, Any]]) -> None:
        """Every incident is kept: those that are open, and no others, have no end; all have what alerts named."""
        kept = {item["id"]: decoded(item) for item in items if item["sk"].startswith("INCIDENT#")}
        still_open = {incident["id"] for incident in self.model.incidents.values()}
        if still_open != {incident for incident, item in kept.items() if not item["ended"]}:
            raise Wrong(f"the incidents that are kept as open are not those that are: {still_open}")
        if self.model.records.keys() != kept.keys():
            raise Wrong(f"not every incident is kept: {self.model.records.keys() ^ kept.keys()}")
        for incident, causes in self.model.records.items():
            found = {(_key(cause["resource"]), cause["check"]) for cause in kept[incident]["causes"]}
            if found != causes:
                raise Wrong(f"the causes of incident {incident} are not those that alerts named: {found ^ causes}")

    def _check_reported(self, scope: str, *, ticked: bool) -> None:
        """What was not reported costs less than the threshold, and none of it is critical."""
        account = scope.partition("/")[2] if scope.startswith("account/") and ticked else "none"
        waiting = [
            (key, cause)
            for key, cause in self.model.causes.items()
            if (key[0] == scope or key[1].startswith(account))
            and not cause.reported
            and cause.began > self.now - 23 * HOUR  # older ones are forgotten within the next hour
            and not self.model.is_quiet({key[0], scope}, key[1:], self.now)
        ]
        if any(cause.critical for key, cause in waiting if key[0] == scope):
            raise Wrong(f"{scope}: a critical cause was not reported: {waiting}")
        cost = self.model.cost(scope, waiting)
        if lost := {pillar: points for pillar, points in cost.items() if points >= self.model.threshold + ROUNDING}:
            raise Wrong(f"{scope}: {lost} were not reported: {waiting}")

    def _check_open(self, scope: str, pillar: str) -> None:
        """An incident that is open has a reason to be."""
        model = self.model
        reported = [(key, cause) for key, cause in model.causes.items() if _reported_in(scope, key, cause)]
        own = {key[2] for key, cause in reported if cause.critical and key[0] == scope}
        critical = any(packaged_basis().checks[check].pillars[0] == pillar for check in own)
        cost = model.cost(scope, reported).get(pillar, 0)
        departed = model.departed.get(scope, START - 48 * HOUR) > self.now - 25 * HOUR
        quiet = {key[2] for key in model.digests if key[0] == scope and model.is_quiet({scope}, key[1:], self.now)}
        held = any(pillar in model.pillars(check, scope) for check in quiet)
        if not critical and not departed and not held and cost < 0.5 * model.threshold - ROUNDING:
            raise Wrong(f"{scope} {pillar}: the incident is over and nobody said so: it costs {cost}")

    def _unique(self, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Alerts without their repetitions, which are alike."""
        found: dict[str, dict[str, Any]] = {}
        for alert in alerts:
            if found.setdefault(alert["id"], alert) != alert:
                raise Wrong(f"two alerts have one id: {alert['id']}")
        return list(found.values())

    def _read_alert(self, alert: dict[str, Any], *, ticked: bool) -> None:
        model, kind = self.model, alert["scope"]["kind"]
        scope = workload_scope(alert["scope"]["name"]) if kind == "workload" else account_scope(alert["scope"]["name"])
        named = [(_key(cause["resource"]), cause["check"]) for cause in alert["causes"]]
        pillars = [pillar["pillar"] for pillar in alert["pillars"]]
        self.log.append(f"{alert['kind']} {scope} {pillars} {named} {alert['more_causes']}")
        if alert["kind"] == incidents.RECOVERED:
            self._read_recovery(alert, scope)
            return
        found = {
            key: cause
            for key, cause in model.causes.items()
            if key[1:] in named
            and (key[0] == scope or (ticked and kind == "account" and key[1].startswith(alert["account"])))
        }
        # two aggregators can report what began, ended and began again in one step
        if twice := [key for key, cause in found.items() if cause.reported and not model.unreported[key]]:
            raise Wrong(f"reported twice: {twice}")
        escalated = any(key[0] != scope for key in found)
        if self.alone:
            self._check_due(scope, pillars, found)
        for key, cause in found.items():
            cause.reported = kind
            model.unreported[key] -= 1
        self._read_digest(alert, scope, {key[1:]: key[0] for key in found})
        for key, cause in model.causes.items():  # a check is reported as a whole; quiet causes are not named
            here = key[0] == scope or (escalated and key[1].startswith(alert["account"]))
            quiet = here and model.is_quiet({key[0], scope}, key[1:], self.now)
            cause.reported = cause.reported or kind * (quiet and key[2] in {check for _, check in named})
        for one in alert["incidents"]:
            known = model.incidents.setdefault((scope, one["pillar"]), {"id": one["id"], "escalated": False})
            known["escalated"] |= escalated
            serving = {cause for cause in named if one["pillar"] in model.pillars(cause[1], scope)}
            model.records.setdefault(one["id"], set()).update(serving)
            if known["id"] != one["id"]:
                raise Wrong(f"a second incident while one is open: {scope} {one}")

    def _read_recovery(self, alert: dict[str, Any], scope: str) -> None:
        self._read_digest(alert, scope)
        for one in alert["incidents"]:
            if self.model.incidents.pop((scope, one["pillar"]), {"id": None})["id"] != one["id"]:
                raise Wrong(f"recovered without an incident: {scope} {one}")

    def _read_digest(
        self, alert: dict[str, Any], scope: str, scopes: Mapping[tuple[str, str], str] = MappingProxyType({})
    ) -> None:
        """The third alert of a cause within an hour is a digest, and none follows in the next."""
        at = datetime.fromisoformat(alert["at"])
        digests = {(_key(one["resource"]), one["check"]): one["changes"] for one in alert["digest"]}
        for cause in dict.fromkeys((_key(one["resource"]), one["check"]) for one in alert["causes"]):
            self.model.name(scope, cause, at, digest=cause in digests, also=scopes.get(cause, ""))
            if cause in digests and (len(digests[cause]) < 3 or digests[cause][-1]["at"] != alert["at"]):
                raise Wrong(f"{scope} {cause}: the digest does not list what came and went: {digests[cause]}")

    def _check_due(self, scope: str, pillars: list[str], reports: dict[Cause, Open]) -> None:
        """An alert reports what costs each of its pillars the threshold, or something critical."""
        cost = self.model.cost(scope, list(reports.items()))
        departed = self.model.departed.get(scope, START - 48 * HOUR) > self.now - 25 * HOUR
        small = [pillar for pillar in pillars if cost.get(pillar, 0) < self.model.threshold - ROUNDING]
        if small and not departed:
            raise Wrong(f"{scope}: {small} lost too little to be reported: {cost}")
        if not pillars and not any(cause.critical for cause in reports.values()):
            raise Wrong(f"{scope}: an alert without a reason")


def _reported_in(scope: str, key: Cause, cause: Open) -> bool:
    if scope.startswith("workload/"):
        return key[0] == scope and bool(cause.reported)
    return cause.reported == "account" and key[1].startswith(scope.partition("/")[2])


def _version(event: dict[str, Any]) -> Any:
    return _read(event).version


def _body(event: dict[str, Any]) -> str:
    """The message; each event has an id of its own."""
    if event["id"] not in _bodies:
        _bodies[event["id"]] = json.dumps(event)
    return _bodies[event["id"]]


def _read(event: dict[str, Any]) -> Evaluated:
    """The event as the aggregator reads it."""
    found = _message(_body(event), START)
    assert isinstance(found, Evaluated)
    return found


def _message(body: str, _now: datetime) -> Any:
    """What a message says. Handlers and model share it: reading a message depends on its text alone.

    It depends on the time as well, for an event that is ahead of it; no sequence has one.
    """
    if body not in _events:
        _events[body] = message_in(body, START + 1000 * HOUR)
    return _events[body]


def _at(number: float) -> str:
    """The time of a version, as events have it."""
    return (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _key(resource: dict[str, str]) -> str:
    family = revision_of(resource["type"], resource["id"]).family
    return "/".join((resource["account"], resource["region"], resource["type"], family))


def _short(event: dict[str, Any]) -> str:
    detail = event["detail"]
    if "verdicts" not in detail:
        return f"{event['detail-type']} {detail}"
    verdicts = {check: v["compliance"][0] + ("w" if "waiver" in v else "") for check, v in detail["verdicts"].items()}
    where = f"{detail['resource']['account'][0]}/{detail['resource']['id']}"
    return f"{where} {detail['source']} {detail['status']} {detail['catalogue']} {detail['workload']} {verdicts}"


@contextmanager
def stage() -> Iterator[World]:
    """A world in memory whose clock the sequences set, and whose alerts name all causes."""
    with (
        a_world_in_memory() as world,
        patch.object(incidents, "MOST_CAUSES_NAMED", 1000),
        patch.object(incidents, "MOST_KEPT", 1000),
        patch.object(worlds, "check_entry", lambda _: None),
        patch.object(worlds, "START", START),
        patch.object(handlers, "message_in", _message),
    ):
        yield world


def play(world: World, seed: str, *, single: bool = False) -> Sequence:
    """Play the sequence of a seed.

    Raises:
        Wrong: the alerts are not what they must be; its text has the whole sequence.
    """
    choice = random.Random(seed)  # noqa: S311 - the same sequence every time
    _bodies.clear()
    _events.clear()
    threshold = choice.choice(THRESHOLDS)
    sequence = Sequence(world, choice, Model(threshold), single=single)
    clock = SimpleNamespace(now=lambda _: sequence.now, fromisoformat=datetime.fromisoformat)
    with (
        patch.object(handlers, "datetime", clock),
        patch.object(handlers, "packaged_basis", lambda: sequence.model.basis),
    ):
        try:
            sequence.begin()
            for _ in range(STEPS):
                sequence.step()
            sequence.settle()
        except (Wrong, WrongDigest) as error:
            log = [line if isinstance(line, str) else line() for line in sequence.log]
            raise Wrong("\n".join([str(error), f"seed {seed}, threshold {threshold}:", *log])) from error
    return sequence


def main() -> int:
    """Play many sequences, and say how far it came."""
    say = functools.partial(print, flush=True)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default=datetime.now(UTC).strftime("%Y%m%d%H%M"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="resume with this sequence of the seed")
    arguments = parser.parse_args()
    begun = time.process_time()
    with stage() as world:
        for number in range(arguments.first, arguments.first + arguments.count):
            try:
                play(world, f"{arguments.seed}-{number}")
            except Wrong as error:
                say(error)
                say(f"sequence {number} failed: again with --seed {arguments.seed} --first {number} --count 1")
                return 1
            if number % 500 == 499:
                say(f"seed {arguments.seed}: {number + 1} sequences; resume with --first {number + 1}")
    spent = time.process_time() - begun
    say(f"seed {arguments.seed}: {arguments.count} sequences, {arguments.count / spent:.0f} per CPU second, no failure")
    return 0


if __name__ == "__main__":
    sys.exit(main())
