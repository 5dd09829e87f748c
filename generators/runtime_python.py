"""The Python of the functions' runtime on this machine: it compiles the Lambda packages, and tests run them with it.

Bytecode of any other version is ignored without a message: https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pillarwatch.errors import UserError
from pillarwatch.root import ROOT
from template_scan.reading import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = "PILLARWATCH_RUNTIME_PYTHON"
ABOUT = "import sys; print(f'python{sys.version_info[0]}.{sys.version_info[1]}', sys.version_info.releaselevel)"


class WrongPython(UserError):
    """``PILLARWATCH_RUNTIME_PYTHON`` names a program that is not the Python of the functions' runtime."""


def runtime() -> str:
    """The runtime of all functions, as the template has it: ``python3.13``."""
    return str(read_template(ROOT / "rules" / "template.yaml").document["Globals"]["Function"]["Runtime"])


@cache
def runtime_python() -> Path | None:
    """The Python of the functions' runtime; None where this machine has none.

    Raises:
        WrongPython: the one that the environment names is another.
    """
    return find_python(runtime())


def find_python(name: str) -> Path | None:
    """A Python that runs and has the name's version, such as ``python3.13``.

    The one that ``PILLARWATCH_RUNTIME_PYTHON`` names, else the first in the path that runs (a version manager's shim
    may be there for a version that is not selected), else one that pyenv has installed.

    Raises:
        WrongPython: the one that the environment names has another version, or does not run.
    """
    if named := os.environ.get(NAMED):
        if not _is(name, named):
            raise WrongPython(f"{NAMED} is {named}, which is not {name} or does not run; the functions run on {name}")
        return Path(shutil.which(named) or named)
    return next((Path(candidate) for candidate in _candidates(name) if _is(name, candidate)), None)


def _candidates(name: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        if found := shutil.which(name, path=folder):
            yield found
    if pyenv := shutil.which("pyenv"):
        installed = subprocess.run([pyenv, "whence", "--path", name], capture_output=True, text=True, check=False)
        yield from installed.stdout.split()


def _is(name: str, candidate: str) -> bool:
    """Bytecode may still change before a version's final release."""
    try:
        done = subprocess.run([candidate, "-I", "-S", "-c", ABOUT], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.split() == [name, "final"]
