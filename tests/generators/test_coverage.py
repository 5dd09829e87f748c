"""``docs/coverage.md`` and the facts behind it."""

from __future__ import annotations

import re

from generators.coverage_page import coverage_of, coverage_page, serving
from pillarwatch.framework import PILLARS, attestations, best_practices
from rules.catalogue import all_checks


def test_every_best_practice_stands_once_on_the_page_with_every_check_that_serves_it() -> None:
    page = coverage_page()
    rows = re.findall(r"^\| \[([A-Z]+\d+-BP\d+)\]\(.*\| (.*) \|$", page, re.MULTILINE)
    assert [practice for practice, _ in rows] == list(best_practices())
    for practice, shown in rows:
        named = re.findall(r"\[([a-z0-9-]+)\]\(checks\.md#", shown)
        assert named == [check.id for check in all_checks().values() if practice in check.best_practices]
        for check in named:
            assert all_checks()[check].best_practices[practice] in shown


def test_a_best_practice_is_counted_once() -> None:
    whole = coverage_of(best_practices().values())
    assert whole.practices == len(best_practices())
    assert whole.automatic == len(serving())
    parts = [coverage_of(each for each in best_practices().values() if each.pillar == pillar) for pillar in PILLARS]
    assert tuple(map(sum, zip(*parts, strict=True))) == whole


def test_evidence_is_requested_for_practices_that_exist() -> None:
    assert attestations().keys() <= best_practices().keys()
    assert all(4 <= len(text.split()) <= 20 for text in attestations().values())
