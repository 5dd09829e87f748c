"""The sentences of a review: three patterns for statements, and the result in a paragraph. Nothing else is said.

========  ==========================================================================
strength  the check's title, and how many of how many pass
partial   the check's title, how many of how many pass, and which do not
gap       why failing is failing the best practice, how many of how many fail, which
========  ==========================================================================

A sentence has no adjective that a number does not decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pillarwatch import Check
    from pillarwatch.score import Counts, PillarScore

BASIS = re.compile(r" \((?:default of|with) .*$")
MOST_REASONS = 4
ENOUGH = 25.0  # percent: a pillar with evidence for less is not compared with the others


def strength(check: Check, counts: Counts) -> str:
    """What holds for all."""
    return f"{check.title}: {counts.compliant} of {counts.judged}{_apart(counts)}."


def partial(check: Check, counts: Counts, value: str, names: Sequence[str], more: int) -> str:
    """What holds for some."""
    read = f" ({brief(value)})" if brief(value) else ""
    which = f"; failing: {listed(names, more)}{read}" if names else ""
    return f"{check.title}: {counts.compliant} of {counts.judged}{which}{_apart(counts)}."


def gap(check: Check, counts: Counts, value: str, names: Sequence[str], more: int) -> str:
    """What holds for none."""
    reason = next(iter(check.best_practices.values()))
    read = f", {brief(value)}" if brief(value).lower() not in {"", reason.lower()} else ""
    which = f" ({listed(names, more)})" if names else ""
    failed = f"{counts.non_compliant} of {counts.judged}"
    return f"{reason[:1].upper()}{reason[1:]}: {failed}{read}{which}{_apart(counts)}."


def brief(value: str) -> str:
    """What a check read, without the parameters and resources on which that rests."""
    return BASIS.sub("", value).strip()


def listed(names: Sequence[str], more: int) -> str:
    """Names, and how many there are besides."""
    shown = ", ".join(names)
    return f"{shown} and {more} more" if more else shown


def result(
    scores: Mapping[str, PillarScore],
    titles: Mapping[str, str],
    overall: float | None,
    by_status: Mapping[str, int],
    grave: Sequence[str],
) -> list[str]:
    """The result: what the pillars average, which leads and trails, and how many best practices have gaps.

    Args:
        scores: by pillar.
        titles: the pillars' names.
        overall: the mean of the pillars.
        by_status: best practices by their status.
        grave: why checks of severity critical or high fail, the worst first.
    """
    scored = [pillar for pillar, score in scores.items() if score.score is not None]
    if overall is None:
        return ["Nothing was evaluated, so there is no score."]
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
    fewer = sorted(set(scored) - set(ranked), key=lambda pillar: scores[pillar].score or 0)
    if ranked and fewer:
        others = [f"{titles[pillar].lower()} ({scores[pillar].score:.0f})" for pillar in fewer]
        named = " and ".join(filter(None, (", ".join(others[:-1]), others[-1])))
        sentences.append(f"{named[:1].upper()}{named[1:]} {'have' if len(others) > 1 else 'has'} evidence for less.")
    elif not ranked:
        sentences.append(f"No pillar has evidence for {ENOUGH:.0f} % of its best practices, weighted by risk.")
    if grave:
        checks = "1 check" if len(grave) == 1 else f"{len(grave)} checks"
        more = f" and {len(grave) - MOST_REASONS} more" if len(grave) > MOST_REASONS else ""
        fail = "fails" if len(grave) == 1 else "fail"
        sentences.append(f"{checks} of severity critical or high {fail}: {'; '.join(grave[:MOST_REASONS])}{more}.")
    total = sum(by_status.values())
    sentences.append(
        f"Of {total} best practices {total - by_status['No evidence']} have evidence: "
        f"for {by_status['No gap found']} no gap was found, {by_status['Partial']} are partial, "
        f"{by_status['Not implemented']} are not implemented{_attested(by_status)}; "
        f"for {by_status['No evidence']} there is no evidence."
    )
    return sentences


def _attested(by_status: Mapping[str, int]) -> str:
    """The best practices for which attestations alone are the evidence, if there are some."""
    attested, expired = (by_status.get(status, 0) for status in ("Attested", "Attestation expired"))
    return (f", {attested} are attested" if attested else "") + (
        f", for {expired} the attestation has expired" if expired else ""
    )


def _apart(counts: Counts) -> str:
    """What is not among those that are judged."""
    kinds = ((counts.unknown, "unknown"), (counts.waived, "accepted"))
    return "".join(f"; {n} {word}" for n, word in kinds if n)
