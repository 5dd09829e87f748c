"""Values that a template leaves open, and texts composed of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Default, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ABSENT: Any = object()  # what AWS::NoValue stands for
VARIABLE = re.compile(r"\$\{(!?)([^${}]+)\}")
REFERENCE = re.compile(r"\$\{([^${}.]++)[^${}]*+\}")
OWN_ARN = re.compile(r"\$\{[^${}.]+\.Arn\}")
UNSPELLED = "${?}"  # what nobody can spell
DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")


class Misused(Exception):
    """An intrinsic function has arguments that it cannot have."""


class Open(Unknown):
    """A text that the template leaves open, and how ``Fn::Sub`` would spell it: ``arn:aws:s3:::${Bucket}/*``.

    Two values of one spelling are equal once deployed, and the spelling says what it refers to.
    """

    __slots__ = ("_pieces", "of_type", "spelling")
    is_text = True

    def __init__(
        self,
        why: str,
        spelling: str,
        *,
        present: bool = True,
        reference: str = "",
        parts: tuple[str | None, ...] = (None,),
        pieces: tuple[str | Unknown, ...] = (),
    ) -> None:
        super().__init__(why, present=present, reference=reference, parts=parts)
        self.spelling = spelling
        self._pieces = pieces
        self.of_type = ""  #: of a ``Ref``, the type of its resource, where no other resource has the same

    @property
    def pieces(self) -> tuple[str | Unknown, ...]:
        """What it was joined of, else itself."""
        return self._pieces or (self,)

    def among(self, pieces: Sequence[str | Unknown]) -> Any:
        """The text of several pieces, of which this is one."""
        return joined(pieces)

    def __eq__(self, other: object) -> Any:
        """Two of one spelling are equal, ARNs of two resources are not; otherwise as far as known pieces decide."""
        if isinstance(other, Open):
            if other.spelling == self.spelling and UNSPELLED not in self.spelling:
                return True
            if (self.is_own_arn and other.is_own_arn) or (self.of_type and self.of_type == other.of_type):
                return False
        return super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        equal = self == other
        return equal if isinstance(equal, Unknown) else not equal

    __hash__ = Unknown.__hash__

    def filled(self, text: str) -> Any:
        """As :meth:`Unknown.filled`, its spelling along."""
        found = super().filled(text)
        if isinstance(found, str):
            return found
        spelled = VARIABLE.sub(text, self.spelling, count=1)
        return Open(self.why, spelled, present=self.present, reference=self.reference, parts=found.parts)

    @property
    def is_own_arn(self) -> bool:
        """Whether it is the ARN of a resource of the template, which no other resource has."""
        return self.parts == ("arn:", None) and OWN_ARN.fullmatch(self.spelling) is not None

    def __add__(self, *other: object) -> Any:
        return joined([self, *other])

    def __radd__(self, *other: object) -> Any:
        return joined([*other, self])


def spelling(value: object) -> str | None:
    """How ``Fn::Sub`` would spell a resolved value; None where it cannot."""
    if isinstance(value, Open):
        return value.spelling
    return value if isinstance(value, str) else None


def references(value: object) -> set[str]:
    """The logical ids that a resolved value refers to."""
    return set(REFERENCE.findall(value.spelling)) if isinstance(value, Open) else set()


def joined(pieces: Iterable[Any]) -> Any:
    """One text of resolved pieces: plain, from a parameter's default, or open where a piece is unknown."""
    whole = ""
    parts: list[str | None] = []
    joins: list[str | Unknown] = []
    unknown: list[Unknown] = []
    defaults: list[Default] = []
    for piece in pieces:
        if isinstance(piece, Unknown):
            unknown.append(piece)
            parts += piece.parts
            joins += piece.pieces
            whole += spelling(piece) or UNSPELLED
        elif piece is not ABSENT:
            text = plain(piece)
            defaults += [piece] if isinstance(piece, Default) else []
            parts.append(text)
            joins.append(piece if isinstance(piece, Default) else text)
            whole += text
    if not unknown:
        return from_default(whole, *defaults)
    merged = _merged(parts)
    return Open(
        str(min(unknown, key=lambda piece: piece.reference != "")),  # what is a name is known well enough
        whole,
        present=any(parts) or any(piece.present for piece in unknown),
        reference=_referred([piece.reference for piece in unknown]) if len(unknown) == 1 or merged != (None,) else "",
        parts=merged,
        pieces=tuple(piece for piece in joins if isinstance(piece, Unknown) or piece),
    )


def _referred(references: list[str]) -> str:
    """What a text of several unknown pieces refers to: its one resource, else what AWS defines; nothing if unsure."""
    resources = {name for name in references if not name.startswith("AWS::")}
    return "" if len(resources) > 1 else next(iter(resources), references[0])


def from_default(value: Any, *sources: Any) -> Any:
    """A text that follows from parameters' defaults says so; other values stay as they are."""
    parameters = dict.fromkeys(
        source.parameter for source in sources if isinstance(source, Default) and source.parameter
    )
    return Default.of(", ".join(parameters), value) if parameters and isinstance(value, str) else value


def _merged(parts: Iterable[str | None]) -> tuple[str | None, ...]:
    merged: list[str | None] = []
    for part in parts:
        if merged and part is not None and merged[-1] is not None:
            merged[-1] += part
        elif part != "" and (part is not None or not merged or merged[-1] is not None):
            merged.append(part)
    return tuple(merged)


def settled(text: Any) -> Any:
    """A composed text; if what was composed is a dynamic reference, its value is unknown."""
    spelled = spelling(text) or ""
    if "{{resolve:" not in spelled:
        return text
    if isinstance(text, Open):
        return Open("a dynamic reference is resolved when deployed", spelled)
    return dynamic_reference(text)


def dynamic_reference(text: str) -> Open:
    """``{{resolve:ssm:...}}`` is there, and its value is not ours to know."""
    parts: list[str | None] = []
    end = 0
    for found in DYNAMIC_REFERENCE.finditer(text):
        parts += [text[end : found.start()], None]
        end = found.end()
    known = _merged([*parts, text[end:]])
    return Open("a dynamic reference is resolved when deployed", text, parts=known if None in known else (None,))


def unknown_like(unknown: Unknown) -> Unknown:
    """Something made of an unknown value, of which nothing is known either."""
    return Unknown(unknown.why, present=unknown.present, reference=unknown.reference)


def plain(value: Any) -> str:
    """A scalar as CloudFormation writes it.

    Raises:
        Misused: it is none.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Misused("has a list or an object where a text belongs")
