"""The review as Markdown: one statement on a line, so that a diff shows which statement changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from review.templates import environment

if TYPE_CHECKING:
    from review.model import Review

SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")


def markdown(review: Review) -> str:
    """The document."""
    template = environment(autoescape=False).get_template("page.md.j2")
    return template.render(review=review) + "\n"


def escaped(text: object) -> str:
    """Somebody else's text as a part of a line."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
