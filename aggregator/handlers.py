"""Where Lambda enters: evaluations in batches from the queue, and the schedule's tick."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from aggregator.alerts import send
from aggregator.catalogue import packaged_basis
from aggregator.events import Evaluated, MalformedEvent, evaluated
from aggregator.folding import fold
from aggregator.metrics import emit
from aggregator.projections import Projector
from aggregator.schema import check_and_store
from aggregator.scopes import narrowest_first
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    failed: dict[str, Exception] = {}
    for record in event["Records"]:
        try:
            events[record["messageId"]] = evaluated(record["body"], now)
        except MalformedEvent as error:
            failed[record["messageId"]] = error
    folded = fold(store, events, now)
    _project(Projector(store, packaged_basis(), now, changed=folded.changed), folded.scopes)
    failed |= folded.failed
    for message, why in failed.items():
        logger.error("message %s was not counted: %s: %s", message, type(why).__name__, why)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def on_tick(event: dict[str, Any], _context: Any) -> None:
    """Do what time alone makes due; the handler of TickFunction.

    Waivers lapse, inventories complete, metrics are written for every scope and history for every hour, and what an
    aggregator that was killed left in the outbox or did not send is finished.

    Raises:
        Unprojected: some scopes failed; the others are up to date.
    """
    now, store = datetime.fromisoformat(event["time"]).astimezone(UTC), _store()  # a repeated tick is the same tick
    folded = fold(store, {}, now, also=store.lapsed(now.date().isoformat()))
    scopes = folded.scopes | store.scopes()
    known = store.scores(scopes)
    _project(Projector(store, packaged_basis(), now, changed=folded.changed, tick=event["id"], known=known), scopes)


def _project(projector: Projector, scopes: Iterable[str]) -> None:
    errors = []
    for scope in sorted(scopes, key=narrowest_first):
        try:
            if projection := projector.project(scope):
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
    return table


@cache
def _events() -> Any:
    return boto3.client("events")
