"""A wheel in an empty environment is the whole command, from any folder, in one import package."""

from __future__ import annotations

import json
import os
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.install.conftest import install

if TYPE_CHECKING:
    from pathlib import Path

    from tests.install.conftest import Installed

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
MOST_MEGABYTES = 65  # of the base, without pip and setuptools
TEMPLATE = "Resources: {Invoices: {Type: AWS::S3::Bucket}}"


@pytest.mark.parametrize("command", [["pillarwatch"], ["python", "-m", "pillarwatch"]])
def test_an_installed_command_prints_its_version(base: Installed, command: list[str]) -> None:
    done = base.run(*command, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"pillarwatch {VERSION}\n", "")


def test_an_installed_command_scans_a_template(base: Installed, tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    done = base.run("pillarwatch", "scan", template, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    found = {result["check"]: result["compliance"] for result in json.loads(done.stdout)["results"]}
    assert found["s3-bucket-versioning-enabled"] == "NON_COMPLIANT"


def test_an_installed_command_lists_checks(base: Installed) -> None:
    done = base.run("pillarwatch", "checks", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "s3-bucket-versioning-enabled" in {check["check"] for check in json.loads(done.stdout)}


def test_an_installed_command_writes_a_review(base: Installed, tmp_path: Path) -> None:
    template, page = tmp_path / "template.yaml", tmp_path / "review.html"
    template.write_text(TEMPLATE)
    done = base.run("pillarwatch", "review", template, "-o", page)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Pillarwatch {VERSION}" in page.read_text(encoding="utf-8")


def test_site_packages_get_one_package(base: Installed) -> None:
    metadata = base.packages / f"pillarwatch-{VERSION}.dist-info"
    record = (metadata / "RECORD").read_text(encoding="utf-8").splitlines()
    written = {line.partition("/")[0] for line in record if not line.startswith("../")}
    assert written == {"pillarwatch", metadata.name}


def test_the_base_install_is_small(base: Installed) -> None:
    size = sum(path.stat().st_size for path in base.packages.rglob("*") if path.is_file())
    names = {path.name for path in base.packages.iterdir()}
    assert not names & {"moto", "rdklib", "aws_lambda_powertools", "samcli", "uv"}
    assert size / 1e6 <= MOST_MEGABYTES


def test_a_command_without_its_extra_says_which_to_install(base: Installed) -> None:
    done = base.run("pillarwatch", "demo")
    assert (done.returncode, done.stdout) == (2, "")
    missing = "aws_lambda_powertools, moto, rdklib"
    assert done.stderr == f"pillarwatch demo: this needs {missing}; install it: pip install 'pillarwatch[demo]'\n"


@pytest.mark.parametrize("command", [["generate"], ["checks", "new", "acme-x", "--type", "AWS::S3::Bucket"]])
def test_an_installed_command_does_not_write_into_site_packages(base: Installed, command: list[str]) -> None:
    if command[0] == "checks":
        command = [*command, "--practice", "REL09-BP01", "--path", "configuration.x"]
    done = base.run("pillarwatch", *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this is no checkout of Pillarwatch" in done.stderr


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="the installed demo takes minutes: CI runs it")
def test_an_installed_demo_runs_to_its_end(wheel: Path, tmp_path: Path) -> None:
    done = install(f"{wheel}[demo]", tmp_path).run("pillarwatch", "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "What to try next" in done.stdout
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition("An alert of the demo:\n\n```\n")[2]
    alert = shown.partition("```")[0].splitlines()
    assert [line for line in alert if line and f"│ {line}\n" not in done.stdout] == []
