"""Secrets in environment variables and scripts: what holds one, never what it holds."""

from __future__ import annotations

import re
from typing import Any

from pillarwatch.unknown import Unknown

# How variables are called that hold a secret itself. DB_SECRET or DB_SECRET_ARN rather names where it is kept.
SECRET_NAME = re.compile(
    "(^|_)(ACCESS_?KEY(_?ID)?|API_?KEY|CREDENTIALS?|PASSW(OR)?D|PRIVATE_?KEY|TOKEN"
    "|(CLIENT|APP|WEBHOOK|JWT)_?SECRET|SECRET_?KEY)$",
    re.IGNORECASE,
)
MASKED = "***"  # is shown in the place of a secret
CAMEL_CASE = re.compile("(?<=[a-z0-9])(?=[A-Z])")
# What is one whatever the variable is called: keys of AWS, private keys, tokens of GitHub and of Slack.
SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[opsur]_\w{36}|\bxox[abeprs]-\w{10}"
)
SHORTEST_TOKEN = 15  # characters
# What is none whatever the variable is called: nothing, a switch, or where the secret is kept.
NO_SECRET = re.compile(r"|true|false|\d|(arn:|/|https?://|s3://).*", re.IGNORECASE | re.DOTALL)
# A secret that a script or a configuration file states: NAME="value" anywhere, and NAME=value alone in a line. A value
# that is substituted, or known only in part, is none.
NAME = r"(?<!\w)(?<!\w-)(?P<name>[A-Za-z_]\w*)"
STATED = (
    re.compile(NAME + r"""["']?[ \t]*[:=][ \t]*(?P<quote>["'])(?P<value>[^"'`$<{\x01\r\n]{3,}+)(?P=quote)"""),
    re.compile(
        rf"""^[ \t]*(?:export[ \t]+|set[ \t]+)?{NAME}=(?P<value>[^\s"'`$<{{(;&|\x01]{{3,}}+)[ \t\r]*$""", re.MULTILINE
    ),
)


def secrets_in_script(script: str) -> list[str]:
    """What a script states in plain text: the names of its secrets, and whether there is a key or a token.

    Args:
        script: the text; the character U+0001 stands for each part that is not known.
    """
    found = [match for pattern in STATED for match in pattern.finditer(script)]
    names = [match["name"] for match in found if may_hold_secret(match["name"], match["value"])]
    keys = ["a key or a token"] if SECRET_VALUE.search(script) else []
    return list(dict.fromkeys([*keys, *(name for name in names if names_secret(name))]))


def holds_secret(text: str) -> bool:
    """Whether a text is a key or a token, or states a secret as a script does."""
    if len(text) < SHORTEST_TOKEN and "=" not in text and ":" not in text:
        return False
    return bool(secrets_in_script(text))


def plaintext_secrets(variables: Any) -> list[Any]:
    """The names of environment variables that hold a secret in plain text; unknown where the value is."""
    if isinstance(variables, Unknown):
        return [variables]
    return [_told(name, value) for name, value in (variables or {}).items() if may_hold_secret(name, value)]


def names_secret(name: str) -> bool:
    """Whether a variable is called like a secret itself, as DB_PASSWORD and githubToken are."""
    if isinstance(name, Unknown):
        return Unknown(name.why)
    return SECRET_NAME.search(CAMEL_CASE.sub("_", name)) is not None


def may_hold_secret(name: str, value: Any) -> bool:
    """Whether a variable's name says that its value is a secret, or the value looks like one."""
    if isinstance(value, Unknown):
        return names_secret(name) and not value.reference  # what refers to a resource is its name or its ARN
    text = str(value)
    return SECRET_VALUE.search(text) is not None or (names_secret(name) and NO_SECRET.fullmatch(text) is None)


def _told(name: str, value: Any) -> Any:
    return Unknown(f"{name}: {value}") if isinstance(value, Unknown) else name
