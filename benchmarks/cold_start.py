"""What our handler's import costs beyond that of rdklib, on which it stands."""

from __future__ import annotations

from benchmarks.side_by_side import PYTHON, Row, child, in_turns

PROMISED = 1.3


def rows(runs: int) -> list[Row]:
    """Whole processes that import and end."""
    ours, theirs = in_turns(lambda: _imported("rules.evaluator"), lambda: _imported("rdklib"), runs)
    what = "import of the handler: CPU of the process"
    return [Row(what, ours, theirs, "s", "rdklib", f"at most {PROMISED}", ours / theirs <= PROMISED)]


def _imported(module: str) -> float:
    return child([PYTHON, "-c", f"import {module}"]).cpu
