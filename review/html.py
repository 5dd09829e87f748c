"""The review as one HTML page that needs nothing else: no script, no font and no picture from anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from review.chart_marks import gained, heat_map, parts, plot, sweep
from review.page_filters import environment, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from review.model import Action, Named, Review, Statement

MOST_GAPS = 3  # of a theme are shown at once, or one more; the others open


def html(review: Review) -> str:
    """The page."""
    numbers = {check: action.number for action in reversed(review.actions) for check in action.closes}
    return (
        environment(autoescape=True)
        .get_template("page.html.j2")
        .render(
            review=review,
            totals=review.totals,
            heat_map=heat_map(review),
            plot=plot(review.actions),
            parts=parts,
            sweep=sweep,
            gained=gained,
            actions_of=lambda statements: sorted({numbers[one.check] for one in statements}),
            isolated=isolated,
            places=places,
            shown_gaps=lambda theme: len(theme.gaps) if len(theme.gaps) <= MOST_GAPS + 1 else MOST_GAPS,
        )
        + "\n"
    )


def isolated(statement: Statement | Action, attribute: str = "text") -> Markup:
    """A sentence in which the names of resources are isolated: none changes the direction of the text around it."""
    names = sorted({one.name for one in statement.resources}, key=lambda name: (-len(name), name))
    text = getattr(statement, attribute)
    if not names:
        return escape(visible(text))
    pieces = re.split(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)", text)
    return Markup().join(
        Markup("<bdi>{}</bdi>").format(visible(piece)) if index % 2 else escape(visible(piece))
        for index, piece in enumerate(pieces)
    )


def places(resources: Iterable[Named]) -> list[str]:
    """Where resources are: ARNs, and files with their lines (``a.yaml:12, 40``)."""
    files: dict[str, list[str]] = {}
    for one in resources:
        file, _, line = one.where.rpartition(":")
        is_line = line.isdecimal() and not one.where.startswith("arn:")
        files.setdefault(file if is_line else one.where, []).extend([line] if is_line else [])
    return [f"{file}:{', '.join(lines)}" if lines else file for file, lines in files.items()]
