"""A scope's score, history, recommendations and alerts follow from its counters and outbox.

One optimistic transaction writes them all and empties the outbox: it holds only if SCORE#NOW is still of the revision
that was read before the counters. So nobody overwrites what is newer, each change is processed once, and an alert
exists exactly if the watch that has it as reported does. A projection that loses the race reads again, and mostly finds
the work done.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.alerting.incidents import due_of, observed, reported
from aggregator.alerting.records import records
from aggregator.alerting.situation import Incident, Situation, Watch, due_at
from aggregator.folding import ATTEMPTS, pause
from aggregator.history import CHANGES_KEPT, DAY, HOUR, KEPT, MEANS, OVERALL, bucket, past, rolling
from aggregator.recommendations import MOST_SAMPLES, closed, opened, recommendations
from aggregator.scopes import ScopeName, account_scope, kind_of
from aggregator.table import Conflict
from aggregator.table_items import NOW
from pillarwatch.score import Counts, overall

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from aggregator.alerting.situation import Alert
    from aggregator.catalogue import Basis
    from aggregator.store import Live, Store
    from aggregator.transitions import Changes

# Of the 100 actions of a transaction. A change is two; score, history, alerts and incidents are at most 17 more.
MOST_CHANGES, MOST_WRITES, MOST_WORKLOADS = 16, 31, 20
INVENTORY_AT_MOST = timedelta(hours=24)
# Of a recommendation: each passing resource that comes or goes changes them. Who reads computes them from the counters.
NOT_STORED = {"judged", "reason"}
BUCKETS = {"hour": HOUR, "day": DAY}


class Projection(NamedTuple):
    """A scope as it was projected."""

    score: dict[str, Any]  #: the item SCORE#NOW
    resources: int
    alerts: list[dict[str, Any]]  #: to be sent
    before: Mapping[str, Any]  #: the score whose metrics were written already; empty at a tick


@dataclass(frozen=True)
class Projector:
    """What projections of all scopes share.

    Args:
        store: the table.
        basis: what scores are computed by.
        now: the time; a scope's time never goes back.
        pending: the scopes with changes that may not be projected.
        tick: the id of the tick that projects, empty in a batch.
        known: the score items of all scopes, at a tick.
    """

    store: Store
    basis: Basis
    now: datetime
    pending: Collection[str] = ()
    tick: str = ""
    known: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    _inventories: set[str] = field(default_factory=set)  #: accounts whose first inventory is known to be complete
    _workloads: dict[str, dict[str, Any]] = field(default_factory=dict)  #: score items that an account may report from

    def project(self, scope: str) -> Projection:
        """Bring a scope up to date.

        Raises:
            Conflict: others were faster, time after time.
        """
        known = self.known.get(scope, {})
        if self.rests(scope):
            self.remember(scope, known)
            return Projection(known, known["resources"], [], {})
        failures, due, before = 0, None, None
        while True:
            live = self.store.live(scope)
            if before is None:
                before = {} if self.tick else live.score
            keys = {changes.key for changes in live.outbox}
            due = keys if due is None else due & keys  # what came later is its writer's to project
            if not (self.tick or due):
                return Projection(live.score, live.resources, live.alerts, before)
            try:
                projection = self._step(scope, live, before)
            except Conflict:
                failures += 1
                if failures == ATTEMPTS:
                    raise
                pause(failures)
                continue
            if projection and len(live.outbox) <= MOST_CHANGES and not live.more:
                return projection
            due = None if live.more else due  # there is more to do than one transaction or one page holds

    def rests(self, scope: str) -> bool:
        """Whether a tick changes nothing of a scope: nothing is pending, and what depends on time is not due.

        An account also waits for its inventory, and reports of its workloads what these have not reported.
        """
        known = self.known.get(scope, {})
        if not self.tick or scope in self.pending or known.get("basis") != self.basis.digest:
            return False
        if self.now.isoformat(timespec="microseconds") >= known["due"]:
            return False
        return kind_of(scope) != "account" or (
            bool(known["inventory"]["complete_at"])
            and not any(Incident(*one).escalated for one in known["watch"]["incidents"].values())
            and not self._reporting(ScopeName(*known["name"]))
        )

    def remember(self, scope: str, score: dict[str, Any]) -> None:
        """Keep a workload's score, from which its account may report at a tick."""
        if self.tick and score.get("name", [""])[0] == "workload":
            self._workloads[scope] = score

    def _step(self, scope: str, live: Live, written: Mapping[str, Any]) -> Projection | None:
        """One transaction; None if recommendations are left for another."""
        old, outbox = live.score, live.outbox[:MOST_CHANGES]
        times = [datetime.fromisoformat(at) for at in (old.get("at"), *(changes.at for changes in outbox)) if at]
        now = max([self.now, *times])
        if not old and not outbox:
            return Projection(old, live.resources, live.alerts, written)
        name = ScopeName(*(old.get("name") or outbox[0].scope))
        base: dict[str, Any] = {
            "pk": f"SCOPE#{scope}",
            "sk": NOW,
            "name": name,
            "accounts": sorted({*old.get("accounts", []), *(one for changes in outbox for one in changes.accounts)}),
        }
        scores = self.basis.scores(name, live.counts)
        gaps = recommendations(name, self.basis, live.counts)
        writes, unsampled = self._changes(scope, live, gaps, base["accounts"], outbox, now)
        if len(writes) > MOST_WRITES:
            self._write(old, old | base, writes[:MOST_WRITES])
            return None

        points = {pillar: round(score.score, 2) for pillar, score in scores.items() if score.score is not None}
        total = overall(scores)
        named_points = points | ({OVERALL: round(total, 2)} if total is not None else {})
        before, complete = old.get("points", {}), self._complete(name, old, outbox)
        of_account = name.kind == "account"
        inventory = _inventoried(old.get("inventory", {}), outbox, now, self.tick) if of_account else {}
        situation = Situation(
            scope=name,
            account=name.name if of_account else next(iter(base["accounts"]), ""),
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
            complete.intersection(account for changes in outbox for account in changes.accounts),
        )
        due = due_of(watch, situation)
        standing = self.store.findings_of((one.resource, one.check) for one in due.candidates)
        watch, reporting, alerts = reported(watch, situation, due, standing)

        at, closed = now.isoformat(timespec="microseconds"), not live.resources and not watch.incidents
        buckets = {
            kept: bucket(old.get(kept, {}), now.strftime(form), before, named_points) for kept, form in BUCKETS.items()
        }
        over = {kept: old[kept] for kept in BUCKETS if kept in old and old[kept]["key"] != buckets[kept]["key"]}
        earlier = self._past(scope, old, now) if "day" in over or "past" not in old else old["past"]
        means = rolling(earlier, named_points)
        ranges = {
            pillar: {"high": watch.highs[pillar][0][1], "low": watch.lows[pillar][0][1]} | means[pillar]
            for pillar in named_points
        }
        new = base | {
            "at": at,
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
            **buckets,
            "past": earlier,
            "watch": watch.stored(),
            "inventory": inventory,
            "complete": sorted(complete),
            "unsampled": unsampled,
            "due": due_at(watch, now, waits=bool(unsampled)),
            **(self._of_account(gaps, now) if of_account else {}),
            # A scope without resources is closed: no index has it, so no tick and no metric does. It keeps its history.
            **({"closed_at": old.get("closed_at", at)} if closed else {"gsi1pk": "SCOPES", "gsi1sk": scope}),
        }
        writes += [self.store.put(_history(scope, kept, one)) for kept, one in over.items() if one["scores"]]
        writes += [self.store.delete({"pk": base["pk"], "sk": f"OUTBOX#{changes.key}"}) for changes in outbox]
        writes += [self.store.put(_moved(scope, changes)) for changes in outbox if changes.moved]
        writes += [self.store.put(item) for item in self._records(scope, alerts, situation)]
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
        self.remember(scope, new)
        self._workloads.update({key: {**item, "rev": item["rev"] + 1} for key, item in changed.items()})
        return Projection(new, live.resources, live.alerts + pending, written)

    def _records(self, scope: str, alerts: Sequence[Alert], situation: Situation) -> list[dict[str, Any]]:
        """The items of the incidents that alerts are about."""
        begun = [incident["began"] for alert in alerts for incident in alert.detail["incidents"]]
        known = self.store.incidents(scope, min(begun)) if begun else []
        return records(scope, {item["id"]: item for item in known}, alerts, situation.pillars)

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
        outbox: Sequence[Changes],
        now: datetime,
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The recommendations to be written or deleted, and the checks whose samples lack resources: the index may lag.

        Those of checks whose counters did not change stay as they are, unless the checks themselves changed.
        """
        old, at = live.score, now.isoformat(timespec="microseconds")
        touched = {check for changes in outbox for check in changes.touched}.union(old.get("unsampled", ()))
        touched |= self.basis.answered_unless(touched.union(*(changes.counted for changes in outbox)))
        touched |= self._same_causes(touched)
        changed = touched | (gaps.keys() & {check for changes in outbox for check in changes.counted})
        every = bool(old) and old.get("basis") != self.basis.digest
        stored = self.store.recommendations(scope, None if every else changed)
        writes, unsampled = [], []
        for check in sorted(changed | stored.keys() | gaps.keys() if every else changed):
            key, known = {"pk": f"RECOMMENDATIONS#{scope}", "sk": check}, stored.get(check, {})
            if check not in gaps:
                kept = closed(check, known, live.counts.get(check, Counts()), at)
                if kept and key | kept != known:
                    writes.append(self.store.put(key | kept))
                elif known and not kept:
                    writes.append(self.store.delete(key))
                continue
            shown = min(MOST_SAMPLES, gaps[check]["affected"])
            sample = known.get("sample", [])
            if check in touched or len(sample) != shown:
                passing = {resource for changes in outbox for resource, passed in changes.passing if passed == check}
                sample = self._sample(scope, check, accounts, passing)
            if len(sample) != shown:
                unsampled.append(check)
            gap = {name: value for name, value in gaps[check].items() if name not in NOT_STORED}
            new = key | opened(known, at) | gap | {"sample": sample}
            if new != known:
                writes.append(self.store.put(new))
        return writes, unsampled

    def _of_account(self, gaps: Mapping[str, dict[str, Any]], now: datetime) -> dict[str, Any]:
        """What only an account's score has, by pillar: open P0 checks, and waivers and attestations that ended."""
        p0 = Counter(gap["pillar"] for gap in gaps.values() if gap["priority"] == "P0")
        return {"p0": dict(p0), "lapsed": self.basis.lapsed(now.date().isoformat())}

    def _same_causes(self, checks: Collection[str]) -> set[str]:
        """The checks that share a cause with some: their recommendations are one, or become several."""
        known = self.basis.checks
        causes = {known[check].same_cause_as or check for check in checks if check in known}
        return causes | {check for check in self.basis.dependent if known[check].same_cause_as in causes}

    def _sample(self, scope: str, check: str, accounts: Iterable[str], passing: set[str]) -> list[dict[str, Any]]:
        """The first resources that fail a check. The index may lag, so what passes meanwhile is left out."""
        found = [
            finding
            for account in accounts
            for finding in self.store.findings(account, check, within(scope), limit=MOST_SAMPLES)
            if finding["pk"].partition("#")[2] not in passing
        ]
        return [finding["resource"] for finding in sorted(found, key=lambda found: found["gsi1sk"])[:MOST_SAMPLES]]

    def _past(self, scope: str, old: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """What is known of the days before today, the one that is over included."""
        if not old:
            return {}
        days = {day["key"]: day for day in self.store.history(scope, "DAY#", (now - MEANS["mean_30"]).strftime(DAY))}
        if "day" in old:
            days[old["day"]["key"]] = old["day"]
        return past(days.values(), now)

    def _complete(self, name: ScopeName, old: Mapping[str, Any], outbox: Iterable[Changes]) -> set[str]:
        """The accounts of a scope whose first inventory is known to have been complete before this projection."""
        accounts = {account for changes in outbox for account in changes.accounts}
        known = set(old.get("complete", []))
        for account in accounts - known - self._inventories:
            of = old if name.kind == "account" else self.store.score(account_scope(account))
            if of.get("inventory", {}).get("complete_at"):
                self._inventories.add(account)
        return known | accounts & self._inventories


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


def _history(scope: str, kept: str, over: Mapping[str, Any]) -> dict[str, Any]:
    begun = datetime.fromisoformat(over["key"]).replace(tzinfo=UTC)
    expires_at = int((begun + KEPT[BUCKETS[kept]]).timestamp())
    return {"pk": f"HISTORY#{scope}", "sk": f"{kept.upper()}#{over['key']}", **over, "expires_at": expires_at}


def _moved(scope: str, changes: Changes) -> dict[str, Any]:
    expires_at = int((datetime.fromisoformat(changes.at) + CHANGES_KEPT).timestamp())
    item = {"pk": f"HISTORY#{scope}", "sk": f"CHANGE#{changes.key}", "moved": changes.moved}
    return item | {"expires_at": expires_at}


def _pending(scope: str, alert: Alert) -> dict[str, Any]:
    sk = f"ALERT#{alert.detail['at']}#{alert.detail['id']}"
    index = {"gsi1pk": "OUTBOX", "gsi1sk": f"{scope}#{sk}"}
    return {"pk": f"SCOPE#{scope}", "sk": sk, **index, "kind": alert.kind, "detail": json.dumps(alert.detail)}


def _differ(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether more than the time differs."""
    texts = (
        json.dumps({name: value for name, value in one.items() if name not in {"at", "rev"}}, sort_keys=True)
        for one in (new, old)
    )
    return next(texts) != next(texts)
