"""Check ids are never used again."""

from __future__ import annotations

import pytest

from generators.changelog import BEGIN, END, with_new_checks
from pillarwatch.errors import UserError
from rules.catalogue import all_checks

CHECKS = all_checks()
ONE, TWO, *_ = CHECKS
EMPTY = f"# Changelog\n\n## Unreleased\n\n### New checks\n\n{BEGIN}\n{END}\n"
RELEASED = f"\n## 1.0.0\n\n### New checks\n\n- `{ONE}`\n"


def test_every_check_is_listed_until_it_is_released() -> None:
    listed = with_new_checks(EMPTY, CHECKS)
    assert all(f"`{check}`" in listed for check in CHECKS)
    assert with_new_checks(listed, CHECKS) == listed


def test_a_released_check_is_not_new() -> None:
    new = with_new_checks(EMPTY + RELEASED, CHECKS).partition(END)[0]
    assert f"`{ONE}`" not in new
    assert f"`{TWO}`" in new


def test_a_released_check_does_not_vanish_in_silence() -> None:
    rest = {check: each for check, each in CHECKS.items() if check != ONE}
    with pytest.raises(UserError, match=f"{ONE} was released and is missing"):
        with_new_checks(EMPTY + RELEASED, rest)
    assert with_new_checks(f"{EMPTY}### Removed checks\n\n- `{ONE}`\n{RELEASED}", rest)


def test_a_removed_id_is_never_used_again() -> None:
    with pytest.raises(UserError, match=f"{ONE} is removed"):
        with_new_checks(f"{EMPTY}### Removed checks\n\n- `{ONE}`\n{RELEASED}", CHECKS)


def test_without_its_markers_it_is_refused() -> None:
    with pytest.raises(UserError, match="there have to be one"):
        with_new_checks("# Changelog\n", CHECKS)
