"""The tree stays readable: no file longer than one sitting, no folder with more files than a glance."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

MOST_LINES, MOST_FILES, MOST_ROOT_LINES = 500, 25, 300
# One file for each resource type, collector and test: their folders grow with what AWS offers.
BY_SUBJECT = ("rules/checks", "rules/collectors", "tests")
GENERATED = {  # by `make generate`, or by a tool
    "CHANGELOG.md",  # a record: it only grows
    "dashboards/pillars.yaml",
    "docs/checks.md",
    "docs/coverage.md",
    "docs/reviews/help-desk.md",
    "rules/config_rules.yaml",
}
PAGES = (".css", ".j2", ".md", ".yaml")


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """Every file of the repository, from its root."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, check=True, capture_output=True, text=True).stdout
    return [Path(line) for line in listed.splitlines() if (root / line).exists()]


def _is_by_subject(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in BY_SUBJECT)


def test_no_python_file_is_longer_than_one_sitting(root: Path, files: list[Path]) -> None:
    code = [path for path in files if path.suffix == ".py" and not path.is_relative_to("rules/checks")]
    lengths = {str(path): _lines(root / path) for path in code if not path.is_relative_to("tests")}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_no_page_or_template_by_hand_is_longer_than_one_sitting(root: Path, files: list[Path]) -> None:
    pages = [path for path in files if path.suffix in PAGES and str(path) not in GENERATED]
    lengths = {str(path): _lines(root / path) for path in pages if not path.is_relative_to("tests")}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}
    assert lengths["template.yaml"] <= MOST_ROOT_LINES


def test_no_folder_has_more_files_than_a_glance_takes_in(files: list[Path]) -> None:
    counts = Counter(str(path.parent) for path in files if not _is_by_subject(path))
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_every_folder_of_code_says_where_it_runs(root: Path, files: list[Path]) -> None:
    folders = {path.parts[0] for path in files if path.suffix == ".py" and len(path.parts) > 1} - {"tests"}
    for folder in folders:
        docstring = (root / folder / "__init__.py").read_text(encoding="utf-8").split('"""')[1]
        assert " run" in docstring or "deployed" in docstring, folder


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
