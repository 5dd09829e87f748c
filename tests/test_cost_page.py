"""docs/cost.md shows what is counted today."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_of_costs_is_up_to_date(root: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks.cost", "--check"], cwd=root, check=False)
    assert done.returncode == 0, "run `python -m benchmarks.cost`"
