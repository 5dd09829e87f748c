"""Lambda packages: our folders, the locked dependencies, and of botocore only the services that the code names.

No extension module is in them, so any machine builds them for arm64. The Python of the functions' runtime compiles the
bytecode: /var/task is read-only, so without it every cold start compiles all that it imports.
``sam build`` calls this through the Makefile.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import packaged_basis
from generators.runtime_python import NAMED, runtime, runtime_python
from pillarwatch.errors import UserError
from pillarwatch.root import INSTALLED, ROOT
from rules.catalogue import OWN, OWN_FOLDER, all_checks, own_folder
from rules.collectors import SERVICES, all_collectors
from template_scan.reading import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = re.compile(r"""(?:client|resource)\(\s*["']([a-z0-9-]+)["']""")


class Package(NamedTuple):
    """What one Lambda package holds."""

    folders: tuple[str, ...]
    dependencies: str  #: dependency group in pyproject.toml
    services: set[str]  #: AWS services that it calls otherwise than by a literal name


COLLECTED = {
    SERVICES.get(service, service)
    for collector in all_collectors().values()
    for service in (action.partition(":")[0] for action in collector.actions)
}
PACKAGES = {
    "rules": Package(("pillarwatch", "rules"), "lambda-rules", {"sts", *COLLECTED}),
    "aggregator": Package(("pillarwatch", "aggregator"), "lambda-aggregator", set()),
    "dashboards": Package(("dashboards",), "lambda-dashboards", {"dynamodb"}),  # powertools remembers there
}
NEVER = shutil.ignore_patterns("__pycache__", "*.pyc", "*.yaml")
TASK_ROOT = "/var/task"  # where Lambda unpacks a function; tracebacks name files there
# Prints what is wrong with the bytecode under a folder, by the Python that is to load it. The header is PEP 552's:
# the version's number, flags (a hash, not checked), and the hash of the source. Times change when Lambda unpacks.
CHECK_BYTECODE = """
import importlib.util, pathlib, sys
folder = pathlib.Path(sys.argv[1])
expected = {}
for source in folder.rglob("*.py"):
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source.read_bytes())
    expected[pathlib.Path(importlib.util.cache_from_source(source))] = header
for path in sorted(expected.keys() | set(folder.rglob("*.pyc"))):
    if not path.exists():
        print(path.relative_to(folder), "is missing")
    elif path not in expected:
        print(path.relative_to(folder), "has no source, or is of another Python")
    elif not path.read_bytes().startswith(expected[path]):
        print(path.relative_to(folder), "is of another Python or source, or is compared with its source's time")
"""


class BrokenPackage(UserError):
    """A built package cannot be imported as Lambda will, or holds what it must not."""


def build(name: str, target: Path) -> None:
    """Build the package ``name`` into the folder ``target``."""
    package = PACKAGES[name]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        export = ["uv", "export", "--frozen", "--quiet", "--no-emit-project", "--only-group", package.dependencies]
        _run(*export, "--output-file", requirements.name)
        _run(
            *("uv", "pip", "install", "--quiet", "--target", str(target), "--requirement", requirements.name),
            *("--python-version", "3.13", "--python-platform", "aarch64-manylinux2014", "--only-binary", ":all:"),
        )
    for folder in package.folders:
        shutil.copytree(ROOT / folder, target / folder, ignore=NEVER)
    if "rules" in package.folders and (own := own_folder()):
        shutil.copytree(own, target / OWN, ignore=NEVER)
    shutil.copy(ROOT / "packaged_settings.json", target)
    _keep_services(target, package)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in list(target.rglob("__pycache__")):
        shutil.rmtree(cache)
    if python := runtime_python():
        compile_bytecode(target, python)
    else:
        print(
            f"warning: {name}: built without bytecode, so cold starts take three to four times as long: there is no"
            f" {runtime()} in the path. Install it, or set {NAMED}.",
            file=sys.stderr,
        )


def compile_bytecode(package: Path, python: Path) -> None:
    """Compile every source of a package, by the Python that will load it.

    Raises:
        BrokenPackage: a file cannot be compiled.
    """
    package = package.resolve()
    # Sets of texts are written in the order of their hashes: without a seed, every build would be a new deployment.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [
            *(python, "-P", "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
            *("-s", package, "-p", TASK_ROOT, package),
        ],
        env=environment | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BrokenPackage(f"{package} cannot be compiled by {python}: {done.stdout.strip() or done.stderr.strip()}")


def check_bytecode(package: Path, python: Path | None) -> None:
    """Check that a package holds the bytecode of each source, and none that Lambda would ignore.

    Args:
        package: the folder.
        python: the Python of the functions' runtime; None where there is none, and sources alone are right.

    Raises:
        BrokenPackage: it does not; the message names the first file.
    """
    if python is None:
        if found := next(package.rglob("*.pyc"), None):
            raise BrokenPackage(f"{found} cannot be checked without {runtime()}. Install it, or set {NAMED}.")
        return
    done = subprocess.run(
        [python, "-I", "-S", "-c", CHECK_BYTECODE, package], capture_output=True, text=True, check=True
    )
    if wrong := done.stdout.splitlines():
        raise BrokenPackage(f"{package}: {wrong[0]} ({len(wrong)} in all). Run `make build` again.")


def uncounted() -> str:
    """Why some checks would be judged and never counted, as generated files do not have them; empty where they do."""
    missing = sorted(all_checks().keys() - packaged_basis().checks.keys())
    if not missing:
        return ""
    if INSTALLED:
        return f"the demo has the checks of the release alone, and no {', '.join(missing[:3])}; unset {OWN_FOLDER}"
    return f"aggregator/catalogue.json has no {', '.join(missing[:3])}; run `make generate` first"


def verify(built: Path) -> None:
    """Check every package under a ``sam build`` folder as Lambda will use it.

    The handler is imported in an interpreter that sees nothing else, of the functions' runtime if there is one here.

    Raises:
        BrokenPackage: a handler cannot be imported, an extension module is in its package, or bytecode is missing or
            of another Python.
    """
    python = runtime_python()
    for logical_id, resource, folder in _functions(built):
        package = (folder / resource["Properties"]["CodeUri"]).resolve()
        if extensions := [path.name for path in package.rglob("*.so")]:
            raise BrokenPackage(f"{logical_id}: holds {', '.join(extensions)}, built for this machine only")
        check_bytecode(package, python)
        _import_alone(logical_id, package, resource["Properties"]["Handler"], python)
        size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
        shipped = f"bytecode of {runtime()}" if python else "sources only"
        print(f"{logical_id:20} {size / 1e6:5.1f} MB unpacked, imports alone, {shipped}")


def _functions(built: Path) -> Iterator[tuple[str, dict[str, Any], Path]]:
    """The functions of a built template and its nested ones, each with the folder of its template."""
    for logical_id, resource in read_template(built / "template.yaml").document["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            yield logical_id, resource, built
        elif resource["Type"] == "AWS::Serverless::Application":
            yield from _functions((built / resource["Properties"]["Location"]).parent)


def _import_alone(logical_id: str, package: Path, handler: str, python: Path | None) -> None:
    module, _, attribute = handler.rpartition(".")
    program = f"import sys; sys.path.insert(0, {str(package)!r}); from {module} import {attribute}"
    # -I and -S: neither this environment's packages nor its variables; -B: what is built stays as it is
    command = [python or sys.executable, "-I", "-S", "-B", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BrokenPackage(f"{logical_id}: {result.stderr.strip().splitlines()[-1]}")


def _keep_services(target: Path, package: Package) -> None:
    named = {
        service
        for folder in package.folders
        for path in (ROOT / folder).rglob("*.py")
        for service in CLIENT.findall(path.read_text(encoding="utf-8"))
    }
    for service in (target / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in named | package.services:
            shutil.rmtree(service)


def _run(program: str, *arguments: str) -> None:
    subprocess.run(
        [Path(sys.executable).with_name(program), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def main() -> int:
    """Build one package, or verify all that were built."""
    parser = argparse.ArgumentParser(prog="python -m generators.lambda_package", description=__doc__)
    parser.add_argument("--verify", type=Path, metavar="FOLDER", help="check what `sam build` made")
    parser.add_argument("name", nargs="?", choices=PACKAGES)
    parser.add_argument("target", nargs="?", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.verify:
            verify(arguments.verify)
        elif "aggregator" in PACKAGES[arguments.name].folders and (why := uncounted()):
            sys.exit(why)
        else:
            build(arguments.name, arguments.target)
    except UserError as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
