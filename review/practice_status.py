"""The status of a best practice, from its score, its attestations and the verdicts that are not in the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.attestation import PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pillarwatch.attestation import State
    from pillarwatch.score import PracticeScore
    from review.model import Status

ALL = 100  # percent


def status_of(
    score: PracticeScore | None, states: Sequence[State], waived: int, unknown: int, why_none: str
) -> tuple[Status, str]:
    """The status, and what else is to be known.

    Args:
        score: of the best practice; None without evidence.
        states: of its attestations.
        waived: accepted failures of its checks.
        unknown: verdicts of its checks that could not be given.
        why_none: why no check evaluated it.
    """
    apart = [_plural(waived, "failure", "accepted")] if waived else []
    apart += [_plural(unknown, "verdict", "unknown")] if unknown else []
    if score is None:
        status: Status = "Risk accepted" if waived else "No evidence"
        return status, ", ".join(apart) or why_none
    if all(share.check.startswith(PREFIX) for share in score.checks):
        return _of_attestations(states, score.score), ", ".join(apart)
    if score.score == ALL and unknown:
        return "Partial", f"no check fails; {apart[-1]}"
    return _of_score(score.score), ""


def _of_attestations(states: Sequence[State], score: float) -> Status:
    if score == ALL:
        return "Attested"
    if "expired" in states and "implemented" not in states:
        return "Attestation expired"
    return _of_score(score)


def _of_score(score: float) -> Status:
    if score == ALL:
        return "No gap found"
    return "Partial" if score else "Not implemented"


def _plural(n: int, word: str, state: str) -> str:
    return f"{n} {word} is {state}" if n == 1 else f"{n} {word}s are {state}"
