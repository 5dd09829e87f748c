"""Findings that docs/findings-review.md judges: what is true is still found, what was false is not."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from pillarwatch.settings import Settings
from template_scan.evaluation import scanned
from tests.template_scan.drawn_findings import drawn

NOW = datetime(2026, 1, 15, tzinfo=UTC)
TRUE, CHOSEN, FALSE = "true", "chosen", "false, fixed"
USEFUL, NOT_USEFUL, NOISE_FIXED, FALSE_FIXED = "true and useful", "not useful", "not useful, fixed", "false, fixed"


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
def rows(root: Path) -> list[Row]:
    return _rows((root / "docs" / "findings-review" / "live-meeting-assistant.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def draws(root: Path) -> dict[str, list[Row]]:
    """The rows of each draw from the public templates, by the first eight digits of its commit."""
    files = sorted((root / "docs" / "findings-review").glob("draw-*.md"))
    return {file.stem.removeprefix("draw-"): _rows(file.read_text(encoding="utf-8")) for file in files}


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


def test_a_draw_has_60_findings_and_40_passes_with_a_source_each(draws: dict[str, list[Row]]) -> None:
    assert draws
    for drawn_rows in draws.values():
        assert [row.number for row in drawn_rows] == [str(number + 1) for number in range(100)]
        assert [row.verdict for row in drawn_rows] == ["NON_COMPLIANT"] * 60 + ["COMPLIANT"] * 40
        assert max(Counter(row.check for row in drawn_rows).values()) <= 2
        assert len({row.finding for row in drawn_rows}) == len(drawn_rows)
        for row in drawn_rows:
            assert row.judged in (USEFUL, NOT_USEFUL, NOISE_FIXED, FALSE_FIXED), row
            assert "(https://docs.aws.amazon.com/" in row.why, row


def test_the_summary_counts_the_rows_of_each_draw(page: str, draws: dict[str, list[Row]]) -> None:
    for commit, drawn_rows in draws.items():
        judged = Counter(row.judged for row in drawn_rows)
        expected = [judged[word] for word in (USEFUL, NOT_USEFUL, NOISE_FIXED, FALSE_FIXED)]
        assert _counted(f"[{commit}]", page) == expected


def test_what_a_draw_says_is_fixed_is_not_reported_any_more(draws: dict[str, list[Row]], shared: Path) -> None:
    scan = scanned([shared / "corpus"], Settings(), NOW)
    scan.name_causes()
    reported = {
        (Path(each.file).name, each.logical_id, each.check.id, each.verdict.compliance)
        for each in scan.results
        if each.verdict.compliance == "COMPLIANT" or each.is_finding
    }
    fixed = [row for rows in draws.values() for row in rows if row.judged in (NOISE_FIXED, FALSE_FIXED)]
    assert fixed
    assert [row for row in fixed if (*row.finding, row.verdict) in reported] == []


def test_a_draw_is_the_same_for_a_commit_and_takes_no_check_more_than_twice() -> None:
    results = [
        {"file": f"{number}.yaml", "logical_id": "It", "check": f"check-{number % 60}", "compliance": compliance}
        for number in range(300)
        for compliance in ("NON_COMPLIANT", "COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA")
    ]
    first = drawn(results, "0123456789abcdef")
    assert first == drawn(reversed(results), "01234567ffffffff")
    assert first != drawn(results, "1123456789abcdef")
    assert [each["compliance"] for each in first] == ["NON_COMPLIANT"] * 60 + ["COMPLIANT"] * 40
    assert max(Counter(each["check"] for each in first).values()) == 2


def _rows(text: str) -> list[Row]:
    lines = [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in text.splitlines()]
    return [Row(*cells) for cells in lines if len(cells) == len(Row._fields) and cells[0].isdecimal()]


def _counted(begins: str, page: str) -> list[int]:
    (line,) = (line for line in page.splitlines() if line.startswith(f"| {begins}"))
    return [int(cell) for cell in line.strip("|").split("|")[1:]]


def _counts(rows: Iterable[Row]) -> list[int]:
    counts = Counter(row.judged for row in rows)
    return [counts.total(), counts[TRUE], counts[CHOSEN], counts[FALSE]]
