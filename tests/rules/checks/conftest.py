"""A test with an argument ``check`` runs for each check of the catalogue, or for those that ``--check`` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pillarwatch import Check
from rules.catalogue import UnknownCheck, all_checks, check_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHECKS = pytest.StashKey[list[Check]]()


def pytest_configure(config: pytest.Config) -> None:
    """Find the checks that ``--check`` names, and describe the marker that narrows ``check``.

    Raises:
        pytest.UsageError: the catalogue has no such check.
    """
    config.addinivalue_line("markers", "checks(where): run for the checks for which `where` is true")
    try:
        config.stash[CHECKS] = [*map(check_of, config.getoption("check"))] or list(all_checks().values())
    except UnknownCheck as error:
        raise pytest.UsageError(f"--check {error}: the catalogue has no such check") from None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no test file that has no test of single checks, if checks are named: some import moto and boto3."""
    if not config.getoption("check") or not collection_path.match("test_*.py"):
        return None
    return None if "(check: Check" in collection_path.read_text(encoding="utf-8") else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize ``check``."""
    if "check" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("checks")
        where: Callable[[Check], bool] = marker.kwargs["where"] if marker else lambda _: True
        chosen = [check for check in metafunc.config.stash[CHECKS] if where(check)]
        metafunc.parametrize("check", chosen, ids=[check.id for check in chosen])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is about no single check, if checks are named."""
    if config.getoption("check"):
        of_checks = [item for item in items if _is_of_a_check(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in of_checks])
        items[:] = of_checks


def _is_of_a_check(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return isinstance(parameters.get("check"), Check)  # else `where` was true for no check
