"""One pass of checks over one item, and the event that reports it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pillarwatch.unknown import Unknown
from pillarwatch.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pillarwatch.check import Check, Verdict
    from pillarwatch.configuration_item import ConfigurationItem
    from pillarwatch.settings import Settings, Waiver

EVENT_SOURCE = "pillarwatch"
CHANGE = "change"  # the source of evaluations of AWS Config's items
CONFIG_RULE = "config-rule:"  # begins the sources of AWS's managed rules; the rule's name follows
RESOURCE_EVALUATED = "Resource Evaluated"
EVALUATION_REQUESTED = "Evaluation Requested"
EVENT_VERSION = "1"

Status = Literal["ok", "deleted", "left-scope", "not-recorded"]


class Judgement(NamedTuple):
    """A check's verdict on an item, with the waiver that covers it if it fails."""

    check: Check
    verdict: Verdict
    waiver: Waiver | None
    reads: Sequence[Any] = ()  #: what the check read, as ``ConfigurationItem.reads``

    @property
    def value(self) -> str:
        """What the check read, for people; empty where it does not apply, or has read nothing."""
        return "" if self.verdict.compliance == "NOT_APPLICABLE" else value_of(self.reads)


def judge(item: ConfigurationItem, checks: Iterable[Check], settings: Settings) -> list[Judgement]:
    """Every check that is on, in one pass. Never raises; a crash stands in its verdict."""
    scope = settings.scope(item)
    item.environments = settings.environments
    judgements = []
    for check in checks:
        resolved = settings.of(check, scope)
        if resolved.off:
            continue
        began = len(item.reads)
        verdict = check.judge(item, resolved.parameters)
        reads = item.reads[began:]
        waiver = settings.waiver(check, item) if verdict.compliance == "NON_COMPLIANT" else None
        judgements.append(Judgement(check, verdict, waiver, reads))
    return judgements


def resource_evaluated(  # noqa: D417 - the rest is named for what it is
    item: ConfigurationItem,
    judgements: Sequence[Judgement],
    settings: Settings,
    *,
    source: str,
    catalogue: str,
    evaluated_at: datetime,
    status: Status = "ok",
    listing: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The detail of a "Resource Evaluated" event, version 1. Schema: ``docs/resource-evaluated.schema.json``.

    Args:
        source: ``change`` for Config's items, a collector's name, or ``config-rule:`` with a managed rule's name. The
            verdicts are all that this source has.
        catalogue: digest of the resource type's checks.
        listing: of a collector: ids of the listing and of its part, and the Region of the collector.
    """
    scope = settings.scope(item)
    verdicts = {}
    for judgement in judgements:
        check, verdict, waiver, _ = judgement
        stated: dict[str, Any] = {
            "compliance": verdict.compliance,
            "severity": settings.of(check, scope).severity,
        }
        if verdict.annotation:
            stated["annotation"] = verdict.annotation
        if value := judgement.value:
            stated["value"] = value
        if waiver:
            stated["waiver"] = {"reason": waiver.reason, "expires": waiver.expires}
        verdicts[check.id] = stated
    return {
        "version": EVENT_VERSION,
        "evaluation_id": str(uuid.uuid4()),
        "resource": item.identity,
        "source": source,
        "status": status,
        "captured_at": item.captured_at,
        "evaluated_at": evaluated_at.isoformat(timespec="microseconds"),
        "catalogue": catalogue,
        "settings": settings.digest,
        "tags": {} if isinstance(item.tags, Unknown) else item.tags,
        "workload": scope.workload,
        "component": scope.component,
        "environment": scope.environment,
        "owner": settings.owner(item.tags),
        "verdicts": verdicts,
        **({"listing": dict(listing)} if listing else {}),
    }
