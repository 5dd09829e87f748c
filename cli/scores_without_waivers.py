"""What the scores would be if accepted risks counted as failures, as a scan and `scores` print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.checks import counted
from pillarwatch.score import overall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pillarwatch.score import PillarScore


def in_a_sentence(waived: int, bare: Mapping[str, PillarScore]) -> str:
    """The scores as text.

    Args:
        waived: failures that waivers cover.
        bare: the scores without waivers, by pillar.
    """
    found = [f"{pillar} {score:.1f}" for pillar, score in points(bare).items() if score is not None]
    return f"Without waivers ({counted(waived, 'waived failure')}): {', '.join(found)}."


def points(bare: Mapping[str, PillarScore]) -> dict[str, float | None]:
    """The scores by pillar, and overall."""
    return {pillar: score.score for pillar, score in bare.items()} | {"overall": overall(bare)}
