"""The review as Markdown: one statement on a line, so that a diff shows which statement changed."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from review.templates import environment

if TYPE_CHECKING:
    from review.model import Review

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # such as what reverses the text around it
JOINER = "\u200d"  # of emoji
SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")


def markdown(review: Review) -> str:
    """The document."""
    template = environment(autoescape=False).get_template("page.md.j2")
    return template.render(review=review) + "\n"


def escaped(text: object) -> str:
    """Somebody else's text as a part of a line: markup is escaped, and what cannot be seen is named."""
    line = " ".join(str(text).split())
    return "".join(_visible(character) for character in SPECIAL.sub(r"\\\1", line))


def _visible(character: str) -> str:
    unseen = unicodedata.category(character) in UNSEEN and character != JOINER
    return f"U+{ord(character):04X}" if unseen else character
