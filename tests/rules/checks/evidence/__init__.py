"""Paths that checks read and AWS does not publish: each with the evidence that items have it, and when we looked.

One file per resource type that has such paths, named as the type's file in ``rules``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import NamedTuple

from rules.catalogue import resource_types, stem_of

RULES = "https://docs.aws.amazon.com/config/latest/developerguide"


class Evidence(NamedTuple):
    """Why a path is real, and the day on which somebody last made sure."""

    since: str
    why: str


def unpublished() -> dict[tuple[str, str], Evidence]:
    """The evidence by resource type and path."""
    types = {stem_of(resource_type): resource_type for resource_type in resource_types()}
    return {
        (types[file.stem], path): evidence
        for file in sorted(Path(__file__).parent.glob("[!_]*.py"))
        for path, evidence in importlib.import_module(f"{__name__}.{file.stem}").UNPUBLISHED.items()
    }
