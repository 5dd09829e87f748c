"""Two sides measured in turns, by the CPU time that they use: on a busy machine it is more reliable than the clock."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parent.parent
PYTHON = str(ROOT / ".venv/bin/python")
CHECKOV = str(ROOT / ".venv-bench/bin/checkov")
NAG = str(ROOT / ".venv-bench/cdk-nag/nag.js")
SHARED = Path(os.environ.get("PILLARWATCH_SHARED", ROOT.parent / "shared"))  # recorded items and templates of others


class ChildFailed(Exception):
    """A command that is measured did not do its work; it says so itself."""


class Row(NamedTuple):
    """One promise: what was measured on both sides, and whether it holds."""

    what: str
    ours: float
    theirs: float
    unit: str
    peer: str
    promised: str
    holds: bool

    def cells(self) -> list[str]:
        """As the table shows it."""
        ratio = self.ours / self.theirs
        return [
            self.what,
            f"{_number(self.ours)} {self.unit}".strip(),
            f"{_number(self.theirs)} {self.unit}".strip() + f" ({self.peer})",
            f"{ratio:.2f}" if ratio > 0.5 else f"1/{1 / ratio:.1f}",  # noqa: PLR2004 - which of them reads better
            self.promised,
            "holds" if self.holds else "FAILS",
        ]


class Child(NamedTuple):
    """A process that has ended: CPU seconds, user and system, its own children's too; MiB; and what it printed."""

    cpu: float
    memory: float
    printed: str


def child(command: Sequence[str]) -> Child:
    """Run a command from the repository's root, with nothing of this environment that would change how Python starts.

    botocore signs without its extension module, which no Lambda package of ours holds.

    Raises:
        ChildFailed: its exit code is neither 0 nor 1, which stands for findings if it printed some.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["BOTO_DISABLE_CRT"] = "true"
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as complained:
        try:
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=printed, stderr=complained)
        except OSError as error:
            raise ChildFailed(f"{command[0]}: {error.strerror}") from None
        _, status, used = os.wait4(process.pid, 0)  # of this process alone, unlike what getrusage says of children
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complained.seek(0)
        text = printed.read()
        if process.returncode not in (0, 1) or (process.returncode and not text):
            raise ChildFailed(f"{' '.join(command)[:2000]}: {complained.read()[-2000:]}")
    return Child(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def in_turns(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> tuple[float, float]:
    """The medians of both sides. Every run measures both, in the other order each time; a first one is not counted."""
    measured: dict[Callable[[], float], list[float]] = {ours: [], theirs: []}
    order = [ours, theirs]
    for run in range(runs + 1):
        for side in order:
            result = side()
            if run:
                measured[side].append(result)
        order.reverse()
    return median(measured[ours]), median(measured[theirs])


def _number(number: float) -> str:
    return f"{number:,.0f}" if number > 100 else f"{number:.2f}"  # noqa: PLR2004 - no count is smaller, no time greater
