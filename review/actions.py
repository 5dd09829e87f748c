"""Which checks one piece of work fixes, read from ``actions.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Work(NamedTuple):
    """A piece of work that fixes several checks."""

    title: str
    step: str
    checks: tuple[str, ...]


@cache
def works() -> dict[str, Work]:
    """The works by the checks that they fix."""
    document = tomllib.loads(Path(__file__).with_name("actions.toml").read_text(encoding="utf-8"))
    found = [Work(work["title"], work["step"], tuple(work["checks"])) for work in document.values()]
    return {check: work for work in found for check in work.checks}
