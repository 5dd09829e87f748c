"""``attest``, ``attest new`` and ``attest check``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.command import main

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = "Resources:\n  Orders: {Type: AWS::S3::Bucket}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "template.yaml").write_text(BUCKET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main(["attest", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_nobody_attested_is_listed_by_risk(capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys)["unattested"]
    risks = [one["risk"] for one in found]
    assert risks == sorted(risks, key=["HIGH", "MEDIUM", "LOW"].index)
    assert all(one["to_show"] and one["url"] for one in found)


def test_a_new_attestation_is_planned_and_shortens_the_list(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    practice = listed(capsys)["unattested"][0]["practice"]
    assert main(["attest", "new", practice, "--kind", "decision", "--by", "Ann"]) == 0
    found = listed(capsys)
    assert practice not in {one["practice"] for one in found["unattested"]}
    assert [(one["practice"], one["state"]) for one in found["attestations"]] == [(practice, "planned")]
    assert main(["attest", "check"]) == 0
    assert main(["attest", "new", practice, "--by", "Ann"]) == 0  # a second one has another id
    assert (folder / "attestations.toml").read_text(encoding="utf-8").count("[[attestations]]") == 2


@pytest.mark.parametrize("kind", ["code", "register", "pipeline", "document", "decision", "exercise", "figure"])
def test_the_comments_of_a_new_attestation_are_what_yes_needs(kind: str, folder: Path) -> None:
    assert main(["attest", "new", "REL13-BP03", "--kind", kind, "--by", "Ann"]) == 0
    path = folder / "attestations.toml"
    text = path.read_text(encoding="utf-8").replace('status = "planned"', 'status = "yes"')
    lines = [line.removeprefix("# ") if " = " in line and "expires" not in line else line for line in text.splitlines()]
    path.write_text("\n".join(line for line in lines if not line.startswith("For status")), encoding="utf-8")
    assert main(["attest", "check"]) == 0


def test_check_fails_for_what_is_no_evidence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attest", "check"]) == 2
    assert "attest new" in capsys.readouterr().err
    main(["attest", "new", "REL13-BP03", "--by", "Ann"])
    path = folder / "attestations.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"planned"', '"no"'), encoding="utf-8")
    assert main(["attest", "check"]) == 1
    path.write_text(path.read_text(encoding="utf-8").replace("statement", "statment"), encoding="utf-8")
    capsys.readouterr()
    assert main(["attest", "check"]) == 2
    assert "did you mean statement?" in capsys.readouterr().err
    assert main(["attest", "new", "REL99-BP01"]) == 2


def test_a_review_of_templates_shows_attestations(folder: Path) -> None:
    main(["attest", "new", "REL13-BP03", "--by", "Ann", "--statement", "restored <b>in time</b>"])
    assert main(["review", "template.yaml", "-o", "r.md", "-o", "r.html", "-o", "r.json"]) == 0
    (row,) = json.loads((folder / "r.json").read_text(encoding="utf-8"))["attestations"]
    assert (row["practice"], row["state"]) == ("REL13-BP03", "planned")
    assert "**planned**" in (folder / "r.md").read_text(encoding="utf-8")
    assert "restored <b>" not in (folder / "r.html").read_text(encoding="utf-8")
