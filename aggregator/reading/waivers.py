"""Which waivers of the settings cover a failure that the store holds."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from aggregator.scopes import escaped
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pillarwatch.settings import Waiver


def used_waivers(table: Any, waivers: Iterable[Waiver]) -> list[Waiver]:
    """The waivers that cover a finding of any scope. The index may lag.

    Args:
        table: boto3's resource of the table.
        waivers: of the settings in force.
    """
    waived = list(Store(table).waived())
    return [waiver for waiver in waivers if any(_covers(waiver, item) for item in waived)]


def _covers(waiver: Waiver, item: Mapping[str, Any]) -> bool:
    """Whether a waiver can be the one that an item of the index is under."""
    expires, _, rest = item["gsi1sk"].partition("#")
    names = (item["resource"][name] for name in ("id", "name", "arn"))
    return (
        item["sk"] == f"FINDING#{waiver.check}"
        and expires == waiver.expires
        and (not waiver.workload or rest.startswith(f"{escaped(waiver.workload)}#"))
        and any(fnmatchcase(name, waiver.resource) for name in names)
    )
