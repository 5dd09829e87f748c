"""The conditions of a template: decided, or open with the comparison that is missing for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.unknown import Default, Unknown
from template_scan.open_values import Misused, Open, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OF_PARAMETERS = {"Ref", "Fn::FindInMap", "Fn::Join", "Fn::Select", "Fn::Split"}


class Found(NamedTuple):
    """What is the same under all assumptions, and found out once.

    Attributes:
        parameters: the values of parameters.
        named: the conditions that each condition names.
        comparisons: what comparisons of parameters find, by the identity of both sides, which the document keeps alive;
            and the parameters whose defaults were read.
    """

    parameters: dict[str, Any]
    named: dict[str, list[str]]
    comparisons: dict[tuple[int, int], tuple[bool | str, dict[str, None]]]


class Conditions:
    """The conditions of a template under assumptions about what they leave undecided.

    A decision is true, false, or the comparison that leaves it undecided.
    """

    def __init__(self, conditions: Mapping[str, Any], assumptions: Mapping[str, bool], found: Found | None) -> None:
        self._conditions = conditions
        self._assumptions = assumptions
        self._decisions: dict[str, bool | str] = {}
        self._decided_by: dict[str, dict[str, None]] = {}  # parameters by condition
        self._reading: dict[str, None] = {}  # the parameters that the condition at hand has read
        self.found = found or Found({}, {}, {})

    def value(self, raw: Any) -> Any:
        """A value of the template, resolved."""
        raise NotImplementedError

    def warn(self, text: str) -> None:
        """Note what is wrong with a value or a condition."""
        raise NotImplementedError

    def decision(self, condition: Any) -> bool | str:
        """Whether a condition holds; where that is undecided, the comparison."""
        if not isinstance(condition, str) or condition not in self._conditions:
            self.warn(f"condition {condition} is not defined in this template")
            return self._assumed(f"condition {condition}")
        for name in () if condition in self._decisions else self._in_order(condition):
            self._decisions[name] = self._assumed(f"condition {name}")  # a condition that needs itself
            outer, self._reading = self._reading, {}
            self._decisions[name] = self._evaluated(self._conditions[name])
            self._decided_by[name], self._reading = self._reading, outer
        self._reading |= self._decided_by.get(condition, {})
        return self._decisions[condition]

    def _in_order(self, condition: str) -> list[str]:
        """The conditions that are needed for one and not yet decided, each after those that it needs.

        A chain of conditions may be longer than Python's stack is deep.
        """
        order: dict[str, None] = {}
        entered: set[str] = set()
        pending = [condition]
        while pending:
            name = pending[-1]
            if name in entered or name in self._decisions:
                pending.pop()
                if name not in self._decisions:
                    order[name] = None
                continue
            entered.add(name)
            if name not in self.found.named:
                self.found.named[name] = [
                    each for each in _named_in(self._conditions[name]) if each in self._conditions
                ]
            pending += self.found.named[name]
        return list(order)

    def _evaluated(self, expression: Any) -> bool | str:
        match expression:
            case {"Condition": name}:
                return self.decision(name)
            case {"Fn::Equals": [left, right]}:
                return self._equal(left, right)
            case {"Fn::Not": [part]}:
                decision = self._evaluated(part)
                return decision if isinstance(decision, str) else not decision
            case {"Fn::And": [*parts]}:
                return self._combined(parts, decisive=False)
            case {"Fn::Or": [*parts]}:
                return self._combined(parts, decisive=True)
            case _:
                return self._assumed(_canonical(expression))

    def _combined(self, parts: Iterable[Any], *, decisive: bool) -> bool | str:
        """One part with the decisive value decides, whatever is undecided in the others."""
        decisions = [self._evaluated(part) for part in parts]
        undecided = next((decision for decision in decisions if isinstance(decision, str)), not decisive)
        return decisive if decisive in decisions else undecided

    def _equal(self, left_raw: Any, right_raw: Any) -> bool | str:
        key = id(left_raw), id(right_raw)
        if key in self.found.comparisons:
            found, read = self.found.comparisons[key]
        else:
            left, right = self.value(left_raw), self.value(right_raw)
            read = {side.parameter: None for side in (left, right) if isinstance(side, Default)}
            found = self._comparison(left_raw, right_raw, left, right)
            if _is_of_parameters([left_raw, right_raw]):
                self.found.comparisons[key] = found, read
        self._reading |= read
        return self._assumed(found) if isinstance(found, str) else found

    def _comparison(self, left_raw: Any, right_raw: Any, left: Any, right: Any) -> bool | str:
        """Whether two values are equal; where that is undecided, the comparison."""
        if isinstance(left, Open) and isinstance(right, Open) and left.spelling == right.spelling:
            return True
        if not isinstance(left, Unknown) and not isinstance(right, Unknown):
            try:
                return plain(left) == plain(right)
            except Misused:
                return _canonical([left_raw, right_raw])
        if isinstance(right, Unknown) and not isinstance(left, Unknown):
            left, right, left_raw = right, left, right_raw
        if isinstance(right, str) and not isinstance(left == right, Unknown):
            return False
        return " == ".join(sorted((_canonical(left_raw), _canonical(right_raw))))

    def _assumed(self, comparison: str) -> bool | str:
        return self._assumptions.get(comparison, comparison)


def _named_in(expression: Any) -> Iterator[str]:
    """The conditions that an expression names."""
    for inner in expression if isinstance(expression, list) else ():
        yield from _named_in(inner)
    for key, inner in expression.items() if isinstance(expression, dict) else ():
        if key == "Condition" and isinstance(inner, str):
            yield inner
        elif key == "Fn::If" and isinstance(inner, list) and inner and isinstance(inner[0], str):
            yield inner[0]
        yield from _named_in(inner)


def _is_of_parameters(raw: Any) -> bool:
    """Whether a value follows from parameters and mappings, and so from no condition."""
    if isinstance(raw, list):
        return all(map(_is_of_parameters, raw))
    return not isinstance(raw, dict) or all(
        name in OF_PARAMETERS and _is_of_parameters(argument) for name, argument in raw.items()
    )


def _canonical(expression: Any) -> str:
    return json.dumps(expression, sort_keys=True, default=str)
