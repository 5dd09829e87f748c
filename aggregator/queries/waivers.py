"""Which waivers of the settings cover a failure that the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregator.catalogue import packaged_basis
from aggregator.scopes import escaped
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pillarwatch.settings import Waiver


def used_waivers(table: Any, waivers: Iterable[Waiver]) -> list[Waiver]:
    """The waivers that cover a finding of any scope. The index may lag.

    Args:
        table: boto3's resource of the table.
        waivers: of the settings in force.
    """
    known = list(waivers)
    return [waiver for waiver, count in zip(known, covered(table, known), strict=True) if count]


def covered(table: Any, waivers: Sequence[Waiver]) -> list[int]:
    """How many findings of any scope each waiver covers. The index may lag, and has no tags.

    Args:
        table: boto3's resource of the table.
        waivers: of the settings in force.
    """
    waived = list(Store(table).waived())
    counts = []
    for waiver in waivers:
        checks = {waiver.check, *checks_serving(waiver.check)}
        counts.append(sum(_covers(waiver, checks, item) for item in waived))
    return counts


def _covers(waiver: Waiver, checks: Collection[str], item: Mapping[str, Any]) -> bool:
    """Whether a waiver can be the one that an item of the index is under."""
    expires, _, rest = item["gsi1sk"].partition("#")
    return (
        item["sk"].partition("#")[2] in checks
        and expires == waiver.expires
        and (not waiver.workload or rest.startswith(f"{escaped(waiver.workload)}#"))
        and waiver.covers(item["resource"])
    )


def checks_serving(practice: str) -> set[str]:
    """The checks that serve a best practice."""
    return {check.id for check in packaged_basis().checks.values() if practice in check.best_practices}
