"""What all tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PILLARWATCH_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded items, events and templates of others: read where they are, never part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set PILLARWATCH_SHARED")
    return SHARED
