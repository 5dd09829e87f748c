"""Secrets that a template contains as text: the names of their properties, never their values."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if_none, none_of
from pillarwatch.conditions import SOMETHING, with_gaps
from pillarwatch.secrets import secrets_in_script
from pillarwatch.unknown import Default, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

SEARCHED = "supplementaryConfiguration.PlaintextSecrets.Searched"
FOUND = "supplementaryConfiguration.PlaintextSecrets.Found"


@check(
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
    "AWS::Redshift::Cluster",
    "AWS::SecretsManager::Secret",
    best_practices={"SEC02-BP03": "the template contains the secret as text"},
    effort="S",
    fix="Let the service generate the secret, or use a dynamic reference to Secrets Manager. In user data, read the"
    " secret from Secrets Manager with the role of the instance.",
    compliant=[{SEARCHED: True, FOUND: []}],
    non_compliant=[{SEARCHED: True, FOUND: ["MasterUserPassword"]}],
    not_applicable=[{}],
)
def template_holds_no_literal_secret(item: ConfigurationItem) -> Verdict:
    """Templates contain no passwords or secret strings.

    Anybody who can read the template can read a secret in its properties or in the default of a parameter. User data is
    also readable on the instance and through the EC2 API. A parameter without a default is compliant. Applies to
    templates only, because deployed resources do not show their secrets.
    """
    if none_of([item.flag(SEARCHED)]):
        return NOT_APPLICABLE
    return compliant_if_none(item.texts(FOUND), lambda _: True, "literal values in the template")


def literal_secrets(properties: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The names of the properties with a literal value. A reference to a secret or a parameter is not literal."""
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


def secrets_of_user_data(user_data: Any) -> dict[str, Any]:
    """The names of the secrets in the user data of a template, in the shape of :func:`literal_secrets`.

    Args:
        user_data: in base64, as CloudFormation requires; plain text where parts of it are unknown.
    """
    if user_data is None:
        return {"Searched": False, "Found": []}
    if isinstance(user_data, Unknown) and not any(user_data.parts):
        of_deployment = user_data.is_text or user_data.reference
        return {"Searched": True, "Found": [] if of_deployment else [Unknown(f"UserData: {user_data}")]}
    if isinstance(user_data, Default):
        names = secrets_in_script(_decoded(user_data))
        return {"Searched": True, "Found": [Default.of(user_data.parameter, f"{name} in UserData") for name in names]}
    found: dict[str, str] = {}
    for name in secrets_in_script(_decoded(with_gaps(user_data))):
        found[name] = f"{name} in UserData"
    for piece in user_data.pieces if isinstance(user_data, Unknown) and found else ():
        if isinstance(piece, Default) and piece.parameter:  # a secret only because of the parameter's default
            others = [SOMETHING if each is piece or isinstance(each, Unknown) else each for each in user_data.pieces]
            for name in found.keys() - set(secrets_in_script("".join(others))):
                found[name] = Default.of(piece.parameter, f"{name} in UserData")
    return {"Searched": True, "Found": list(found.values())}


def _decoded(text: str) -> str:
    """The decoded text, or the text as it is where it is not base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text
