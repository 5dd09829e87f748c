"""The engine's own virtual environment: it pins another botocore than the project, so it cannot share one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cli.errors import UserError
from cli.runtime_python import NAMED, runtime, runtime_python

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".venv-deploy"
PYTHON = FOLDER / "bin/python"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
UV = ROOT / ".venv/bin/uv"


class NoRuntimePython(UserError):
    """The engine runs the functions with its own Python, which has to be the one of their runtime."""


def install() -> None:
    """Build the environment, unless it is there and the requirements have not changed since.

    Raises:
        NoRuntimePython: this machine has no Python of the functions' runtime.
        CalledProcessError: the package index does not have what is required; uv has printed why.
    """
    stamp = FOLDER / ".installed"
    if stamp.exists() and stamp.stat().st_mtime > REQUIREMENTS.stat().st_mtime:
        return
    python = runtime_python()
    if python is None:
        raise NoRuntimePython(
            f"there is no {runtime()} on this machine, the functions' runtime. Install it (Debian 13: apt-get install "
            f"python3; elsewhere: pyenv install {runtime().removeprefix('python')}), or name one in {NAMED}"
        )
    subprocess.run([UV, "venv", "--quiet", "--clear", "--python", python, FOLDER], check=True)
    sync = ["pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON)]
    subprocess.run([UV, *sync, REQUIREMENTS], check=True)
    stamp.touch()
