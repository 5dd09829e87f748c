"""The attestations of the sample: several kinds and states, and what they become in a deployment."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.deploy import copy_application
from generators.files import SAMPLE, SAMPLE_DAY
from pillarwatch.settings import Settings
from settings.attestations import read_attestations
from settings.discovery import ATTESTATIONS
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    from pathlib import Path

FILE = SAMPLE.with_name(ATTESTATIONS)


def test_the_sample_shows_all_kinds_and_most_states() -> None:
    settings = Settings({"attestations": read_attestations(FILE)})
    found = scanned([SAMPLE], settings, SAMPLE_DAY).attested(settings)
    assert {each.id for each, _ in found} == {each.id for each in settings.attestations}
    kinds = {"code", "register", "pipeline", "document", "decision", "exercise", "figure", "recurring"}
    assert {each.kind for each, _ in found} == kinds
    assert {state for _, state in found} == {"implemented", "contradicted", "target missed", "expired", "planned"}


@pytest.mark.parametrize("attested", [FILE, None])
def test_a_deployment_packages_the_attestations_beside_the_settings(tmp_path: Path, attested: Path | None) -> None:
    folder = tmp_path / "application"
    copy_application(folder, None, None, attested)
    command = [sys.executable, "-m", "pillarwatch", "generate", "--deployed"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    expected = read_attestations(attested) if attested else []
    assert json.loads((folder / "packaged_settings.json").read_text())["attestations"] == expected
    read = "from aggregator.catalogue import packaged_basis as b; print(*(a.id for a in b().settings.attestations))"
    done = subprocess.run([sys.executable, "-c", read], cwd=folder, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [each["id"] for each in expected]
