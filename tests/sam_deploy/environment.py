"""The engine's own virtual environment: it pins another botocore than the project, so it cannot share one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from generators.runtime_python import NAMED, runtime, runtime_python
from pillarwatch.errors import UserError
from pillarwatch.root import ROOT

FOLDER = ROOT / ".venv-deploy"
PYTHON = FOLDER / "bin/python"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
UV = ROOT / ".venv/bin/uv"


class NotInstalled(UserError):
    """The environment cannot be built: no Python of the functions' runtime, or no package index."""


def install() -> None:
    """Build the environment, unless it is there and the requirements have not changed since.

    Raises:
        NotInstalled: this machine has no Python of the functions' runtime, or uv failed and has printed why.
    """
    stamp = FOLDER / ".installed"
    if stamp.exists() and stamp.stat().st_mtime > REQUIREMENTS.stat().st_mtime:
        return
    python = runtime_python()
    if python is None:
        raise NotInstalled(
            f"there is no {runtime()} on this machine, the functions' runtime. Install it (Debian 13: apt-get install "
            f"python3; elsewhere: pyenv install {runtime().removeprefix('python')}), or name one in {NAMED}"
        )
    venv = ["venv", "--clear", "--python", str(python), str(FOLDER)]
    sync = ["pip", "sync", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON), str(REQUIREMENTS)]
    for arguments in (venv, sync):
        if subprocess.run([UV, "--quiet", *arguments], check=False).returncode:
            raise NotInstalled(f"{FOLDER} cannot be built; uv says why above. It needs a package index: {REQUIREMENTS}")
    stamp.touch()
