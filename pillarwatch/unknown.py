"""Unknown: the third value, which no check has to mention.

A template's parameter without a default, a denied API call, a document that cannot be read: their values are not
known, and what is not known never passes. Comparing an ``Unknown`` answers an ``Unknown`` again, and asking it for a
decision (``if``, ``not``, ``in``, iteration) raises :class:`Unresolved`, which the judge turns into INSUFFICIENT_DATA.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Unresolved(Exception):
    """A decision was asked of a value that is not known. ``str()`` says why it is not."""


class Unknown:
    """A value that is not known, and why.

    Args:
        why: completes "unknown: ...", e.g. ``parameter Days has no default``.
        present: whether the attribute is surely there, only its value unknown (a ``Ref`` to another resource).
        reference: the logical id that a template refers to here.
        parts: the known pieces of a text in order, ``None`` standing for each unknown one (``Fn::Sub``); what is
            known decides a comparison where it can.
    """

    __slots__ = ("parts", "present", "reference", "why")

    def __init__(
        self, why: str, *, present: bool = False, reference: str = "", parts: tuple[str | None, ...] = (None,)
    ) -> None:
        self.why = why
        self.present = present
        self.reference = reference
        self.parts = parts

    def __str__(self) -> str:
        return self.why

    def __repr__(self) -> str:
        return f"Unknown({self.why!r})"

    def _unresolved(self, *_: object) -> Any:
        raise Unresolved(self.why)

    def __hash__(self) -> int:
        """Raise: membership of a set would otherwise be answered by identity."""
        return int(self._unresolved())

    __bool__ = __iter__ = __len__ = __int__ = __float__ = __index__ = _unresolved

    def _itself(self, *_: object) -> Any:
        return self

    __lt__ = __le__ = __gt__ = __ge__ = _itself
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __getitem__ = __and__ = __or__ = __rand__ = __ror__ = _itself

    def __eq__(self, other: object) -> Any:
        """Surely unequal where the known pieces cannot make ``other``; otherwise unknown."""
        return self if isinstance(other, Unknown) or self._may_be(other) else False

    def __ne__(self, other: object) -> Any:
        return self if isinstance(other, Unknown) or self._may_be(other) else True

    def __contains__(self, piece: str) -> bool:
        return any(part and piece in part for part in self.parts) or bool(self)

    def startswith(self, prefix: str | tuple[str, ...]) -> Any:
        """As ``str.startswith``, decided by the known beginning where it is long enough."""
        return self._decided(self.parts[0], prefix, str.startswith)

    def endswith(self, suffix: str | tuple[str, ...]) -> Any:
        """As ``str.endswith``, decided by the known end where it is long enough."""
        return self._decided(self.parts[-1], suffix, str.endswith)

    def lower(self) -> Unknown:
        """As ``str.lower``, on the known pieces."""
        lowered = tuple(part.lower() if part else part for part in self.parts)
        return Unknown(self.why, present=self.present, parts=lowered)

    def __getattr__(self, name: str) -> Callable[..., Unknown]:
        if name.startswith("_"):  # copy, pickle and friends ask for protocols that we do not have
            raise AttributeError(name)
        return self._itself

    def _may_be(self, other: object) -> bool:
        if not isinstance(other, str):
            return self.parts == (None,)
        pattern = "".join(".*" if part is None else re.escape(part) for part in self.parts)
        return re.fullmatch(pattern, other, re.DOTALL) is not None

    def _decided(self, known: str | None, wanted: str | tuple[str, ...], test: Callable[[str, Any], bool]) -> Any:
        for text in (wanted,) if isinstance(wanted, str) else wanted:
            if not known:
                return self
            if test(known, text):
                return True
            if test(text, known):  # what is known is shorter, and agrees so far
                return self
        return False


def all_of(conditions: Iterable[bool]) -> bool:
    """Whether every condition holds; one that surely fails beats an unknown one."""
    unknown: Any = None
    for condition in conditions:
        if isinstance(condition, Unknown):
            unknown = condition
        elif not condition:
            return False
    return True if unknown is None else unknown


def any_of(conditions: Iterable[bool]) -> bool:
    """Whether a condition holds; one that surely holds beats an unknown one."""
    unknown: Any = None
    for condition in conditions:
        if isinstance(condition, Unknown):
            unknown = condition
        elif condition:
            return True
    return False if unknown is None else unknown


def none_of(conditions: Iterable[bool]) -> bool:
    """Whether no condition holds; one that surely holds beats an unknown one."""
    found: Any = any_of(conditions)
    answer: Any = found if isinstance(found, Unknown) else not found
    return answer  # type: ignore[no-any-return]


def failing(elements: Iterable[Any], holds: Callable[[Any], bool]) -> Iterator[Any]:
    """The elements for which a condition surely does not hold: what an annotation names."""
    for element in elements:
        verdict = holds(element)
        if not isinstance(verdict, Unknown) and not verdict:
            yield element
