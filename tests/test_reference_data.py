"""Tests that read the reference data are skipped only where nothing says where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_of_reference_data_that_does_not_exist_is_a_usage_error(root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PILLARWATCH_SHARED": str(tmp_path / "none")}
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "tests/test_reference_data.py"]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"PILLARWATCH_SHARED is {tmp_path / 'none'}: there is no such folder" in run.stderr


def test_ci_names_the_folder_of_the_reference_data(root: Path) -> None:
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    assert script.index("export PILLARWATCH_SHARED=") < script.index("make test")
