"""The themes of a review, read from ``themes.toml``: which question of the framework belongs to which."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pillarwatch.framework import best_practice

if TYPE_CHECKING:
    from pillarwatch import Check


class Theme(NamedTuple):
    """A theme."""

    id: str
    title: str
    questions: tuple[str, ...]
    checks: tuple[str, ...] = ()  #: that belong to it whatever their first best practice is


@cache
def themes() -> dict[str, Theme]:
    """All themes by id, in the file's order."""
    document = tomllib.loads(Path(__file__).with_name("themes.toml").read_text(encoding="utf-8"))
    return {
        name: Theme(name, theme["title"], tuple(theme["questions"]), tuple(theme.get("checks", ())))
        for name, theme in document.items()
    }


@cache
def theme_of(practice: str) -> Theme:
    """The theme of a best practice."""
    question = best_practice(practice).question_id
    return next(theme for theme in themes().values() if question in theme.questions)


def theme_of_check(check: Check) -> Theme:
    """The theme of a check."""
    named = next((theme for theme in themes().values() if check.id in theme.checks), None)
    return named or theme_of(next(iter(check.best_practices)))
