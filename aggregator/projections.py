"""A scope's score, history, recommendations and alerts follow from its counters and outbox.

One optimistic transaction writes them all and empties the outbox: it holds only if SCORE#NOW is still of the revision
that was read before the counters. So nobody overwrites what is newer, each change is processed once, and an alert
exists exactly if the watch that knows it as reported does. Who loses reads again, and mostly finds the work done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.folding import ATTEMPTS, pause
from aggregator.history import DAY, HOUR, KEPT, MEANS, OVERALL, bucket, rolling
from aggregator.incidents import Situation, Watch, due_of, observed, reported
from aggregator.recommendations import MOST_SAMPLES, recommendations
from aggregator.scopes import ScopeName, account_scope, kind_of
from aggregator.store import NOW, Conflict, Live, Store
from pillarwatch.score import overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregator.catalogue import Basis
    from aggregator.incidents import Alert
    from aggregator.transitions import Changes

# Of the 100 actions of a transaction; score, history and alerts are five more.
MOST_CHANGES, MOST_WRITES, MOST_WORKLOADS = 30, 40, 20
INVENTORY_AT_MOST = timedelta(hours=24)


class Projection(NamedTuple):
    """A scope as it was projected."""

    score: dict[str, Any]  #: the item SCORE#NOW
    resources: int
    alerts: list[dict[str, Any]]  #: to be sent


@dataclass(frozen=True)
class Projector:
    """What projections of all scopes share.

    Args:
        store: the table.
        basis: what scores are computed by.
        now: the time; a scope's time never goes back.
        tick: the id of the tick that projects, empty in a batch.
    """

    store: Store
    basis: Basis
    now: datetime
    tick: str = ""
    _inventories: set[str] = field(default_factory=set)  #: accounts whose first inventory is known to be complete
    _workloads: dict[str, dict[str, Any]] = field(default_factory=dict)  #: score items that an account may report from

    def project(self, scope: str) -> Projection | None:
        """Bring a scope up to date; None if there is nothing to do.

        Raises:
            Conflict: others were faster, time after time.
        """
        if not self.tick and not self.store.waits(scope):
            return None
        failures, due = 0, None
        while True:
            live = self.store.live(scope)
            keys = {changes.key for changes in live.outbox}
            due = keys if due is None else due & keys  # what came later is its writer's to project
            if not (self.tick or due):
                return Projection(live.score, live.resources, live.alerts)
            try:
                projection = self._step(scope, live)
            except Conflict:
                failures += 1
                if failures == ATTEMPTS:
                    raise
                pause(failures)
                continue
            if projection and len(live.outbox) <= MOST_CHANGES and not live.more:
                return projection
            due = None if live.more else due  # there is more to do than one transaction or one page holds

    def _step(self, scope: str, live: Live) -> Projection | None:
        """One transaction; None if recommendations are left for another."""
        old, outbox = live.score, live.outbox[:MOST_CHANGES]
        times = [datetime.fromisoformat(at) for at in (old.get("at"), *(changes.at for changes in outbox)) if at]
        now = max([self.now, *times])
        if not old and not outbox:
            return Projection(old, live.resources, live.alerts)
        name = ScopeName(*(old.get("name") or outbox[0].scope))
        base: dict[str, Any] = {
            "pk": f"SCOPE#{scope}",
            "sk": NOW,
            "gsi1pk": "SCOPES",
            "gsi1sk": scope,
            "name": name,
            "accounts": sorted({*old.get("accounts", []), *(one for changes in outbox for one in changes.accounts)}),
        }
        scores = self.basis.scores(name, live.counts)
        writes = self._changes(
            scope, live, recommendations(name, self.basis, live.counts, scores), base["accounts"], outbox
        )
        if len(writes) > MOST_WRITES:
            self._write(old, old | base, writes[:MOST_WRITES])
            return None

        points = {pillar: round(score.score, 2) for pillar, score in scores.items() if score.score is not None}
        total = overall(scores)
        named_points = points | ({OVERALL: round(total, 2)} if total is not None else {})
        before = old.get("points", {})
        inventory = _inventoried(old.get("inventory", {}), outbox, now, self.tick) if name.kind == "account" else {}
        situation = Situation(
            scope=name,
            account=name.name if name.kind == "account" else next(iter(base["accounts"]), ""),
            now=now,
            revision=old.get("rev", 0),
            basis=self.basis,
            counts=live.counts,
            scores=scores,
            points=points,
            workloads=self._reporting(name),
        )
        watch = observed(
            Watch.of(old.get("watch", {})),
            situation,
            before,
            named_points,
            outbox,
            self._complete(outbox),
        )
        due = due_of(watch, situation)
        standing = self.store.findings_of((one.resource, one.check) for one in due.candidates)
        watch, reporting, alerts = reported(watch, situation, due, standing)

        buckets = {
            form: bucket(old.get(kept, {}), now.strftime(form), before, named_points)
            for form, kept in ((HOUR, "hour"), (DAY, "day"))
        }
        days = self.store.history(scope, "DAY#", (now - MEANS["mean_30"]).strftime(DAY))
        means = rolling(days, now, named_points)
        ranges = {
            pillar: {"high": watch.highs[pillar][0][1], "low": watch.lows[pillar][0][1]} | means[pillar]
            for pillar in named_points
        }
        new = base | {
            "at": now.isoformat(timespec="microseconds"),
            "basis": self.basis.digest,
            "resources": live.resources,
            "points": named_points,
            "pillars": {
                pillar: {
                    "score": points.get(pillar),
                    "coverage": round(score.coverage, 2),
                    "verdicts": score.verdicts,
                    **ranges.get(pillar, {}),
                }
                for pillar, score in scores.items()
            },
            "overall": {"score": named_points.get(OVERALL), **ranges.get(OVERALL, {})},
            "hour": buckets[HOUR],
            "day": buckets[DAY],
            "watch": watch.stored(),
            "inventory": inventory,
        }
        for form, kept in ((HOUR, "hour"), (DAY, "day")):
            if new[kept] != old.get(kept) and named_points:
                writes.append(self.store.put(_history(scope, form, kept, new[kept])))
        writes += [self.store.delete({"pk": base["pk"], "sk": f"OUTBOX#{changes.key}"}) for changes in outbox]
        pending = [_pending(scope, alert) for alert in alerts]
        writes += [self.store.put(item) for item in pending]
        changed = {key: self._workloads[key] | {"watch": watch.stored()} for key, watch in reporting.items()}
        for item in changed.values():
            writes.append(self.store.put_revision({**item, "rev": item["rev"] + 1}, item["rev"]))
        if writes or _differ(new, old):
            try:
                new["rev"] = self._write(old, new, writes)
            except Conflict:
                self._workloads.update({key: self.store.score(key) for key in changed})
                raise
        else:
            new["rev"] = old["rev"]
        if self.tick and name.kind == "workload":
            self._workloads[scope] = new
        self._workloads.update({key: {**item, "rev": item["rev"] + 1} for key, item in changed.items()})
        return Projection(new, live.resources, live.alerts + pending)

    def _reporting(self, name: ScopeName) -> dict[str, Watch] | None:
        """The watches of workloads whose causes an account may report: at the tick, which projects them first."""
        if not self.tick or name.kind != "account":
            return None
        watches = {key: Watch.of(item["watch"]) for key, item in self._workloads.items()}
        waiting = {key: watch.causes.unreported(name.name).total() for key, watch in watches.items()}
        concerned = [key for key in waiting if waiting[key] or watches[key].causes.reported("account", name.name)]
        most = sorted(concerned, key=lambda key: (-waiting[key], key))[:MOST_WORKLOADS]
        return {key: watches[key] for key in most}

    def _write(self, old: Mapping[str, Any], new: Mapping[str, Any], writes: list[dict[str, Any]]) -> int:
        """Write all or none; the revision that is stored now."""
        known = old.get("rev", 0)
        revision: int = known + 1
        self.store.transact([self.store.put_revision({**new, "rev": revision}, known), *writes])
        return revision

    def _changes(
        self,
        scope: str,
        live: Live,
        gaps: Mapping[str, dict[str, Any]],
        accounts: Iterable[str],
        outbox: Iterable[Changes],
    ) -> list[dict[str, Any]]:
        """The recommendations to be written or deleted."""
        touched = {check for changes in outbox for check in changes.touched}
        writes = []
        for check, gap in gaps.items():
            key = {"pk": f"SCOPE#{scope}", "sk": f"RECOMMENDATION#{check}"}
            old = live.recommendations.get(check, {})
            sample = old.get("sample", [])
            if check in touched or len(sample) != min(MOST_SAMPLES, gap["affected"]):
                passing = {resource for changes in outbox for resource, passed in changes.passing if passed == check}
                sample = self._sample(scope, check, accounts, passing)
            new = key | gap | {"sample": sample}
            if new != old:
                writes.append(self.store.put(new))
        closed = live.recommendations.keys() - gaps.keys()
        return writes + [self.store.delete(live.recommendations[check]) for check in sorted(closed)]

    def _sample(self, scope: str, check: str, accounts: Iterable[str], passing: set[str]) -> list[dict[str, Any]]:
        """The first resources that fail a check. The index may lag, so what passes meanwhile is left out."""
        found = [
            finding
            for account in accounts
            for finding in self.store.findings(account, check, within(scope), limit=MOST_SAMPLES)
            if finding["pk"].partition("#")[2] not in passing
        ]
        return [finding["resource"] for finding in sorted(found, key=lambda found: found["gsi1sk"])[:MOST_SAMPLES]]

    def _complete(self, outbox: Iterable[Changes]) -> set[str]:
        """The accounts that changes are of whose first inventory was complete before this projection."""
        accounts = {account for changes in outbox for account in changes.accounts}
        for account in accounts - self._inventories:
            if self.store.score(account_scope(account)).get("inventory", {}).get("complete_at"):
                self._inventories.add(account)
        return accounts & self._inventories


def within(scope: str) -> str:
    """The part of the index's sort key that selects a scope's findings."""
    if kind_of(scope) == "account":
        return ""
    return "".join(f"{name}#" for name in scope.split("/")[1::2])


def _inventoried(inventory: Mapping[str, Any], outbox: Iterable[Changes], now: datetime, tick: str) -> dict[str, Any]:
    """How far the first inventory of an account is.

    It is complete when one whole interval between two ticks passed in which no resource was seen for the first time,
    or 24 hours after the first was.
    """
    at = now.isoformat(timespec="microseconds")
    new = {"first_at": at, "seen": 0, "tick": "", "seen_at_tick": 0, "complete_at": "", **inventory}
    new["seen"] += sum(changes.first for changes in outbox)
    if tick and not new["complete_at"]:
        quiet = new["tick"] not in {"", tick} and new["seen_at_tick"] == new["seen"] > 0
        if quiet or now - datetime.fromisoformat(new["first_at"]) >= INVENTORY_AT_MOST:
            new["complete_at"] = at
        new |= {"tick": tick, "seen_at_tick": new["seen"]}
    return new


def _history(scope: str, form: str, name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    begun = datetime.fromisoformat(kept["key"]).replace(tzinfo=UTC)
    expires_at = int((begun + KEPT[form]).timestamp())
    return {"pk": f"HISTORY#{scope}", "sk": f"{name.upper()}#{kept['key']}", **kept, "expires_at": expires_at}


def _pending(scope: str, alert: Alert) -> dict[str, Any]:
    sk = f"ALERT#{alert.detail['at']}#{alert.detail['id']}"
    return {"pk": f"SCOPE#{scope}", "sk": sk, "kind": alert.kind, "detail": json.dumps(alert.detail)}


def _differ(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether more than the time differs."""
    texts = (
        json.dumps({name: value for name, value in one.items() if name not in {"at", "rev"}}, sort_keys=True)
        for one in (new, old)
    )
    return next(texts) != next(texts)
