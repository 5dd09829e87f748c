"""The names of environments: which tag states them, and which aliases mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAG = "Environment"
PRODUCTION = "production"
ALIASES: Mapping[str, Sequence[str]] = {
    PRODUCTION: ("prod", "prd", "live"),
    "staging": ("stage", "stg", "preprod", "pre-prod", "pre-production", "uat", "acceptance"),
    "test": ("tst", "testing", "qa"),
    "development": ("dev", "develop"),
}


class Environments:
    """How a deployment names its environments.

    Args:
        tag: the key of the tag that states a resource's environment.
        aliases: by the name of an environment the other values that mean it. Upper and lower case are the same.
    """

    __slots__ = ("_names", "tag")

    def __init__(self, tag: str = TAG, aliases: Mapping[str, Sequence[str]] = ALIASES) -> None:
        self.tag = tag
        self._names = {alias.lower(): name.lower() for name, others in aliases.items() for alias in (name, *others)}

    def name_of(self, value: str) -> str:
        """The name of the environment that a tag's value means; another value is a name of its own.

        What is known of a part of a value decides nothing: ``pr*`` may be an alias.
        """
        if isinstance(value, Unknown):
            unknown: Any = Unknown(value.why)
            return unknown
        name = value.strip().lower()
        return self._names.get(name, name)


BY_DEFAULT = Environments()
