"""Which settings file is used, and how the output names it."""

import json
from pathlib import Path
from typing import Any

import pytest

from pillarwatch.command import main
from settings.discovery import NAME, settings_for

BUCKET = "Resources:\n  It:\n    Type: AWS::S3::Bucket\n"
VERSIONING = "s3-bucket-versioning-enabled"
CRITICAL = f'[checks.{VERSIONING}]\nseverity = "critical"\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template in `infra/app`; the current folder is another one."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "infra" / "app").mkdir(parents=True)
    (tmp_path / "repository" / "infra" / "app" / "template.yaml").write_text(BUCKET)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "repository"


def used(*names: str | Path, named: Path | None = None) -> Path | None:
    return settings_for(list(map(str, names)), named).path


def test_the_nearest_file_from_the_template_to_the_repository_s_root_is_used(repository: Path) -> None:
    template = repository / "infra" / "app" / "template.yaml"
    assert used(template) is None
    for folder in (repository, repository / "infra", repository / "infra" / "app"):
        (folder / NAME).write_text(CRITICAL)
        assert used(template) == folder / NAME
        assert used(template.parent) == folder / NAME
    (repository / NAME).unlink()
    assert used(repository) is None


def test_a_file_above_the_repository_is_not_used(repository: Path) -> None:
    (repository.parent / NAME).write_text(CRITICAL)
    assert used(repository / "infra") is None


def test_the_first_template_decides(repository: Path) -> None:
    (repository / NAME).write_text(CRITICAL)
    other = repository.parent / "elsewhere" / "other.yaml"
    assert used(other, repository / "infra") is None
    assert used(repository / "infra", other) == repository / NAME


def test_the_file_of_the_current_folder_is_used_for_a_template_from_a_pipe_or_without_one(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / NAME).write_text(CRITICAL)
    assert used("-") is used() is None
    monkeypatch.chdir(repository)
    assert used("-") == used() == Path(NAME)


def test_outside_of_a_repository_the_search_ends_at_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project" / "infra").mkdir(parents=True)
    (tmp_path / "project" / NAME).write_text(CRITICAL)
    (tmp_path / NAME).write_text(CRITICAL)
    monkeypatch.chdir(tmp_path / "project")
    assert used("infra/template.yaml") == Path(NAME)
    assert used(tmp_path / "project" / "infra" / "template.yaml") == Path(NAME)
    monkeypatch.chdir(tmp_path / "project" / "infra")
    assert used("template.yaml") is None
    assert used("../template.yaml") == tmp_path / "project" / NAME  # beside the template


def test_the_file_that_is_named_is_used_before_every_other_one(repository: Path) -> None:
    (repository / NAME).write_text(CRITICAL)
    named = repository.parent / "ours.toml"
    named.write_text("")
    assert used(repository / "infra", named=named) == named


def test_without_a_file_the_defaults_apply_wherever_the_command_runs(
    root: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this repository accepts for its own templates is used for no other template, its samples included."""
    monkeypatch.chdir(root)
    found = settings_for([str(repository / "infra" / "app" / "template.yaml")], None)
    assert found.path is None
    assert found.settings.document["waivers"] == []
    assert found.settings.document["checks"] == {}
    assert used("samples/help-desk.yaml") is None


def test_a_file_with_the_former_name_is_to_be_renamed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "settings.toml").write_text(CRITICAL)
    assert main(["scan", str(repository / "infra")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{repository / 'settings.toml'}: rename it; the settings file is now named {NAME}" in line


@pytest.mark.parametrize("content", ["[default]\ndebug = true\n", "no toml"])
def test_a_settings_file_of_another_tool_is_ignored(repository: Path, content: str) -> None:
    (repository / "settings.toml").write_text(content)
    assert used(repository / "infra") is None


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_a_file_that_cannot_be_read_is_an_error_and_the_search_does_not_go_on(
    repository: Path, make: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / NAME).write_text("")
    make(repository / "infra" / NAME)
    assert main(["scan", str(repository / "infra")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{repository / 'infra' / NAME}: cannot be read: " in line


def test_the_output_names_the_file(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*arguments: str) -> str:
        main(["scan", str(repository / "infra"), *arguments])
        return capsys.readouterr().out

    assert json.loads(printed("--json"))["settings"] is None
    assert "\nSettings: defaults (no pillarwatch.toml" in printed()
    (repository / NAME).write_text(CRITICAL)
    assert json.loads(printed("--json"))["settings"] == str(repository / NAME)
    assert f"\nSettings: {repository / NAME}\n" in printed()
