"""Each package that is imported is declared in pyproject.toml: what a dependency brings along can leave with it."""

from __future__ import annotations

import ast
import itertools
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING, Any

import pytest

from cli.commands import COMMANDS, EXTRAS
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# What only developers run
DEVELOPMENT = (
    *("benchmarks", "tests/sam_deploy", "tests"),
    *("generators/managed_policies.py", "generators/config_schema_paths.py", "generators/wheel_hook.py"),
)
# What runs only where an extra is installed, or in Lambda. All else has to run with the base alone.
NEEDS_EXTRA = {
    "local_aws": "demo",
    "dashboards/notify.py": "demo",
    "rules/config_rule.py": "demo",
    "rules/evaluator.py": "demo",
    "rules/publishing.py": "demo",
}
SHIPPED = (
    *("pillarwatch", "rules", "aggregator", "dashboards", "review"),
    *("template_scan", "settings", "local_aws", "generators", "cli"),
)
OWN = {*SHIPPED, "benchmarks", "tests", "own_checks"}
DISTRIBUTIONS = packages_distributions()


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: Iterable[Any]) -> set[str]:
    """The names of the distributions that requirements name."""
    texts = (each for each in requirements if isinstance(each, str))
    return {normalized(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in texts}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def files_of(place: str) -> list[Path]:
    path = ROOT / place
    if path.is_file():
        return [path]
    apart = {ROOT / other for other in (*DEVELOPMENT, *NEEDS_EXTRA) if other.startswith(f"{place}/")}
    return [file for file in sorted(path.glob("**/*.py")) if apart.isdisjoint([file, *file.parents])]


def imported(place: str) -> Iterator[tuple[str, str]]:
    """Each line of an import with the top-level module that it names, in functions and for type checkers too."""
    for file in files_of(place):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for module in modules:
                yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", module.partition(".")[0]


@pytest.mark.parametrize("place", dict.fromkeys([*SHIPPED, *NEEDS_EXTRA, *DEVELOPMENT]))
def test_what_is_imported_is_declared(place: str) -> None:
    document = project()
    extras = document["project"]["optional-dependencies"]
    declared = names(document["project"]["dependencies"])
    if extra := NEEDS_EXTRA.get(place):
        declared |= names(extras[extra])
    if place in DEVELOPMENT:
        declared |= names(itertools.chain(*extras.values(), *document["dependency-groups"].values()))
    if place == "tests/sam_deploy":  # the engine runs in an environment of its own
        required = (ROOT / place / "requirements.txt").read_text(encoding="utf-8").splitlines()
        declared |= names(line for line in required if line[:1].isalpha())
    undeclared = [
        f"{line}: {module}"
        for line, module in imported(place)
        if module not in OWN and module not in sys.stdlib_module_names
        if not declared & {*map(normalized, DISTRIBUTIONS.get(module, [module]))}
    ]
    assert undeclared == []


def test_a_command_looks_for_what_its_extra_installs() -> None:
    extras = {extra: names(found) for extra, found in project()["project"]["optional-dependencies"].items()}
    looked_for = {
        extra: {normalized(name) for module in modules for name in DISTRIBUTIONS[module]}
        for extra, modules in EXTRAS.items()
    }
    assert looked_for == extras
    assert {command.extra for command in COMMANDS.values()} - {""} <= extras.keys()


def test_the_lock_of_the_benchmarks_pins_contents_and_no_server() -> None:
    """npm takes the packages from the registry that is configured where it runs."""
    lock = json.loads((ROOT / "benchmarks/cdk-nag/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("inBundle")}
    assert {"node_modules/cdk-nag", "node_modules/aws-cdk-lib"} <= packages.keys()
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name
