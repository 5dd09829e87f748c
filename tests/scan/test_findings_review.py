"""Findings that docs/findings-review.md judges: what is true is still found, what was false is not."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.judged_template import scanned
from pillarwatch.settings import Settings

NOW = datetime(2026, 1, 15, tzinfo=UTC)
TRUE, CHOSEN, FALSE = "true", "chosen", "false, mended"


class Row(NamedTuple):
    """A row of the page's tables."""

    number: str
    check: str
    file: str
    resource: str
    verdict: str
    said: str
    judged: str
    why: str

    @property
    def finding(self) -> tuple[str, str, str]:
        """What the row judges."""
        return self.file, self.resource, self.check


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "findings-review.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(page: str) -> list[Row]:
    lines = [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in page.splitlines()]
    return [Row(*cells) for cells in lines if len(cells) == len(Row._fields) and cells[0].isdecimal()]


@pytest.fixture(scope="module")
def found(shared: Path) -> set[tuple[str, str, str]]:
    results = scanned([shared / "templates" / "live-meeting-assistant"], Settings(), NOW).results
    return {
        (Path(result.file).name, result.logical_id, result.check.id)
        for result in results
        if result.verdict.compliance == "NON_COMPLIANT"
    }


def test_every_finding_has_one_judgement_and_a_reason(rows: list[Row]) -> None:
    assert [row.number for row in rows] == [str(number + 1) for number in range(len(rows))]
    assert len(rows) >= 60
    assert len({row.finding for row in rows}) == len(rows)
    for row in rows:
        assert row.verdict == "NON_COMPLIANT"
        assert row.judged in (TRUE, CHOSEN, FALSE), row
        assert row.said, row
        assert row.why.endswith("."), row


def test_the_summary_counts_the_rows(page: str, rows: list[Row]) -> None:
    assert _counted("numbers 1 to 60", page) == _counts(rows[:60])
    assert _counted("numbers 61 to", page) == _counts(rows[60:])


def test_what_is_true_is_found(rows: list[Row], found: set[tuple[str, str, str]]) -> None:
    assert [row.finding for row in rows if row.judged in (TRUE, CHOSEN) and row.finding not in found] == []


def test_what_was_false_is_found_no_more(rows: list[Row], found: set[tuple[str, str, str]]) -> None:
    assert [row.finding for row in rows if row.judged == FALSE and row.finding in found] == []


def _counted(begins: str, page: str) -> list[int]:
    (line,) = (line for line in page.splitlines() if line.startswith(f"| {begins}"))
    return [int(cell) for cell in line.strip("|").split("|")[1:]]


def _counts(rows: Iterable[Row]) -> list[int]:
    counts = Counter(row.judged for row in rows)
    return [counts.total(), counts[TRUE], counts[CHOSEN], counts[FALSE]]
