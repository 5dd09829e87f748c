"""Attestations as a review shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.attestation import fails
from pillarwatch.framework import best_practice
from pillarwatch.score import Counts
from review.model import AttestationRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from review.facts import Attested


def noted(one: Attested) -> str:
    """What the row of a best practice says of its attestation."""
    said = one.attestation
    answers = f"; it answers {', '.join(said.answers)}" if said.answers and one.state == "implemented" else ""
    return f"attestation {said.id}: {one.state}{f' after {said.expires}' if one.state == 'expired' else ''}{answers}"


def row_of(one: Attested, counts: Mapping[str, Counts]) -> AttestationRow:
    """The row of an attestation.

    Args:
        one: the attestation.
        counts: of the reviewed scope, by check.
    """
    said = one.attestation
    return AttestationRow(
        id=said.id,
        kind=said.kind,
        practice=said.practice,
        title=best_practice(said.practice).title,
        statement=said.statement,
        state=one.state,
        where="/".join(filter(None, (said.workload, said.component))),
        owner=said.owner,
        attested_by=said.attested_by,
        attested_on=said.attested_on,
        expires=said.expires,
        evidence=[each["url"] for each in said.evidence],
        particulars=said.particulars,
        answers=list(said.answers),
        contradicted_by=[check for check in said.contradicts if fails(counts.get(check, Counts()))],
    )
