"""A deployment as the command line reads it: its table's scopes, scores and recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.recommendations import by_worth
from aggregator.scopes import named, workload_scope
from aggregator.store import Live, Store
from cli.aws import explained, session, table_name
from cli.errors import UserError

if TYPE_CHECKING:
    import argparse

HINT = "dynamodb:Query and dynamodb:BatchGetItem on the table are needed; is the name right, and the Region?"


def scope_of(arguments: argparse.Namespace) -> tuple[str, Live]:
    """The scope that was asked for, by default the account, with what stands in the store.

    Raises:
        UserError: there is no such deployment, table, or workload, or nothing has been evaluated yet.
    """
    connection = session(arguments)
    name = table_name(connection, arguments)
    with explained(f"table {name} in {connection.region_name}", HINT):
        store = Store(connection.resource("dynamodb").Table(name))
        scopes = store.scopes()
        if not scopes:
            raise UserError(f"table {name}: nothing is evaluated yet; AWS Config takes minutes after a deployment")
        scope = _chosen(arguments, scopes)
        return scope, store.live(scope)


def worth_first(live: Live) -> list[dict[str, object]]:
    """The open recommendations, what gains most for its effort first."""
    return sorted(live.recommendations.values(), key=by_worth)


def title(scope: str) -> str:
    """A scope as a heading."""
    name = named(scope)
    if name.kind == "component":
        return f"component {name.name} of workload {name.workload}"
    return f"{name.kind} {name.name}"


def _chosen(arguments: argparse.Namespace, scopes: set[str]) -> str:
    if arguments.workload:
        wanted = workload_scope(arguments.workload)
        if wanted not in scopes:
            known = sorted(named(scope).name for scope in scopes if named(scope).kind == "workload")
            raise UserError(f"there is no workload {arguments.workload!r}; there is {', '.join(known) or 'none'}")
        return wanted
    accounts = sorted(scope for scope in scopes if named(scope).kind == "account")
    return accounts[0] if accounts else min(scopes)
