"""The AWS Well-Architected Framework's best practices: which there are, and what AWS says of their risk.

Facts of the edition of November 2024: 307 best practices in 57 questions.
Source: https://docs.aws.amazon.com/wellarchitected/latest/framework/appendix.html
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

DATA = Path(__file__).with_name("framework_data")
EDITION = "AWS Well-Architected Framework, November 2024"
PILLARS = (
    "operational-excellence",
    "security",
    "reliability",
    "performance-efficiency",
    "cost-optimization",
    "sustainability",
)
Risk = Literal["HIGH", "MEDIUM", "LOW"]


class UnknownBestPractice(Exception):
    """The framework's edition has no best practice of this id."""


class BestPractice(NamedTuple):
    """One best practice, e.g. REL09-BP03."""

    id: str
    pillar: str
    question_id: str
    question: str
    title: str
    risk: Risk
    choice_id: str  #: how the Well-Architected Tool's API names it

    @property
    def url(self) -> str:
        """AWS's page about it."""
        return f"https://docs.aws.amazon.com/wellarchitected/latest/framework/{self.choice_id}.html"


class DanglingAttestation(Exception):
    """The framework's edition does not have this best practice."""


@cache
def attestations() -> dict[str, str]:
    """What a person shows for a best practice that no API can see, by its id.

    Raises:
        DanglingAttestation: there is no such best practice.
    """
    found: dict[str, str] = json.loads((DATA / "attestations.json").read_text(encoding="utf-8"))
    if unknown := found.keys() - best_practices().keys():
        raise DanglingAttestation(", ".join(sorted(unknown)))
    return found


@cache
def best_practices() -> dict[str, BestPractice]:
    """All best practices by id, in the framework's order."""
    framework = json.loads((DATA / "best_practices.json").read_text(encoding="utf-8"))
    return {
        practice["id"]: BestPractice(
            practice["id"],
            pillar,
            question["id"],
            question["question"],
            practice["title"],
            practice["risk"],
            practice["choice"],
        )
        for pillar, questions in framework.items()
        for question in questions
        for practice in question["best_practices"]
    }


def best_practice(practice_id: str) -> BestPractice:
    """The best practice of an id.

    Raises:
        UnknownBestPractice: the edition has none of this id.
    """
    try:
        return best_practices()[practice_id]
    except KeyError:
        raise UnknownBestPractice(practice_id) from None
