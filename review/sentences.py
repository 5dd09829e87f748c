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
    return f"{check.title}: {_of(counts.compliant, counts, 'pass')}.{_apart(counts)}"


def partial(check: Check, counts: Counts, value: str, names: Sequence[str], more: int) -> str:
    """What holds for some."""
    read = f" ({brief(value)})" if brief(value) else ""
    which = f" Failing: {listed(names, more)}{read}." if names else ""
    return f"{check.title}: {_of(counts.compliant, counts, 'pass')}.{which}{_apart(counts)}"


def gap(check: Check, counts: Counts, value: str, names: Sequence[str], more: int) -> str:
    """What holds for none."""
    reason = next(iter(check.best_practices.values()))
    which = f" ({listed(names, more)})" if names else ""
    read = f": {brief(value)}" if brief(value).lower() not in {"", reason.lower()} else ""
    failed = _of(counts.non_compliant, counts, "fail")
    return f"{reason[:1].upper()}{reason[1:]}: {failed}{which}{read}.{_apart(counts)}"


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
            f"Among the pillars with a coverage of at least {ENOUGH:.0f} %,"
            f" {titles[first].lower()} has the highest score ({scores[first].score:.0f}) and {titles[last].lower()}"
            f" the lowest ({scores[last].score:.0f})."
        )
    fewer = sorted(set(scored) - set(ranked), key=lambda pillar: scores[pillar].score or 0)
    if ranked and fewer:
        others = [f"{titles[pillar].lower()} ({scores[pillar].score:.0f})" for pillar in fewer]
        what = "This pillar has" if len(others) == 1 else "These pillars have"
        sentences.append(f"{what} a lower coverage: {', '.join(others)}.")
    elif not ranked:
        sentences.append(f"No pillar has a coverage of at least {ENOUGH:.0f} %.")
    if grave:
        checks = "1 check" if len(grave) == 1 else f"{len(grave)} checks"
        more = f" and {len(grave) - MOST_REASONS} more" if len(grave) > MOST_REASONS else ""
        fail = "fails" if len(grave) == 1 else "fail"
        sentences.append(f"{checks} of severity critical or high {fail}: {'; '.join(grave[:MOST_REASONS])}{more}.")
    total, without = sum(by_status.values()), by_status["No evidence"]
    words = {
        "No gap found": "without a gap",
        "Partial": "partially implemented",
        "Not implemented": "not implemented",
        "Attested": "attested",
        "Attestation expired": "with an expired attestation",
    }
    parts = [f"{by_status.get(status, 0)} {word}" for status, word in words.items() if by_status.get(status, 0)]
    found = f": {', '.join(parts)}" if parts else ""
    sentences.append(
        f"The framework has {total} best practices. {total - without} of them have evidence{found}."
        f" The other {without} have no evidence."
    )
    return sentences


def _of(number: int, counts: Counts, verb: str) -> str:
    """``1 of 1 resource passes``, ``2 of 3 resources pass``; one fails is ``1 of 3 resources fails``."""
    ending = ("es" if verb.endswith("s") else "s") if number == 1 else ""
    return f"{number} of {counts.judged} resource{'' if counts.judged == 1 else 's'} {verb}{ending}"


def _apart(counts: Counts) -> str:
    """What is not among those that are judged."""
    kinds = ((counts.unknown, "Unknown"), (counts.waived, "Accepted"))
    return "".join(f" {word}: {n}." for n, word in kinds if n)
