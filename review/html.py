"""The review as one HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from review.drawings import gained, heat_map, plot
from review.templates import environment

if TYPE_CHECKING:
    from review.model import Review


MOST_GAPS = 4  # of a theme, with their sentences; the tables have all


def html(review: Review) -> str:
    """The page."""
    template = environment(autoescape=True).get_template("page.html.j2")
    return (
        template.render(
            review=review, heat_map=heat_map(review), plot=plot(review.actions), gained=gained, most_gaps=MOST_GAPS
        )
        + "\n"
    )
