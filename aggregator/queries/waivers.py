"""Which failures that the store holds waivers of the settings cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregator.catalogue import packaged_basis
from aggregator.queries import Identity, findings_of, key_of
from aggregator.scopes import ScopeName, escaped, kind_of
from aggregator.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from aggregator.queries import FindingKey
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
    """How many findings of any scope each waiver covers. The index may lag.

    The table has no tags. It has the reason of the waiver that the evaluator, who sees them, applied to a finding: so a
    waiver with a pattern of a tag or a stack covers the findings with its reason.

    Args:
        table: boto3's resource of the table.
        waivers: of the settings in force.
    """
    waived = [key_of(item, "W") for item in Store(table).waived()]
    findings = findings_of(table, waived)
    return [
        sum(
            finding.expires == waiver.expires
            and (waiver.reason == finding.waiver or not (waiver.tag or waiver.stack))
            and _matches(waiver, checks, key, finding.resource)
            for key, finding in findings.items()
        )
        for waiver in waivers
        for checks in [_checks_of(waiver)]
    ]


def coverable(table: Any, waiver: Waiver) -> int:
    """How many findings that fail a waiver would cover, whatever their tags are, which the table has not.

    Args:
        table: boto3's resource of the table.
        waiver: that is not in force yet.
    """
    store, checks = Store(table), _checks_of(waiver)
    accounts = [ScopeName(*store.score(scope)["name"]).name for scope in store.scopes() if kind_of(scope) == "account"]
    return sum(
        _matches(waiver, checks, key_of(item, "N"), Identity(**item["resource"]))
        for account in accounts
        for check in sorted(checks)
        for item in store.findings(account, check)
    )


def _matches(waiver: Waiver, checks: Collection[str], key: FindingKey, resource: Identity) -> bool:
    """Whether a waiver can be of a finding, as far as the table shows it."""
    return (
        key.check in checks
        and (not waiver.workload or key.place.startswith(f"{escaped(waiver.workload)}#"))
        and waiver.covers(resource._asdict())
    )


def _checks_of(waiver: Waiver) -> set[str]:
    return {waiver.check, *checks_serving(waiver.check)}


def checks_serving(practice: str) -> set[str]:
    """The checks that serve a best practice."""
    return {check.id for check in packaged_basis().checks.values() if practice in check.best_practices}
