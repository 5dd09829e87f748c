"""What all tests share."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from pillarwatch import Check
from rules.collectors import Listing

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PILLARWATCH_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the test suite."""
    parser.addoption(
        "--check",
        action="append",
        default=[],
        metavar="CHECK",
        help="run only the tests of this check, by its id; can be repeated",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a folder of reference data that does not exist. Without the variable, tests that read it are skipped.

    Property tests have no limit of time: a loaded machine is no failure.

    Raises:
        pytest.UsageError: ``PILLARWATCH_SHARED`` names no folder.
    """
    if not SHARED.is_dir() and "PILLARWATCH_SHARED" in os.environ:
        raise pytest.UsageError(f"PILLARWATCH_SHARED is {SHARED}: there is no such folder")
    if not config.getoption("check"):  # tests of one check need no property tests, and the import takes time
        from hypothesis import HealthCheck, settings  # noqa: PLC0415

        settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
        settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and why: a line for each reason."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number} skipped: {reason}", yellow=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let no test file evaluate a check or run a collector while it is imported: that belongs into tests."""
    error = AssertionError("evaluate checks and run collectors in tests, not while tests are collected")
    with patch.object(Check, "judge", side_effect=error), patch.object(Listing, "__iter__", side_effect=error):
        return (yield)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded items, events and templates of others: read where they are, never part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set PILLARWATCH_SHARED to its folder")
    return SHARED
