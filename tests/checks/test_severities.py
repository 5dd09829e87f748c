"""docs/severities.md has a reason for each critical and high check."""

import re
from pathlib import Path

from rules.catalogue import all_checks

PAGE = Path(__file__).parents[2] / "docs" / "severities.md"
ROW = re.compile(r"^\| `(?P<check>[a-z0-9-]+)` \| (?P<reason>.+) \|$", re.MULTILINE)
EVERYBODY = ("anybody", "any account", "any AWS account", "whole account")


def of(severity: str) -> dict[str, str]:
    """The reasons on the page by check."""
    section = PAGE.read_text().partition(f"\n## {severity.capitalize()}\n")[2].partition("\n## ")[0]
    return {row["check"]: row["reason"] for row in ROW.finditer(section)}


def test_the_page_has_every_critical_and_high_check_and_no_other() -> None:
    for severity in ("critical", "high"):
        checks = {check.id for check in all_checks().values() if check.severity == severity}
        page = of(severity)
        assert page.keys() == checks, f"{severity}: {sorted(page.keys() ^ checks)}: complete docs/severities.md"
        assert list(page) == sorted(page)


def test_a_critical_check_is_about_what_is_open_to_anybody_or_to_one_secret() -> None:
    for check, reason in of("critical").items():
        assert any(word in reason for word in EVERYBODY), check


def test_a_reason_is_a_consequence_and_one_line() -> None:
    for severity in ("critical", "high"):
        for check, reason in of(severity).items():
            assert 5 <= len(reason.split()) <= 20, check
