"""The review as Markdown: one statement on a line, so that a diff shows which statement changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from review.page_filters import environment

if TYPE_CHECKING:
    from review.model import Review


def markdown(review: Review) -> str:
    """The document."""
    return environment(autoescape=False).get_template("page.md.j2").render(review=review) + "\n"
