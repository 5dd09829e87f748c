"""Templates of a real system, as they are."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.judged_template import Scan, scanned
from pillarwatch.settings import Settings


@pytest.fixture(scope="module")
def scan(shared: Path) -> Scan:
    return scanned([shared / "templates" / "live-meeting-assistant"], Settings(), datetime(2026, 1, 15, tzinfo=UTC))


def test_all_ten_templates_are_judged(scan: Scan) -> None:
    assert len(scan.files) == 10
    assert scan.errors == []
    assert len({result.file for result in scan.results}) == 10


def test_no_check_and_no_lift_crashes(scan: Scan) -> None:
    assert [result for result in scan.results if result.verdict.crashed] == []
    assert [warning for warning in scan.warnings if "lift failed" in warning.message] == []


def test_every_reference_of_them_is_understood(scan: Scan) -> None:
    assert scan.warnings == []


def test_every_result_has_the_line_of_a_resource(scan: Scan) -> None:
    for result in scan.results:
        line = Path(result.file).read_text(encoding="utf-8").splitlines()[result.line - 1]
        assert line.strip() == f"{result.generated_from or result.logical_id}:"
