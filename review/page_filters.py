"""What the templates of the renderings share: how numbers and other people's texts look in them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from review.model import PillarResult

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of characters, such as what reverses the text around it
JOINER = "\u200d"  # of emoji
MARKUP = re.compile(r"([\\`*_\[\]<>|~#])")


@cache
def environment(*, autoescape: bool) -> Environment:
    """Where templates are. A name that a template misspells is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=autoescape,  # noqa: S701 - Markdown has escapes of its own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    made.filters |= {"points": points, "slug": slug, "md": in_markdown, "lowered": lowered}
    return made


def points(value: float | None) -> str:
    """A score as people read it."""
    return "-" if value is None else f"{value:.0f}"


def lowered(pillars: Iterable[PillarResult]) -> list[PillarResult]:
    """The pillars whose score would be lower if accepted risks counted as failures."""
    return [one for one in pillars if one.score_without_waivers not in {None, one.score}]


def slug(status: str) -> str:
    """A status as the name of a class."""
    return status.lower().replace(" ", "-")


def in_markdown(text: object) -> str:
    """Somebody else's text as a part of a line of Markdown."""
    return MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def visible(value: Any) -> Any:
    """A text in which what cannot be seen is named: nobody's resource turns our sentence around."""
    if type(value) is not str or value.isascii():
        return value
    return "".join(f"U+{ord(one):04X}" if _is_unseen(one) else one for one in value)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN and character not in {JOINER, "\n"}
