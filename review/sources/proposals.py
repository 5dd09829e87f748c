"""What a review proposes to fix first: the recommendations that the aggregator makes of the same counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.recommendations import by_priority, recommendations, with_gains
from review.facts import Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregator.catalogue import Basis
    from aggregator.scopes import ScopeName
    from pillarwatch.score import Counts, PillarScore


def proposals(
    scope: ScopeName, basis: Basis, counts: Mapping[str, Counts], scores: Mapping[str, PillarScore]
) -> list[Proposal]:
    """The open checks of a scope by priority, severity, and value per effort."""
    gaps = with_gains(recommendations(scope, basis, counts), scores)
    return [
        Proposal(**{name: gap[name] for name in Proposal._fields}) for gap in sorted(gaps.values(), key=by_priority)
    ]
