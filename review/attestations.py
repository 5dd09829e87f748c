"""Attestations as a review shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.framework import best_practice
from review.model import AttestationRow

if TYPE_CHECKING:
    from review.facts import Attested


def row_of(one: Attested) -> AttestationRow:
    """The row of an attestation."""
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
    )
