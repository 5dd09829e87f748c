"""A deployment as the command line reads it: which table, and which scope of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aggregator.reading import NoSuchScope, scopes, scores
from aggregator.schema import check
from aggregator.scopes import ScopeName, kind_of, workload_scope
from cli.aws import add_connection, explained, session, table_name
from cli.output import one_line
from pillarwatch.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

HINT = "dynamodb:Query and dynamodb:BatchGetItem on the table are needed; is the name right, and the Region?"


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is read."""
    add_connection(parser)
    parser.add_argument("--stack", default="pillarwatch", help="name of the deployed stack (default: %(default)s)")
    parser.add_argument("--table", help="name of its table, instead of the stack's")
    parser.add_argument("--workload", help="a workload's name (default: the account)")


@contextmanager
def deployment(arguments: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    """The table (boto3's resource) and the requested scope.

    Raises:
        UserError: there is no such deployment, table or workload, it cannot be read, or nothing is evaluated yet.
    """
    connection = session(arguments)
    name = table_name(connection, arguments)
    with explained(f"table {name} in {connection.region_name}", HINT):
        table = connection.resource("dynamodb").Table(name)
        check(table)
        try:
            yield table, _chosen(arguments.workload, table, scopes(table))
        except NoSuchScope as error:
            raise UserError(f"table {name}: {error} has no score yet; try again in a minute") from None


def title(name: ScopeName) -> str:
    """A scope as a heading."""
    if name.kind == "component":
        return one_line(f"component {name.name} of workload {name.workload}")
    return one_line(f"{name.kind} {name.name}")


def _chosen(workload: str | None, table: Any, known: list[str]) -> str:
    if not known:
        raise UserError(f"table {table.name}: nothing is evaluated yet; AWS Config takes minutes after a deployment")
    if not workload:
        return known[-1]  # accounts come last
    wanted = workload_scope(workload)
    if wanted not in known:
        others = [scores(table, scope).name.name for scope in known if kind_of(scope) == "workload"]
        raise UserError(f"there is no workload {workload!r}; there is {', '.join(others) or 'none'}")
    return wanted
