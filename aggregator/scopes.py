"""Scopes by their keys: ``account/<id>``, ``workload/<name>``, ``workload/<name>/component/<name>``."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote

NOT_ESCAPED = " +-=._:@"  # what else AWS allows in a tag, `/` and what is not ASCII, is escaped in a key
# A sort key of DynamoDB's has at most 1,024 bytes, and a finding's holds a workload, a component and a resource.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
LONGEST = 200  # bytes of a name or an identity in a key
READABLE, DIGEST = 160, 32  # of a longer one: its beginning, and hexadecimal digits of its hash


class ScopeName(NamedTuple):
    """A scope as people name it."""

    kind: Literal["account", "workload", "component"]
    name: str
    workload: str  #: the workload of a component or a workload, empty for an account

    @property
    def key(self) -> str:
        """The key under which it is stored."""
        if self.kind == "account":
            return account_scope(self.name)
        return workload_scope(self.workload) + (f"/component/{escaped(self.name)}" if self.kind == "component" else "")


def scopes_of(account: str, workload: str, component: str) -> list[ScopeName]:
    """The scopes that count a resource, the narrowest first. What has no workload counts in the account."""
    scopes = [ScopeName("account", account, "")]
    if workload:
        scopes.insert(0, ScopeName("workload", workload, workload))
        if component:
            scopes.insert(0, ScopeName("component", component, workload))
    return scopes


def account_scope(account: str) -> str:
    """The key of an account's scope."""
    return f"account/{account}"


def workload_scope(workload: str) -> str:
    """The key of a workload's scope."""
    return f"workload/{escaped(workload)}"


@lru_cache(maxsize=4096)
def escaped(name: str) -> str:
    """A name as a part of a key: at most ``LONGEST`` bytes of ASCII, without ``/``, ``#`` and, unless hashed, ``~``."""
    return shortened(quote(name, safe=NOT_ESCAPED).replace("~", "%7E"))


def shortened(text: str) -> str:
    """A text as a part of a key: one that is longer than ``LONGEST`` bytes ends in a hash of the whole."""
    encoded = text.encode()
    if len(encoded) <= LONGEST:
        return text
    return f"{encoded[:READABLE].decode(errors='ignore')}~{hashlib.sha256(encoded).hexdigest()[:DIGEST]}"


def kind_of(scope: str) -> Literal["account", "workload", "component"]:
    """The kind of a scope, from its key."""
    if scope.startswith("account/"):
        return "account"
    return "component" if "/component/" in scope else "workload"


def narrowest_first(scope: str) -> tuple[int, str]:
    """Sorts components before workloads before accounts, as they are projected and alert."""
    return ("component", "workload", "account").index(kind_of(scope)), scope
