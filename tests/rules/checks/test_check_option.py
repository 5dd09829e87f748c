"""The option ``--check``."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHECK = "s3-bucket-versioning-enabled"


def collected(root: Path, check: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "tests/rules/checks", "-n0", "--collect-only", "-p", "no:cacheprovider"]
    return subprocess.run([*command, "--check", check], cwd=root, capture_output=True, text=True, check=False)


def test_every_test_of_the_check_is_selected_and_no_other(root: Path) -> None:
    run = collected(root, CHECK)
    assert run.returncode == 0, run.stdout
    selected = [line for line in run.stdout.splitlines() if "::" in line]
    assert {line.partition("[")[2] for line in selected} == {f"{CHECK}]"}
    names = {line.partition("[")[0].partition("::")[2] for line in selected}
    narrowed = {"test_a_check_of_a_collector_names_one_that_lists_its_types"}  # the check has no collector
    files = (root / "tests" / "rules" / "checks").glob("test_*.py")
    assert names == {name for file in files for name in of_a_check(file)} - narrowed


def of_a_check(file: Path) -> list[str]:
    functions = [node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return [
        function.name
        for function in functions
        if function.name.startswith("test_") and "check" in [argument.arg for argument in function.args.args]
    ]


def test_an_unknown_check_is_a_usage_error(root: Path) -> None:
    run = collected(root, "no-such-check")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--check no-such-check: the catalogue has no such check" in run.stderr
