"""What a resource passes on which nothing was set: what AWS does by default is nobody's strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.lift import Lift, config_type
from pillarwatch.settings import Settings
from rules.catalogue import checks_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def passed_by_default(resource_types: Iterable[str], judged_at: datetime) -> frozenset[str]:
    """The checks that a bare resource of one of the types passes.

    Args:
        resource_types: CloudFormation's names.
        judged_at: the time that checks compare dates with.
    """
    return frozenset(check for kind in resource_types for check in _passed(kind, judged_at))


def _passed(resource_type: str, judged_at: datetime) -> Iterable[str]:
    document = {"Resources": {"Bare": {"Type": resource_type, "Properties": {}}}}
    checks = [check for check in checks_of(config_type(resource_type)) if not check.live]
    settings = Settings()
    for item in Lift(document, judged_at).variants("Bare").items:
        scope = settings.scope(item)
        for check in checks:
            if check.judge(item, settings.of(check, scope).parameters).compliance == "COMPLIANT":
                yield check.id
