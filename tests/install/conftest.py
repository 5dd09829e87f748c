"""The wheel, installed as a stranger installs it: empty environments, an empty home, another folder."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

UV = Path(sys.executable).with_name("uv")
SECONDS = 600  # a demo takes about 100 on two free cores


class Installed(NamedTuple):
    """A virtual environment with the wheel in it."""

    environment: Path
    home: Path  # empty, and the folder in which commands run

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        (found,) = self.environment.glob("lib/python3.*/site-packages")
        return found

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, with nothing of the environment of the tests."""
        program, *arguments = map(str, command)
        return subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.home,
            env={"PATH": os.defpath, "HOME": str(self.home), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The wheel, built once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "wheel"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("*.whl")):
            _uv("build", "--wheel", "--out-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel without an extra."""
    return install(str(wheel), tmp_path_factory.mktemp("base"))


def install(requirement: str, folder: Path) -> Installed:
    """Install into an empty environment."""
    installed = Installed(folder / "environment", folder / "home")
    installed.home.mkdir()
    _uv("venv", "--python", sys.executable, installed.environment)
    _uv("pip", "install", "--python", installed.environment / "bin/python", requirement)
    return installed


def _uv(*arguments: str | Path) -> None:
    done = subprocess.run([UV, "--quiet", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
