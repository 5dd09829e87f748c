"""Where Lambda enters: evaluations in batches from the queue, and the schedule's tick."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from aggregator.alerting.alerts import send
from aggregator.catalogue import change_types, packaged_basis
from aggregator.deployed_settings import store_settings
from aggregator.events import Evaluated, MalformedEvent
from aggregator.expiry_notices import due, write
from aggregator.folding import Folded, fold
from aggregator.inventory import Inventory, keep_next_type, next_type, requested, run
from aggregator.metrics import emit
from aggregator.projections import Projector
from aggregator.queue_messages import ScopesDue, message_in, put_due
from aggregator.queue_messages.listings import BEGINNING, Withdrawal, Withdrawals, detail_of, publish
from aggregator.reconcile import emit as emit_drift
from aggregator.reconcile import reconcile
from aggregator.schema import check_and_store
from aggregator.scopes import kind_of, narrowest_first
from aggregator.store import Store
from aggregator.table import Conflict
from pillarwatch.settings import packaged_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPARING_SECONDS = 600  # of 900; then the type that is being compared is finished
MOST_PROJECTED = 200  # workloads and components in one tick, some 20 of its 60 seconds
logger = logging.getLogger("pillarwatch")


class Unprojected(ExceptionGroup):
    """Some scopes could not be brought up to date. The next tick tries again."""


def on_evaluated(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Count a batch of "Resource Evaluated" messages; the handler of AggregatorFunction.

    A message that cannot be read, or was not counted, fails alone. The others are acknowledged after their scopes are
    projected; if that fails, the whole batch comes again, changes no counter, and finishes what is left.
    """
    now, store = datetime.now(UTC), _store()
    events: dict[str, Evaluated] = {}
    withdrawals: list[Withdrawal] = []
    ticks: list[ScopesDue] = []
    failed: dict[str, Exception] = {}
    for record in event["Records"]:
        try:
            message = message_in(record["body"], now)
        except MalformedEvent as error:
            failed[record["messageId"]] = error
            continue
        if isinstance(message, Evaluated):
            events[record["messageId"]] = message
        elif isinstance(message, ScopesDue):
            ticks.append(message)
        else:
            withdrawals.append(message)
    folded = fold(store, events, now)
    failed |= folded.failed
    listings = {one.listing.listing for number, one in events.items() if one.listing and number not in failed}
    withdrawn = _withdraw(store, listings, withdrawals, now)
    pending = folded.changed | withdrawn.changed
    if any(int(record["attributes"]["ApproximateReceiveCount"]) > 1 for record in event["Records"]):
        pending |= folded.scopes | withdrawn.scopes  # an earlier delivery may have been counted and not projected
    _project(Projector(store, packaged_basis().at(now), now, pending=pending), pending)
    for tick in ticks:
        _project(
            Projector(store, packaged_basis().at(tick.at), tick.at, pending=tick.scopes, tick=tick.tick), tick.scopes
        )
    for number, why in failed.items():
        logger.error("message %s was not counted: %s: %s", number, type(why).__name__, why)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def _withdraw(store: Store, listings: set[str], withdrawals: list[Withdrawal], now: datetime) -> Folded:
    """Fold what listings no longer have. If it fails, the whole batch comes again.

    Args:
        store: the table.
        listings: of which an evaluation was processed.
        withdrawals: what messages ask for.
        now: when.
    """
    batch = Withdrawals(store)
    deletions: list[Evaluated] = []
    for withdrawal in withdrawals:
        if withdrawal.parts and withdrawal.after == BEGINNING:
            with suppress(Conflict):  # it is there already
                store.put_complete(withdrawal.id, detail_of(withdrawal), now, processed=False)
            listings = listings | {withdrawal.id}
        else:
            deletions += batch.of(withdrawal)
    processed = [(withdrawal, list(batch.of(withdrawal))) for withdrawal in batch.processed(listings)]
    deletions += [one for _, found in processed for one in found]
    folded = fold(store, {str(place): one for place, one in enumerate(deletions)}, now)
    if folded.failed:
        raise ExceptionGroup("resources are not withdrawn", list(folded.failed.values()))
    for withdrawal in batch.unfinished:
        publish(_events(), os.environ["EVENT_BUS_NAME"], withdrawal)
    for withdrawal, _ in processed:
        store.put_complete(withdrawal.id, detail_of(withdrawal), now, processed=True)
    return folded


def on_tick(event: dict[str, Any], _context: Any) -> None:
    """Do what time alone makes due; the handler of TickFunction.

    Waivers lapse and are announced, inventories complete, metrics are written for every scope, and what a killed
    aggregator left in the outbox or did not send is finished. Of scopes that do not rest, only so many are projected
    here as there is time for; the aggregator projects the others.

    Raises:
        Unprojected: some scopes failed; the others are up to date.
    """
    now, store = datetime.fromisoformat(event["time"]).astimezone(UTC), _store()  # a repeated tick is the same tick
    folded = fold(store, {}, now, also=store.lapsed(now.date().isoformat()))
    basis = packaged_basis().at(now)
    noticed = write(store, due(basis.settings, event["account"], now), now)
    pending = folded.changed | store.pending() | noticed
    scopes = pending | folded.scopes | store.scored()
    known = store.scores(scopes)
    projector = Projector(store, basis, now, pending=pending, tick=event["id"], known=known)
    restless = [scope for scope in sorted(scopes) if kind_of(scope) != "account" and not projector.rests(scope)]
    later = restless[MOST_PROJECTED:]
    for scope in later:
        projector.remember(scope, known.get(scope, {}))
    put_due(_events(), os.environ["EVENT_BUS_NAME"], ScopesDue(event["id"], now, later))
    _project(projector, scopes.difference(later))


def on_reconcile(_event: dict[str, Any], _context: Any) -> None:
    """Recount the store once a day, compare it with AWS Config, repair and report; the handler of ReconcileFunction.

    If one invocation has no time for all types, the next one begins with those that are left.

    Raises:
        Unprojected: some scopes could not be projected after a repair; the tick does it.
    """
    now, store, types = datetime.now(UTC), _store(), change_types()
    report = reconcile(store, now, logger.info)
    place = {"account": os.environ["ACCOUNT_ID"], "region": os.environ["AWS_REGION"]}
    request = requested(_events(), os.environ["EVENT_BUS_NAME"], now=now, **place)
    inventory = Inventory(store, _config(), **place, now=now, request=request)
    first = next_type(store) % len(types)
    found, following = run(inventory, types, first=first, seconds=COMPARING_SECONDS, progress=logger.info)
    keep_next_type(store, following)
    emit_drift(report.wrong + found.drift, now)
    if report.wrong or found.drift:
        logger.warning("drift: %s", report._asdict() | found._asdict() | {"scopes": sorted(report.scopes)})
    pending = report.scopes | store.pending()
    _project(Projector(store, packaged_basis().at(now), now, pending=pending), pending)


def _project(projector: Projector, scopes: Iterable[str]) -> None:
    errors = []
    for scope in sorted(scopes, key=narrowest_first):
        try:
            projection = projector.project(scope)
            if projection.resources:
                emit(scope, projection.score, projector.now, projection.before)
            send(projector.store, _events(), os.environ["EVENT_BUS_NAME"], projection.alerts)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one scope, the others go on
            error.add_note(scope)
            errors.append(error)
    if errors:
        raise Unprojected("scopes are not up to date", errors)


def _store() -> Store:
    return Store(_table(os.environ["TABLE_NAME"]))


@cache
def _table(name: str) -> Any:
    table = boto3.resource("dynamodb").Table(name)
    check_and_store(table)  # once for each execution environment
    store_settings(table, packaged_settings())
    return table


@cache
def _config() -> Any:
    return boto3.client("config")


@cache
def _events() -> Any:
    return boto3.client("events")
