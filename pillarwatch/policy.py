"""One statement of a policy document, however it was written.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Statement:
    """A statement with its elements as lists, whether the document holds one text or several."""

    __slots__ = ("_statement",)

    def __init__(self, statement: Any) -> None:
        broken = Unknown("a policy statement could not be read", present=True)
        self._statement: Any = statement if isinstance(statement, dict | Unknown) else broken

    def _element(self, name: str) -> Any:
        return self._statement if isinstance(self._statement, Unknown) else self._statement.get(name)

    def _texts(self, name: str) -> Sequence[str]:
        return _texts(self._element(name))

    @property
    def allows(self) -> bool:
        """Whether the effect is Allow."""
        effect: Any = self._element("Effect")
        return effect == "Allow"  # type: ignore[no-any-return]

    @property
    def denies(self) -> bool:
        """Whether the effect is Deny."""
        effect: Any = self._element("Effect")
        return effect == "Deny"  # type: ignore[no-any-return]

    @property
    def actions(self) -> Sequence[str]:
        """Action, e.g. ``s3:GetObject``; IAM does not care about case."""
        return self._texts("Action")

    @property
    def not_actions(self) -> Sequence[str]:
        """NotAction: everything but these."""
        return self._texts("NotAction")

    @property
    def resources(self) -> Sequence[str]:
        """Resource."""
        return self._texts("Resource")

    @property
    def principals(self) -> Sequence[str]:
        """The principals of every kind, ``*`` for anybody."""
        principal: Any = self._element("Principal")
        if isinstance(principal, dict):
            return [text for kind in principal.values() for text in _texts(kind)]
        return _texts(principal)

    @property
    def conditions(self) -> dict[str, dict[str, Any]]:
        """Condition: operator to condition key (in lower case) to value."""
        found: Any = self._element("Condition")
        if isinstance(found, Unknown):
            return found  # type: ignore[return-value]
        if not isinstance(found, dict):
            return {}
        return {
            operator: {str(key).lower(): value for key, value in keys.items()} if isinstance(keys, dict) else {}
            for operator, keys in found.items()
        }

    def condition(self, operator: str, key: str) -> Sequence[str]:
        """The values of one condition, e.g. ``condition("Bool", "aws:SecureTransport")``."""
        return _texts(self.conditions.get(operator, {}).get(key.lower()))

    def acts_on(self, *services_or_actions: str) -> bool:
        """Whether an action is one of these, wildcards as written (``*``, ``s3:*``)."""
        wanted = [text.lower() for text in services_or_actions]
        return any_of(any_of(action.lower() == text for text in wanted) for action in self.actions)

    def covers(self, *actions: str) -> bool:
        """Whether its actions include one of these, wildcards resolved: ``s3:Get*`` covers ``s3:GetObject``."""
        return any_of(_matches(pattern, action) for pattern in self.actions for action in actions)

    @property
    def excepts_actions(self) -> bool:
        """Whether it names by NotAction what it is *not* about."""
        return any_of(action != "" for action in self.not_actions)

    @property
    def reaches_everything(self) -> bool:
        """Whether the resource is ``*``."""
        return any_of(resource == "*" for resource in self.resources)

    @property
    def admits_anybody(self) -> bool:
        """Whether it allows every principal without any condition."""
        return all_of([self.allows, any_of(p == "*" for p in self.principals), self.conditions == {}])


def _matches(pattern: Any, action: str) -> Any:
    return pattern if isinstance(pattern, Unknown) else fnmatchcase(action.lower(), pattern.lower())


def _texts(value: Any) -> Sequence[str]:
    if value is None:
        return []
    if isinstance(value, Unknown):
        return [value]  # type: ignore[list-item]
    if isinstance(value, list):
        texts: list[Any] = [v if isinstance(v, str | Unknown) else str(v) for v in value]
        return texts
    return [str(value)]
