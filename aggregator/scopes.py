"""Scopes by their keys: ``account/<id>``, ``workload/<name>``, ``workload/<name>/component/<name>``."""

from __future__ import annotations

from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

NOT_ESCAPED = " +-=._:@"  # what else AWS allows in a tag, `/` and what is not ASCII, is escaped in a key


class ScopeName(NamedTuple):
    """A scope as people name it."""

    kind: Literal["account", "workload", "component"]
    name: str
    workload: str  #: the workload of a component or a workload, empty for an account


def scopes_of(account: str, workload: str, component: str) -> list[str]:
    """The keys of the scopes that count a resource, the narrowest first. What has no workload counts in the account."""
    scopes = [account_scope(account)]
    if workload:
        scopes.insert(0, workload_scope(workload))
        if component:
            scopes.insert(0, f"{workload_scope(workload)}/component/{escaped(component)}")
    return scopes


def account_scope(account: str) -> str:
    """The key of an account's scope."""
    return f"account/{account}"


def workload_scope(workload: str) -> str:
    """The key of a workload's scope."""
    return f"workload/{escaped(workload)}"


def escaped(name: str) -> str:
    """A name as a part of a key."""
    return quote(name, safe=NOT_ESCAPED)


def named(scope: str) -> ScopeName:
    """What a scope's key says."""
    kind, name, *inner = (unquote(part) for part in scope.split("/"))
    if kind == "account":
        return ScopeName("account", name, "")
    return ScopeName("component", inner[1], name) if inner else ScopeName("workload", name, name)


def narrowest_first(scope: str) -> tuple[int, str]:
    """Sorts components before workloads before accounts, as they are projected and told."""
    return ("component", "workload", "account").index(named(scope).kind), scope
