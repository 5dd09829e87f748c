"""The sentences of a review: three patterns for statements, and the result in a paragraph. Nothing else is said.

========  ==========================================================================
strength  the check's title, and how many of how many pass
partial   the check's title, how many of how many pass, and which do not
gap       why failing is failing the best practice, how many of how many fail, which
========  ==========================================================================

A sentence has no adjective that a number does not decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pillarwatch import Check
    from pillarwatch.score import Counts, PillarScore

ENOUGH = 25.0  # percent: a pillar with evidence for less is not compared with the others


def strength(check: Check, counts: Counts) -> str:
    """What holds for all."""
    return f"{check.title}: {counts.compliant} of {counts.judged}{_apart(counts)}."


def partial(check: Check, counts: Counts, names: Sequence[str], more: int) -> str:
    """What holds for some."""
    which = f"; not {listed(names, more)}" if names else ""
    return f"{check.title}: {counts.compliant} of {counts.judged}{which}{_apart(counts)}."


def gap(check: Check, counts: Counts, value: str, names: Sequence[str], more: int) -> str:
    """What holds for none."""
    reason = next(iter(check.best_practices.values()))
    read = f" ({value})" if value else ""
    which = f", {listed(names, more)}" if names else ""
    failed = f"{counts.non_compliant} of {counts.judged}"
    return f"{reason[:1].upper()}{reason[1:]}: {failed}{read}{which}{_apart(counts)}."


def listed(names: Sequence[str], more: int) -> str:
    """Names, and how many there are besides."""
    shown = ", ".join(names)
    return f"{shown} and {more} more" if more else shown


def result(
    scores: Mapping[str, PillarScore], titles: Mapping[str, str], overall: float | None, by_status: Mapping[str, int]
) -> list[str]:
    """The result: what the pillars average, which leads and trails, and how many best practices are implemented.

    Args:
        scores: by pillar.
        titles: the pillars' names.
        overall: the mean of the pillars.
        by_status: best practices by their status.
    """
    scored = [pillar for pillar, score in scores.items() if score.score is not None]
    if overall is None:
        return ["Nothing was judged, so there is no score."]
    all_of_them = "The six pillars" if len(scored) == len(scores) else f"The {len(scored)} pillars with evidence"
    sentences = [
        f"{all_of_them} average {overall:.0f} of 100."
        if len(scored) > 1
        else f"{titles[scored[0]]} scores {overall:.0f} of 100."
    ]
    ranked = sorted(
        (pillar for pillar in scored if scores[pillar].coverage >= ENOUGH),
        key=lambda pillar: -(scores[pillar].score or 0),
    )
    if len(ranked) > 1:
        first, last = ranked[0], ranked[-1]
        sentences.append(
            f"{titles[first]} scores highest ({scores[first].score:.0f}) and {titles[last].lower()} lowest"
            f" ({scores[last].score:.0f}) of the pillars with evidence for at least {ENOUGH:.0f} % of their best"
            " practices, weighted by risk."
        )
    elif not ranked:
        sentences.append(f"No pillar has evidence for {ENOUGH:.0f} % of its best practices, weighted by risk.")
    total = sum(by_status.values())
    sentences.append(
        f"Of {total} best practices {by_status['Implemented']} are implemented as far as there is evidence, "
        f"{by_status['Partial']} in part and {by_status['Not implemented']} not; "
        f"for {by_status['No evidence']} there is no evidence."
    )
    return sentences


def _apart(counts: Counts) -> str:
    """What is not among those that are judged."""
    kinds = ((counts.unknown, "unknown"), (counts.waived, "accepted"))
    return "".join(f"; {n} {word}" for n, word in kinds if n)
