"""``attest``, ``attest new`` and ``attest check``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.command import main
from pillarwatch.framework import best_practices
from rules.catalogue import all_checks

if TYPE_CHECKING:
    from pathlib import Path

TAGGED = """\
Resources:
  Orders: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: Workload, Value: My shop/1}]}}
"""
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
    assert not any(one["checks"] for one in found)
    capsys.readouterr()
    assert main(["attest", "--all", "--json"]) == 0
    every = json.loads(capsys.readouterr().out)["unattested"]
    assert len(every) == len(best_practices())
    assert all(one["to_show"] or one["checks"] for one in every if one not in found)
    assert main(["attest", "--all", "--limit", "400"]) == 0
    assert "beside lambda-function-xray-enabled" in capsys.readouterr().out


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


@pytest.mark.parametrize("statement", ["{}", "gap:{}", "partial:{}:archive"])
def test_an_attestation_of_a_check_answers_it_in_all_its_best_practices(
    statement: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = "s3-bucket-versioning-enabled"
    (folder / "template.yaml").write_text(TAGGED, encoding="utf-8")
    assert main(["attest", "new", statement.format(check), "--workload", "My shop/1", "--by", "Ann", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["written"]
    found = document["attestations"]
    assert [one["practice"] for one in found] == list(all_checks()[check].best_practices)
    assert {one["answers"][0] for one in found} == {check}
    assert {one.get("component") for one in found} == ({"archive"} if "archive" in statement else {None})
    assert main(["attest", "check"]) == 0
    assert main(["review", "template.yaml", "-o", "r.json"]) == 0
    rows = json.loads((folder / "r.json").read_text(encoding="utf-8"))["attestations"]
    assert [row["id"] for row in rows] == [one["id"] for one in found]


def test_the_id_of_an_attestation_of_a_long_name_is_allowed(folder: Path) -> None:
    for _ in range(2):
        assert main(["attest", "new", "REL13-BP03", "--workload", "w" * 90, "--by", "Ann"]) == 0
    assert (folder / "attestations.toml").read_text(encoding="utf-8").count("[[attestations]]") == 2


def test_a_scan_names_attestations_to_look_at_and_those_that_do_not_count(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for workload in ("", "", "bank", "bank"):
        assert main(["attest", "new", "REL13-BP03", "--workload", workload, "--by", "Ann"]) == 0
    path = folder / "attestations.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"planned"', '"no"', 1), encoding="utf-8")
    capsys.readouterr()
    main(["scan", "template.yaml"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if "attestation" in line]
    today = datetime.now(UTC).astimezone().date()
    assert lines == [
        (
            "attestations rel13-bp03-bank, rel13-bp03-bank-2 do not count: "
            "of workload bank, and the templates are of no workload (see --tags)"
        ),
        "attestations: 1 not implemented, 1 planned",
        f"attestation rel13-bp03 of REL13-BP03: not implemented, last day {today + timedelta(days=365)}",
    ]
    assert main(["attest"]) == 0
    assert "not shown: 2 attestations, 2 of workload bank (--workload)\n" in capsys.readouterr().out
    assert main(["attest", "--workload", "bank"]) == 0
    assert "not shown: 2 attestations, 2 of the account\n" in capsys.readouterr().out
    main(["scan", "template.yaml", "--tags", "Workload=bank", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in document["attestations"]] == ["rel13-bp03-bank", "rel13-bp03-bank-2"]
    assert [one["id"] for one in document["attestations_elsewhere"]] == ["rel13-bp03", "rel13-bp03-2"]


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attest", "new", "rel13-bp03", "--dry-run", "--by", "Ann"]) == 0
    assert 'practice = "REL13-BP03"' in capsys.readouterr().out
    assert not (folder / "attestations.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new", "REL13-BP033"], "did you mean REL13-BP03"),
        (["new", "s3-bucket-versioning-enable"], "did you mean s3-bucket-versioning-enabled"),
        (["new", "gap:s3-bucket-versioning-enable"], "did you mean s3-bucket-versioning-enabled"),
        (["new", "zzz"], "attest"),
        (["new", "REL13-BP03", "--component", "api"], "name its workload"),
        (["new", "REL13-BP03", "--id", "My id", "--by", "Ann"], "id"),
        (["new", "REL13-BP03", "--dry-run", "--id", "My id", "--by", "Ann"], "id"),
        (["new", "REL13-BP03", "--settings", "absent.toml"], "absent.toml"),
        (["--component", "api"], "name its workload"),
        (["--limit", "-1"], "--limit -1"),
        (["--settings", "absent.toml"], "absent.toml"),
        (["check", "--settings", "absent.toml"], "absent.toml"),
        (["check", "--json"], "attest new"),
    ],
)
def test_wrong_input_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert main(["attest", *arguments]) == 2
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert message in line
    assert out == ""
    assert not (folder / "attestations.toml").exists()


def test_a_review_of_templates_shows_attestations(folder: Path) -> None:
    main(["attest", "new", "REL13-BP03", "--by", "Ann", "--statement", "restored <b>in time</b>"])
    assert main(["review", "template.yaml", "-o", "r.md", "-o", "r.html", "-o", "r.json"]) == 0
    (row,) = json.loads((folder / "r.json").read_text(encoding="utf-8"))["attestations"]
    assert (row["practice"], row["state"]) == ("REL13-BP03", "planned")
    assert "**planned**" in (folder / "r.md").read_text(encoding="utf-8")
    assert "restored <b>" not in (folder / "r.html").read_text(encoding="utf-8")
