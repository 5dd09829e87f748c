"""What a cold start imports: every handler from its package as shipped, beside rdklib from the same packages."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from benchmarks.side_by_side import ROOT, ChildFailed, Row, child, in_turns
from generators.flat_template import flat_template
from generators.lambda_package import PACKAGES, build
from generators.runtime_python import NAMED, runtime, runtime_python

PROMISED = 1.3


def rows(runs: int) -> list[Row]:
    """Whole processes of the functions' runtime that import and end.

    Raises:
        ChildFailed: this machine has no Python of the functions' runtime.
    """
    python = runtime_python()
    if python is None:
        raise ChildFailed(
            f"cold starts are measured with {runtime()}, which is missing here. Install it, or set {NAMED}."
        )
    with tempfile.TemporaryDirectory() as folder:
        packages = {name: Path(folder, name) for name in PACKAGES}
        for name, target in packages.items():
            build(name, target)
        found = []
        for module in _handlers():
            ours, rdklib = in_turns(
                partial(_imported, python, packages[module.partition(".")[0]], module),
                partial(_imported, python, packages["rules"], "rdklib"),
                runs,
            )
            what = f"cold import of {module} as shipped: CPU of the process"
            found.append(Row(what, ours, rdklib, "s", "rdklib", f"at most {PROMISED}", ours / rdklib <= PROMISED))
        return found


def _handlers() -> list[str]:
    """The modules of the template's handlers, each once."""
    resources = flat_template(ROOT / "template.yaml")["Resources"].values()
    handlers = [each["Properties"]["Handler"] for each in resources if each["Type"] == "AWS::Serverless::Function"]
    return list(dict.fromkeys(handler.rpartition(".")[0] for handler in handlers))


def _imported(python: Path, package: Path, module: str) -> float:
    # -I, -S: the package and nothing else; -B: the bytecode that is loaded is the bytecode that is shipped
    program = f"import sys; sys.path.insert(0, {str(package)!r}); import {module}"
    return child([str(python), "-I", "-S", "-B", "-c", program]).cpu
