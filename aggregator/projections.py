"""A scope's score, history, recommendations and alerts follow from its counters and outbox.

One optimistic transaction writes them all and empties the outbox: it holds only if SCORE#NOW is still of the revision
that was read before the counters. So nobody overwrites what is newer, news are heard once, and an alert exists exactly
if the state that knows it as told does. Who loses reads again, and mostly finds the work done.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.folding import ATTEMPTS, pause
from aggregator.history import DAY, HOUR, KEPT, MEANS, OVERALL, bucket, rolling
from aggregator.recommendations import MOST_SAMPLES, recommendations
from aggregator.regressions import Situation, Watch, moved_pillars, observed, regressed
from aggregator.scopes import account_scope, escaped, named, workload_scope
from aggregator.store import NOW, Conflict, Live, Store
from pillarwatch.score import overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregator.catalogue import Basis
    from aggregator.regressions import Alert
    from aggregator.transitions import Cause, News

MOST_NEWS, MOST_CHANGES = 40, 50  # of the 100 actions of a transaction; score, history and alert are four more
INVENTORY_AT_MOST = timedelta(hours=24)


class Projection(NamedTuple):
    """A scope as it was projected."""

    score: dict[str, Any]  #: the item SCORE#NOW
    resources: int
    alerts: list[dict[str, Any]]  #: to be sent


class Projector(NamedTuple):
    """What projections of all scopes share.

    Args:
        store: the table.
        basis: what scores are computed by.
        now: the time.
        tick: the schedule's event, if that is why; then also what no news are of is projected.
    """

    store: Store
    basis: Basis
    now: datetime
    tick: str = ""

    def project(self, scope: str) -> Projection | None:
        """Bring a scope up to date with its counters and outbox; None where nothing waits.

        Raises:
            Conflict: others were faster, time after time.
        """
        if not self.tick and not self.store.waits(scope):
            return None
        failures, due = 0, None
        while True:
            live = self.store.live(scope)
            news = {sk for sk, _ in live.outbox}
            due = news if due is None else due & news  # what came later is its writer's to project
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
            if projection and len(live.outbox) <= MOST_NEWS:
                return projection  # else there is more to do than one transaction holds

    def _step(self, scope: str, live: Live) -> Projection | None:
        """One transaction; None if recommendations are left for another."""
        old, heard = live.score, live.outbox[:MOST_NEWS]
        news = [told for _, told in heard]
        told_at = [datetime.fromisoformat(at) for at in (old.get("at"), *(told.at for told in news)) if at]
        now = max(self.now, *told_at) if told_at else self.now  # a scope's time never goes back
        base: dict[str, Any] = {
            "pk": f"SCOPE#{scope}",
            "sk": NOW,
            "gsi1pk": "SCOPES",
            "gsi1sk": scope,
            "accounts": sorted({*old.get("accounts", []), *(account for told in news for account in told.accounts)}),
        }
        scores = self.basis.scores(scope, live.counts)
        changes = self._changes(
            scope, live, recommendations(scope, self.basis, live.counts, scores), base["accounts"], news
        )
        if len(changes) > MOST_CHANGES:
            self._write(old, old | base, changes[:MOST_CHANGES])
            return None

        points = {pillar: round(score.score, 2) for pillar, score in scores.items() if score.score is not None}
        total = overall(scores)
        named_points = points | ({OVERALL: round(total, 2)} if total is not None else {})
        before = old.get("points", {})
        inventory = _inventoried(old.get("inventory", {}), news, now, self.tick) if scope.startswith("account/") else {}
        complete = self._complete(scope, news, inventory)
        rebase = old.get("basis", self.basis.digest) != self.basis.digest or any(
            told.release or not complete.issuperset(told.accounts) for told in news
        )
        watch = observed(
            Watch.of(old.get("watch", {})),
            before,
            now,
            named_points,
            news,
            rebase=rebase,
            heard=lambda told: complete.issuperset(told.accounts),
        )
        account = named(scope).name if inventory else next(iter(base["accounts"]), "")
        situation = Situation(scope, account, now, self.basis, live.counts, scores, points)
        watch, alert = self._told(watch, situation)

        buckets = {
            form: bucket(old.get(name, {}), now.strftime(form), before, named_points)
            for form, name in ((HOUR, "hour"), (DAY, "day"))
        }
        days = self.store.history(scope, "DAY#", (now - MEANS["mean_30"]).strftime(DAY))
        means = rolling(days, now, named_points)
        ranges = {
            name: {"high": watch.highs[name][0][1], "low": watch.lows[name][0][1]} | means[name]
            for name in named_points
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
        for form, name in ((HOUR, "hour"), (DAY, "day")):
            if new[name] != old.get(name) and named_points:
                changes.append(self.store.put(_history(scope, form, name, new[name])))
        changes += [self.store.delete({"pk": base["pk"], "sk": sk}) for sk, _ in heard]
        pending = [_pending(scope, alert)] if alert else []
        changes += [self.store.put(item) for item in pending]
        if changes or _plain(new, "at") != _plain(old, "at", "rev"):
            self._write(old, new, changes)
        return Projection(new, live.resources, live.alerts + pending)

    def _write(self, old: Mapping[str, Any], new: Mapping[str, Any], changes: list[dict[str, Any]]) -> None:
        revision = old.get("rev", 0)
        self.store.transact([self.store.put_revision({**new, "rev": revision + 1}, revision), *changes])

    def _changes(
        self, scope: str, live: Live, gaps: Mapping[str, dict[str, Any]], accounts: Iterable[str], news: Iterable[News]
    ) -> list[dict[str, Any]]:
        """The recommendations to be written or deleted."""
        touched = {check for told in news for check in told.touched}
        changes = []
        for check, gap in gaps.items():
            key = {"pk": f"SCOPE#{scope}", "sk": f"RECOMMENDATION#{check}"}
            old = live.recommendations.get(check, {})
            sample = old.get("sample", [])
            if check in touched or len(sample) != min(MOST_SAMPLES, gap["affected"]):
                mended = {resource for told in news for resource, mended in told.better if mended == check}
                failing = {cause.resource for told in news for cause in told.worse if cause.check == check}
                sample = self._sample(scope, check, accounts, mended - failing)
            new = key | gap | {"sample": sample}
            if new != old:
                changes.append(self.store.put(new))
        closed = live.recommendations.keys() - gaps.keys()
        return changes + [self.store.delete(live.recommendations[check]) for check in sorted(closed)]

    def _sample(self, scope: str, check: str, accounts: Iterable[str], mended: set[str]) -> list[dict[str, Any]]:
        """The first resources that fail a check. The index may lag, so what is mended is left out."""
        found = [
            finding
            for account in accounts
            for finding in self.store.findings(account, check, within(scope), limit=MOST_SAMPLES)
            if finding["pk"].partition("#")[2] not in mended
        ]
        return [finding["resource"] for finding in sorted(found, key=lambda found: found["gsi1sk"])[:MOST_SAMPLES]]

    def _complete(self, scope: str, news: Iterable[News], inventory: Mapping[str, Any]) -> set[str]:
        """The accounts that news are of whose first inventory is complete."""
        accounts = {account for told in news for account in told.accounts}
        inventories = {
            account: inventory
            if scope == account_scope(account)
            else self.store.score(account_scope(account)).get("inventory", {})
            for account in accounts
        }
        return {account for account, inventory in inventories.items() if inventory.get("complete_at")}

    def _told(self, watch: Watch, situation: Situation) -> tuple[Watch, Alert | None]:
        suspected = moved_pillars(watch, situation) or any(cause.severity == "critical" for cause in watch.causes)
        standing = {}
        if suspected and named(situation.scope).kind != "component":
            standing = self.store.findings_of((cause.resource, cause.check) for cause in watch.causes if cause.check)
        return regressed(watch, situation, standing, self._mine(watch, situation), settle=bool(self.tick))

    def _mine(self, watch: Watch, situation: Situation) -> Any:
        """Whether a cause is the scope's to tell: in an account what has no workload, or what its workload passed over.

        The latter is known at the tick only, which projects workloads before accounts.
        """
        if named(situation.scope).kind != "account":
            return lambda _: True
        told_at: dict[str, str] = {}
        if self.tick and moved_pillars(watch, situation):
            for workload in {cause.workload for cause in watch.causes if cause.workload}:
                told_at[workload] = Watch.of(self.store.score(workload_scope(workload)).get("watch", {})).told_at

        def mine(cause: Cause) -> bool:
            return not cause.workload or told_at.get(cause.workload, cause.at) < cause.at

        return mine


def within(scope: str) -> str:
    """The part of the index's sort key that selects a scope's findings."""
    kind, name, workload = named(scope)
    if kind == "account":
        return ""
    return f"{escaped(workload)}#" + (f"{escaped(name)}#" if kind == "component" else "")


def _inventoried(inventory: Mapping[str, Any], news: Iterable[News], now: datetime, tick: str) -> dict[str, Any]:
    """How far the first inventory of an account is.

    It is complete when one whole interval between two ticks passed in which no resource was seen for the first time,
    or 24 hours after the first was.
    """
    at = now.isoformat(timespec="microseconds")
    new = {"first_at": at, "seen": 0, "tick": "", "seen_at_tick": 0, "complete_at": "", **inventory}
    new["seen"] += sum(told.first for told in news)
    if tick and not new["complete_at"]:
        quiet = new["tick"] not in {"", tick} and new["seen_at_tick"] == new["seen"] > 0
        if quiet or now - datetime.fromisoformat(new["first_at"]) >= INVENTORY_AT_MOST:
            new["complete_at"] = at
        new |= {"tick": tick, "seen_at_tick": new["seen"]}
    return new


def _history(scope: str, form: str, name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    begun = datetime.strptime(f"{kept['key']}+0000", f"{form}%z")
    expires_at = int((begun + KEPT[form]).timestamp())
    return {"pk": f"HISTORY#{scope}", "sk": f"{name.upper()}#{kept['key']}", **kept, "expires_at": expires_at}


def _pending(scope: str, alert: Alert) -> dict[str, Any]:
    sk = f"ALERT#{alert.detail['at']}#{alert.detail['id']}"
    return {"pk": f"SCOPE#{scope}", "sk": sk, "kind": alert.kind, "detail": json.dumps(alert.detail)}


def _plain(document: Mapping[str, Any], *without: str) -> Any:
    return json.loads(json.dumps({name: value for name, value in document.items() if name not in without}))
