"""Secrets that a template states itself: which properties hold one, never what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if_none, none_of
from pillarwatch.configuration_item import Default
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

SEARCHED = "supplementaryConfiguration.PlaintextSecrets.Searched"
FOUND = "supplementaryConfiguration.PlaintextSecrets.Found"


@check(
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::Redshift::Cluster",
    "AWS::SecretsManager::Secret",
    best_practices={"SEC02-BP03": "the secret stands in the template, for everybody who may read it"},
    effort="S",
    fix="Let the service manage or generate the secret, or take it from Secrets Manager by a dynamic reference.",
    compliant=[{SEARCHED: True, FOUND: []}],
    non_compliant=[{SEARCHED: True, FOUND: ["MasterUserPassword"]}],
    not_applicable=[{}],
)
def template_holds_no_literal_secret(item: ConfigurationItem) -> Verdict:
    """Templates hold no passwords and no secret strings.

    Neither does the default of a parameter, which anybody reads who may read the template; a parameter without one is
    given at deployment. Deployed resources do not show their secrets.
    """
    if none_of([item.flag(SEARCHED)]):
        return NOT_APPLICABLE
    return compliant_if_none(item.texts(FOUND), lambda _: True, "stated in the template")


def literal_secrets(properties: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Which of some properties a template states: what it takes from elsewhere it does not."""
    found: list[Any] = []
    for name in names:
        value = properties.get(name)
        if isinstance(value, Unknown):
            found += [] if value.is_text or value.reference else [Unknown(f"{name}: {value}")]
        elif isinstance(value, Default):
            found.append(Default.of(value.parameter, name))
        elif value not in (None, ""):
            found.append(name)
    return {"Searched": True, "Found": found}
