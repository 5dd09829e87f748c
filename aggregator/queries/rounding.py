"""Numbers that are shown add up: each is rounded so that their sum is the rounded sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = TypeVar("Key")


def apportioned(parts: Mapping[Key, float], decimals: int, total: float | None = None) -> dict[Key, float]:
    """The parts, rounded; together they are the rounded total exactly.

    Those with the greatest remainders are rounded up, as seats are given to parties.

    Args:
        parts: what the total consists of.
        decimals: that are shown.
        total: as it is shown elsewhere; by default the sum of the parts.
    """
    scale = 10**decimals
    whole = round((sum(parts.values()) if total is None else total) * scale)
    exact = {key: value * scale for key, value in parts.items()}
    floors = {key: int(value // 1) for key, value in exact.items()}
    left = whole - sum(floors.values())
    ranked = sorted(parts, key=lambda key: floors[key] - exact[key])  # stable: the first of equals first
    for place in range(abs(left)):
        key = ranked[place % len(ranked)] if left > 0 else ranked[-1 - place % len(ranked)]
        floors[key] += 1 if left > 0 else -1
    return {key: value / scale for key, value in floors.items()}
