"""The script that `pillarwatch completion` prints completes commands, options and file names in a real shell."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.commands import COMMANDS
from pillarwatch.command import main

if TYPE_CHECKING:
    from pathlib import Path

COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_pillarwatch pillarwatch "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "completion.bash"
    path.write_text(capsys.readouterr().out)
    return path


def completed(script: Path, *words: str) -> set[str]:
    done = subprocess.run(
        ["bash", "-c", COMPLETE, "bash", script, "pillarwatch", *words],
        cwd=script.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def test_bash_completes_commands_options_and_files(script: Path) -> None:
    assert completed(script, "") >= {name for name in COMMANDS if " " not in name}
    assert completed(script, "sc") == {"scan", "scores"}
    assert "--fail-on" in completed(script, "scan", "--f")
    assert completed(script, "scan", "--fail-on", "no") == {"none"}
    assert completed(script, "scan", "compl") == {"completion.bash"}
    assert completed(script, "checks", "n") == {"new"}
    assert "--collector" in completed(script, "checks", "new", "--c")


def test_zsh_gets_a_script_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "zsh"]) == 0
    assert capsys.readouterr().out.startswith("#compdef pillarwatch")
