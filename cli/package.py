"""Lambda packages: our folders, the locked dependencies, and of botocore only the services that the code names.

Nothing in them is compiled, so any machine builds them for arm64. ``sam build`` calls this through the Makefile.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import yaml

from aggregator.catalogue import packaged_basis
from rules.catalogue import OWN, all_checks, own_folder
from rules.collectors import SERVICES, all_collectors

ROOT = Path(__file__).parent.parent
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
    "dashboards": Package(("dashboards",), "lambda-aggregator", {"dynamodb"}),  # powertools remembers there
}
NEVER = shutil.ignore_patterns("__pycache__", "*.pyc", "template.yaml")


class BrokenPackage(Exception):
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
    shutil.copy(ROOT / "settings.json", target)
    _keep_services(target, package)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in list(target.rglob("__pycache__")):
        shutil.rmtree(cache)


def uncounted() -> str:
    """Why some checks would be judged and never counted, as generated files do not have them; empty where they do."""
    missing = sorted(all_checks().keys() - packaged_basis().checks.keys())
    return f"aggregator/catalogue.json has no {', '.join(missing[:3])}; run `make generate` first" if missing else ""


def verify(built: Path) -> None:
    """Import the handler of every function under a ``sam build`` folder in an interpreter that sees nothing else.

    Raises:
        BrokenPackage: a handler cannot be imported, or something compiled is in its package.
    """
    functions = yaml.load((built / "template.yaml").read_text(encoding="utf-8"), Loader=_AnyTag)["Resources"]  # noqa: S506 - a SafeLoader
    for logical_id, resource in functions.items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        package = (built / resource["Properties"]["CodeUri"]).resolve()
        module, _, attribute = resource["Properties"]["Handler"].rpartition(".")
        program = f"import sys; sys.path.insert(0, {str(package)!r}); from {module} import {attribute}"
        # -I and -S: neither this environment's packages nor its variables
        result = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", program], capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise BrokenPackage(f"{logical_id}: {result.stderr.strip().splitlines()[-1]}")
        if compiled := [path.name for path in package.rglob("*.so")]:
            raise BrokenPackage(f"{logical_id}: holds {', '.join(compiled)}, compiled for this machine only")
        size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
        print(f"{logical_id:20} {size / 1e6:5.1f} MB unpacked, imports alone")


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


class _AnyTag(yaml.SafeLoader):
    """Reads a template for its plain values; intrinsic functions become None."""


_AnyTag.add_multi_constructor("!", lambda *_: None)


def main() -> int:
    """Build one package, or verify all that were built."""
    parser = argparse.ArgumentParser(prog="python -m cli.package", description=__doc__)
    parser.add_argument("--verify", type=Path, metavar="FOLDER", help="check what `sam build` made")
    parser.add_argument("name", nargs="?", choices=PACKAGES)
    parser.add_argument("target", nargs="?", type=Path)
    arguments = parser.parse_args()
    if arguments.verify:
        verify(arguments.verify)
    elif "aggregator" in PACKAGES[arguments.name].folders and (why := uncounted()):
        sys.exit(why)
    else:
        build(arguments.name, arguments.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
