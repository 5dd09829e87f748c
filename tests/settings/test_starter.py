"""The file that `pillarwatch init` writes: the defaults, and examples that are valid."""

import re
from pathlib import Path

import pytest

from pillarwatch.command import main
from pillarwatch.settings import Settings
from settings.model import SettingsFile
from settings.starter import starter
from settings.validation import read_settings


def test_the_file_as_written_changes_no_default(tmp_path: Path) -> None:
    (tmp_path / "pillarwatch.toml").write_text(starter(), encoding="utf-8")
    assert read_settings(tmp_path / "pillarwatch.toml").document == Settings().document


def test_every_example_in_it_is_valid(tmp_path: Path) -> None:
    text = re.sub(r"^# (?=\[|[\w.-]+ = )", "", starter(), flags=re.MULTILINE)
    (tmp_path / "pillarwatch.toml").write_text(text, encoding="utf-8")
    document = read_settings(tmp_path / "pillarwatch.toml").document
    assert document["waivers"][0]["check"] == "s3-bucket-versioning-enabled"
    assert document["checks"].keys() == {"cw-loggroup-retention-period-check"}
    assert document["excluded_types"].keys() == {"eu-south-2"}


def test_it_names_every_table() -> None:
    headers = re.findall(r"^(?:# )?\[+([a-z_]+)", starter(), flags=re.MULTILINE)
    assert headers == list(SettingsFile.model_fields)


def test_it_writes_the_file_and_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert capsys.readouterr().out == "written: pillarwatch.toml\n"
    (tmp_path / "pillarwatch.toml").write_text("mine", encoding="utf-8")
    assert main(["init"]) == 2
    assert capsys.readouterr().err.startswith("pillarwatch init: pillarwatch.toml: exists")
    assert (tmp_path / "pillarwatch.toml").read_text(encoding="utf-8") == "mine"


def test_stdout_prints_it_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--stdout"]) == 0
    assert capsys.readouterr().out == starter()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--path", str(tmp_path / "none" / "pillarwatch.toml")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be written: No such file or directory" in line
