"""What a resource passes without anybody's choice: what AWS does by default, and what nobody asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.settings import Settings
from rules.catalogue import all_checks, checks_of
from template_scan.configuration_items import ConfigurationItems
from template_scan.resource_types import config_type

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


def failing_only_by_settings(settings: Settings) -> frozenset[str]:
    """The checks that no resource can fail as the settings are: each example that fails needs a parameter of them."""
    configured = settings.document["checks"]
    return frozenset(
        check.id
        for check in all_checks().values()
        if check.non_compliant
        and not configured.get(check.id, {}).get("parameters")
        and all(any(name.startswith("parameters.") for name in example) for example in check.non_compliant)
    )


def _passed(resource_type: str, judged_at: datetime) -> Iterable[str]:
    document = {"Resources": {"Bare": {"Type": resource_type, "Properties": {}}}}
    checks = [check for check in checks_of(config_type(resource_type)) if not check.live]
    settings = Settings()
    for item in ConfigurationItems(document, judged_at).variants("Bare").items:
        scope = settings.scope(item)
        for check in checks:
            if check.judge(item, settings.of(check, scope).parameters).compliance == "COMPLIANT":
                yield check.id
