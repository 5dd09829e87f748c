"""Unknown: the third value, which no check has to mention; and the defaults of what a template does not state.

A template's parameter without a default, a denied API call, a document that cannot be read: their values are not
known, and what is not known never passes. Comparing an ``Unknown``, or making something of it, answers an ``Unknown``
again, and asking it for a decision (``if``, ``not``, ``in``, iteration) raises :class:`Unresolved`, which the judge
turns into INSUFFICIENT_DATA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


class Unresolved(Exception):
    """A decision needs a value that is unknown. ``str()`` says why it is unknown."""


class Default(str):
    """A text that a template does not state: a parameter's default, or AWS's. The annotation names the source."""

    __slots__ = ("parameter", "source")
    parameter: str  #: empty where it is AWS's default
    source: str  #: as the annotation names it

    @classmethod
    def of(cls, parameter: str, value: str) -> Default:
        """The default ``value`` of ``parameter``."""
        text = cls(value)
        text.parameter, text.source = parameter, f"default of parameter {parameter}"
        return text

    @classmethod
    def of_aws(cls, value: str, what: str) -> Default:
        """The ``value`` that AWS sets; ``what`` completes "default of AWS", e.g. ``since April 2023``."""
        text = cls(value)
        text.parameter, text.source = "", f"default of AWS {what}".rstrip()
        return text


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
    is_text = False  #: whether it is surely a text, whichever

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

    __bool__ = __iter__ = __contains__ = __len__ = __int__ = __float__ = __index__ = _unresolved

    def _derived(self, *_: object) -> Any:
        """What is made of it: not known either, and of other pieces."""
        return Unknown(self.why)

    __lt__ = __le__ = __gt__ = __ge__ = _derived
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _derived
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _derived
    __neg__ = __pos__ = __abs__ = __round__ = __floor__ = __ceil__ = __trunc__ = __getitem__ = _derived

    def __format__(self, spec: str) -> str:
        """What an annotation shows in the place of the value: what it refers to, else the reason."""
        return f"a reference to {self.reference}" if self.present and self.reference else self.why

    def __eq__(self, other: object) -> Any:
        """Surely unequal where the known pieces cannot make ``other``; otherwise unknown."""
        return self._derived() if self._may_be(other) else False

    def __ne__(self, other: object) -> Any:
        return self._derived() if self._may_be(other) else True

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
        return self._derived

    def filled(self, text: str) -> Any:
        """The same with its first unknown piece known: a text, if that was the only one."""
        at = self.parts.index(None)
        parts = (*self.parts[:at], text, *self.parts[at + 1 :])
        end = parts.index(None) if None in parts else len(parts)
        known, rest = "".join(map(str, parts[:end])), parts[end:]
        if not rest:
            return known
        return Unknown(self.why, present=self.present, reference=self.reference, parts=(known, *rest))

    @property
    def pieces(self) -> tuple[str | Unknown, ...]:
        """The known pieces and the unknown ones of a text, in order."""
        if self.parts == (None,):
            return (self,)
        gap = Unknown(self.why, reference=self.reference)
        return tuple(gap if part is None else part for part in self.parts)

    def among(self, pieces: Sequence[str | Unknown]) -> Any:
        """The text of several pieces, of which this is one."""
        if len(pieces) == 1:
            return self
        gaps = [piece for piece in pieces if isinstance(piece, Unknown)]
        parts = [part for piece in pieces for part in (piece.parts if isinstance(piece, Unknown) else (piece,))]
        merged: list[str | None] = []
        for part in parts:
            if merged and part is not None and merged[-1] is not None:
                merged[-1] += part
            elif part is not None or not merged or merged[-1] is not None:
                merged.append(part)
        reference = self.reference if len(gaps) == 1 else ""
        return Unknown(self.why, present=any(merged) or self.present, reference=reference, parts=tuple(merged))

    def _may_be(self, other: object) -> bool:
        if isinstance(other, Unknown):  # of two beginnings, or two ends, of one text the longer has the shorter
            begin = _agree(self.parts[0] or "", other.parts[0] or "", str.startswith)
            return begin and _agree(self.parts[-1] or "", other.parts[-1] or "", str.endswith)
        if not isinstance(other, str) or self.parts == (None,):
            return True
        return _fits(self.parts, other)

    def _decided(self, known: str | None, wanted: str | tuple[str, ...], test: Callable[[str, Any], bool]) -> Any:
        texts = (wanted,) if isinstance(wanted, str) else wanted
        if any(test(known or "", text) for text in texts):
            return True
        # What is known may be shorter than a text, and agree so far.
        return self._derived() if not known or any(test(text, known) for text in texts) else False


def _fits(parts: tuple[str | None, ...], text: str) -> bool:
    """Whether a text has the known parts in their order, and anything in place of the unknown ones.

    Between two unknown ones a part is taken where it comes first, which leaves most for the rest. A regular expression
    would try every other place too: a time that is exponential in the parts.
    """
    runs = [""]  # the known texts before, between and after the unknown parts
    for part in parts:
        if part is None:
            runs.append("")
        else:
            runs[-1] += part
    if len(runs) == 1:
        return text == runs[0]
    first, *between, last = runs
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for run in between:
        found = text.find(run, at, end)
        if found < 0:
            return False
        at = found + len(run)
    return True


def _agree(one: str, another: str, test: Callable[[str, str], bool]) -> bool:
    """Whether one of two texts is a beginning, or an end, of the other."""
    return test(one, another) or test(another, one)


def tried(question: Callable[[Any], bool], element: Any) -> bool:
    """What a question says of one element; where that is not known it is Unknown, and the other elements count."""
    try:
        return question(element)
    except Unresolved as unresolved:
        return Unknown(str(unresolved))  # type: ignore[return-value]


def all_of(conditions: Collection[Any], holds: Callable[[Any], bool] | None = None) -> bool:
    """Whether every condition holds, or one holds for every element; one that surely fails beats an unknown one."""
    rest: Any = conditions
    try:
        if holds is None:
            return all(conditions)
        rest = iter(conditions)
        for each in rest:
            if not holds(each):
                return False
    except Unresolved as unresolved:  # rare: an answer that is known costs no test for it
        return _beside(unresolved, rest, holds, decisive=False)
    return True


def any_of(conditions: Collection[Any], holds: Callable[[Any], bool] | None = None) -> bool:
    """Whether a condition holds, or one holds for an element; one that surely holds beats an unknown one."""
    rest: Any = conditions
    try:
        if holds is None:
            return any(conditions)
        rest = iter(conditions)
        for each in rest:
            if holds(each):
                return True
    except Unresolved as unresolved:
        return _beside(unresolved, rest, holds, decisive=True)
    return False


def _beside(unresolved: Unresolved, rest: Any, holds: Callable[[Any], bool] | None, *, decisive: bool) -> bool:
    """What conditions answer of which one is unknown: the decisive answer of another, else the last unknown one."""
    if isinstance(rest, Unknown):
        return rest  # type: ignore[return-value]
    unknown: Any = Unknown(str(unresolved))
    for each in rest:
        condition: Any = each if holds is None else tried(holds, each)
        if isinstance(condition, Unknown):
            unknown = condition
        elif bool(condition) is decisive:
            return decisive
    return unknown  # type: ignore[no-any-return]


def none_of(conditions: Collection[Any], holds: Callable[[Any], bool] | None = None) -> bool:
    """Whether no condition holds, or one holds for no element; one that surely holds beats an unknown one."""
    if holds is None:
        try:
            return not any(conditions)
        except Unresolved:
            pass
    found: Any = any_of(conditions, holds)
    if found is False:
        return True
    return False if found is True else found


def surely(condition: bool) -> bool:
    """Whether a condition is known to hold: an unknown one does not. For exceptions, which an unknown never earns."""
    return condition is True


def contains(container: Sequence[Any], wanted: Any) -> bool:
    """As ``wanted in container``, of values that may be unknown: a text with a piece, or a list with an element."""
    try:
        return wanted in container
    except (TypeError, Unresolved):  # one of both is unknown, or an element on the way
        pass
    answer: Any
    if isinstance(container, Unknown):
        answer = any(part and wanted in part for part in container.parts if isinstance(wanted, str))
        answer = answer or Unknown(container.why)
    elif isinstance(wanted, Unknown) and isinstance(container, str):
        answer = Unknown(wanted.why)
    else:
        answer = any_of([element == wanted for element in container])
    return answer  # type: ignore[no-any-return]
