"""The templates of the renderings, and how numbers look in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def environment(*, autoescape: bool) -> Environment:
    """What the renderings' templates share. A name that a template misspells is an error."""
    from review.markdown import escaped  # noqa: PLC0415 - they import each other

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=autoescape,  # noqa: S701 - Markdown has escapes of its own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"points": points, "md": escaped}
    return made


def points(value: float | None) -> str:
    """A score as people read it."""
    return "-" if value is None else f"{value:.0f}"
