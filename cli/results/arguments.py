"""A deployment as the command line reads it: which table, and which scope of it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aggregator.catalogue import Basis, packaged_basis
from aggregator.deployed_settings import deployed_settings
from aggregator.queries import NoSuchScope, exists, scopes, scores
from aggregator.queries.waivers import used_waivers
from aggregator.schema import check
from aggregator.scopes import ScopeName, kind_of, workload_scope
from cli.aws import add_connection, explained, session, table_name
from cli.output import complain, one_line
from pillarwatch.errors import UserError
from pillarwatch.settings import packaged_settings
from settings.warnings import notices

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

HINT = "dynamodb:Query and dynamodb:BatchGetItem on the table are needed; is the name right, and the Region?"


SCOPE_HELP = "`account`, the name of a workload, or WORKLOAD/COMPONENT"


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which deployment is read, and which scope of it."""
    add_table(parser)
    parser.add_argument("--workload", help="name of a workload (default: the whole account)")
    parser.add_argument("--component", help="name of a component of the workload")
    parser.set_defaults(scope=None)


def add_named_scope(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which deployment is read, and, as the first word, which scope of it."""
    parser.add_argument(
        "scope", nargs="?", default="account", metavar="SCOPE", help=f"{SCOPE_HELP} (default: %(default)s)"
    )
    add_table(parser)
    parser.set_defaults(workload=None, component=None)


def add_table(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which deployment is read."""
    add_connection(parser)
    parser.add_argument("--stack", default="pillarwatch", help="name of the deployed stack (default: %(default)s)")
    parser.add_argument("--table", help="name of the deployment's table; --stack is then not used")


@contextmanager
def table_of(arguments: argparse.Namespace) -> Iterator[Any]:
    """The table (boto3's resource).

    Raises:
        UserError: there is no such deployment or table, or it cannot be read.
    """
    connection = session(arguments)
    name = table_name(connection, arguments)
    with explained(f"table {name} in {connection.region_name}", HINT):
        table = connection.resource("dynamodb").Table(name)
        check(table)
        yield table


@contextmanager
def deployment(arguments: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    """The table (boto3's resource) and the requested scope.

    Raises:
        UserError: there is no such deployment, table or workload, it cannot be read, or nothing is evaluated yet.
    """
    with table_of(arguments) as table:
        try:
            yield table, _chosen(arguments, table, scopes(table))
        except NoSuchScope as error:
            raise UserError(f"table {table.name}: {error} has no score yet; try again in a minute") from None


def title(name: ScopeName) -> str:
    """A scope as a heading."""
    if name.kind == "component":
        return one_line(f"component {name.name} of workload {name.workload}")
    return one_line(f"{name.kind} {name.name}")


def basis_of(table: Any) -> Basis:
    """What a deployment's scores are computed by: its settings, and the checks of this installation.

    A deployment that has not stored its settings is read with those of this installation.
    """
    return Basis(packaged_basis().checks, deployed_settings(table) or packaged_settings()).at(datetime.now(UTC))


def differs(basis: Basis, digest: str) -> list[str]:
    """What a reader has to know if a deployment was scored otherwise: nothing, or a line."""
    if digest in {"", basis.digest}:
        return []
    return ["the deployment was scored with other checks or settings: `pillarwatch scores` shows its own scores"]


def complain_of_settings(command: str, table: Any, now: datetime) -> list[str]:
    """Print what is wrong with a deployment's settings, a line for each on standard error; the lines.

    Expired and unused waivers, checks that are off, or that the settings are not known.

    Args:
        command: that prints them.
        table: boto3's resource of the table.
        now: waivers that ended before this day have expired.
    """
    settings = deployed_settings(table)
    if settings is None:
        lines = ["its settings are not in the table, so expired or unused waivers are unknown: `pillarwatch deploy`"]
    else:
        used = used_waivers(table, settings.waivers) if settings.waivers else []
        lines = notices(settings, used, now.date()).lines
    for line in lines:
        complain(f"pillarwatch {command}: {line}")
    return lines


def _chosen(arguments: argparse.Namespace, table: Any, known: list[str]) -> str:
    """The key of the scope that the arguments name."""
    if not known:
        raise UserError(f"table {table.name}: nothing is evaluated yet; AWS Config takes minutes after a deployment")
    workload, component = arguments.workload, arguments.component
    if arguments.scope:
        workload, component = _named(arguments.scope, known)
    if component and not workload:
        raise UserError(f"--component {component}: name its workload too, with --workload")
    if not workload:
        return known[-1]  # accounts come last
    wanted = workload_scope(workload)
    if wanted not in known and not exists(table, wanted):
        others = [scores(table, scope).name.name for scope in known if kind_of(scope) == "workload"]
        raise UserError(f"there is no workload {workload!r}; there is {', '.join(others) or 'none'}")
    if not component:
        return wanted
    whole = ScopeName("component", component, workload).key
    if whole not in known and not exists(table, whole):
        others = [scores(table, scope).name.name for scope in known if scope.startswith(f"{wanted}/component/")]
        raise UserError(f"workload {workload!r} has no component {component!r}; there is {', '.join(others) or 'none'}")
    return whole


def _named(scope: str, known: list[str]) -> tuple[str, str]:
    """The workload and component that a word names; both empty for the account. A name can contain a slash."""
    if scope == "account":
        return "", ""
    workload, slash, component = scope.rpartition("/")
    if workload_scope(scope) in known or not slash:
        return scope, ""
    return workload, component
