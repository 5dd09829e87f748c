"""docs/severities.md has a reason for each critical and high check, and lists the exposed ones."""

import re
from pathlib import Path

from rules.catalogue import all_checks

PAGE = Path(__file__).parents[3] / "docs" / "severities.md"
ROW = re.compile(r"^\| `(?P<check>[a-z0-9-]+)` \| (?P<reason>.+) \|$", re.MULTILINE)
EVERYBODY = ("anybody", "any account", "any AWS account", "whole account")
OUTSIDE = (*EVERYBODY[:3], "internet", "anywhere")


def section(heading: str) -> str:
    """The text of a section of the page."""
    return PAGE.read_text().partition(f"\n## {heading.capitalize()}\n")[2].partition("\n## ")[0]


def of(severity: str) -> dict[str, str]:
    """The reasons on the page by check."""
    return rows(section(severity))


def rows(text: str) -> dict[str, str]:
    """The reasons of a table by check."""
    return {row["check"]: row["reason"] for row in ROW.finditer(text)}


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


def test_the_page_lists_the_high_checks_that_are_exposed() -> None:
    exposed, others = map(rows, section("exposed").split("\n\nThese are high and have"))
    high = {check.id: check.exposed for check in all_checks().values() if check.severity == "high"}
    assert exposed.keys() == {check for check, is_exposed in high.items() if is_exposed}
    assert list(exposed) == sorted(exposed)
    assert others.keys() <= {check for check, is_exposed in high.items() if not is_exposed}


def test_a_high_check_whose_reason_names_the_internet_or_anybody_is_exposed_or_explained() -> None:
    listed = rows(section("exposed"))
    for check, reason in of("high").items():
        assert check in listed or not any(word in reason for word in OUTSIDE), check


def test_a_critical_check_is_exposed_unless_it_is_about_the_root_user() -> None:
    critical = {check.id for check in all_checks().values() if check.severity == "critical" and not check.exposed}
    assert critical == {"iam-root-access-key-check", "root-account-mfa-enabled"}


def test_a_check_of_low_severity_is_not_exposed() -> None:
    assert [check.id for check in all_checks().values() if check.severity == "low" and check.exposed] == []
