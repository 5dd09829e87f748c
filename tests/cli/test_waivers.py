"""``waive`` and ``waivers``: accepted risks in the settings file, and what they cover."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pillarwatch.command import main
from tests.aggregator.world import ENVIRONMENT, a_world, evaluation

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
Resources:
  Cache: {Type: AWS::S3::Bucket}
  Orders: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: Team, Value: data}]}}
"""
VERSIONING = "s3-bucket-versioning-enabled"
WHO = ("--approver", "Ann", "--reason", "it can be built again")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, int]]:
    capsys.readouterr()
    assert main(["waivers", "template.yaml", "--json"]) == 0
    return [(one["check"], one["status"], one["covers"]) for one in json.loads(capsys.readouterr().out)["waivers"]]


def test_a_waiver_is_appended_and_covers_failures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pillarwatch.toml").write_text("# ours\n[score]\ndrop_threshold = 3\n", encoding="utf-8")
    assert main(["waive", VERSIONING, "Ca*", "--days", "90", *WHO]) == 0
    text = (folder / "pillarwatch.toml").read_text(encoding="utf-8")
    assert text.startswith("# ours\n[score]\ndrop_threshold = 3\n\n[[waivers]]\n")
    assert listed(capsys) == [(VERSIONING, "active", 1)]


def test_a_best_practice_waives_all_checks_that_serve_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waive", "COST04-BP05", "--days", "3", *WHO]) == 0
    ((practice, status, covers),) = listed(capsys)
    assert (practice, status) == ("COST04-BP05", "ends soon")
    assert covers >= 2
    main(["scan", "template.yaml", "--json"])
    results = json.loads(capsys.readouterr().out)["results"]
    assert len([one for one in results if "waiver" in one]) == covers


def test_a_scan_shows_the_scores_with_and_without_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "template.yaml", "--json"])
    before = json.loads(capsys.readouterr().out)
    assert before["scores_without_waivers"] is None
    assert main(["waive", VERSIONING, "--days", "3", *WHO]) == 0
    capsys.readouterr()
    main(["scan", "template.yaml", "--json"])
    after = json.loads(capsys.readouterr().out)
    without = {pillar: score and round(score, 2) for pillar, score in after["scores_without_waivers"].items()}
    del without["overall"]
    assert without == {pillar: found["score"] for pillar, found in before["scores"].items()}
    assert after["scores"] != before["scores"]
    main(["scan", "template.yaml"])
    assert "Without waivers (2 waived failures): " in capsys.readouterr().out


def test_tags_restrict_a_waiver(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waive", VERSIONING, "--tag", "Team=da*", "--days", "30", *WHO]) == 0
    assert listed(capsys) == [(VERSIONING, "active", 1)]


def test_accepted_denials_are_listed_with_their_last_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    denial = f'{{reason = "an SCP reserves it", approver = "Ann", expires = {last}}}'
    text = f'[collectors.accepted_denials]\n"organizations:ListPolicies" = {denial}\n'
    (folder / "pillarwatch.toml").write_text(text, encoding="utf-8")
    assert main(["waivers", "template.yaml", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["accepted_denials"]
    assert (found["action"], found["status"], found["approver"]) == ("organizations:ListPolicies", "ends soon", "Ann")
    assert main(["waivers", "template.yaml"]) == 0
    assert f"ends soon  {last}  organizations:ListPolicies  Ann" in capsys.readouterr().out


def test_a_waiver_that_covers_nothing_is_unused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waive", VERSIONING, "--stack", "shop-*", "--days", "30", *WHO]) == 0
    assert listed(capsys) == [(VERSIONING, "unused", 0)]


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waive", VERSIONING, "--days", "30", "--dry-run", *WHO]) == 0
    assert "[[waivers]]" in capsys.readouterr().out
    assert not (folder / "pillarwatch.toml").exists()


def test_a_dry_run_counts_the_failures_of_templates(capsys: pytest.CaptureFixture[str]) -> None:
    def covers(*arguments: str) -> int:
        capsys.readouterr()
        where = ("--days", "30", *WHO, "--dry-run", "--json", "--templates", "template.yaml")
        assert main(["waive", VERSIONING, *arguments, *where]) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["written"], document["covers_at_most"]) == (False, False)
        return int(document["covers"])

    assert (covers(), covers("Ca*"), covers("--tag", "Team=da*"), covers("none")) == (2, 1, 1, 0)
    assert main(["waive", VERSIONING, "Ca*", "--days", "30", *WHO]) == 0
    assert covers() == 1  # the other one is waived already
    assert main(["waive", VERSIONING, "--days", "30", *WHO, "--dry-run", "--templates", "template.yaml"]) == 0
    assert "It covers 1 failure of the templates.\n" in capsys.readouterr().out


def test_a_dry_run_counts_the_failures_of_a_deployment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with a_world() as world:
        world.send(
            evaluation("orders", {VERSIONING: "N"}),
            evaluation("loans", {VERSIONING: "N"}, workload="bank"),
            evaluation("cache", {VERSIONING: "W"}, expires="2999-12-31"),
            evaluation("site", {VERSIONING: "C"}),
        )

        def covers(*arguments: str) -> tuple[int, bool]:
            capsys.readouterr()
            where = ("--days", "30", *WHO, "--dry-run", "--json", "--table", "table")
            assert main(["waive", *arguments, *where]) == 0
            document = json.loads(capsys.readouterr().out)
            return document["covers"], document["covers_at_most"]

        assert covers(VERSIONING) == (2, False)
        assert covers("REL09-BP01", "arn:aws:s3:::or*") == (1, False)
        assert covers(VERSIONING, "--workload", "bank") == (1, False)
        assert covers(VERSIONING, "--workload", "ban") == (0, False)
        assert covers(VERSIONING, "--account", "9*") == (0, False)
        assert covers(VERSIONING, "--tag", "Team=data") == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["s3-bucket-versioning-enable", "--days", "30"], "did you mean s3-bucket-versioning-enabled?"),
        ([VERSIONING, "--days", "800"], "is too late; the latest is"),
        ([VERSIONING, "--days", "0"], "give a number above 0"),
        ([VERSIONING, "--expires", "soon"], "give a date"),
        ([VERSIONING, "--expires", "2020-01-01"], "is in the past"),
        ([VERSIONING, "--days", "30", "--templates", "absent.yaml"], "absent.yaml"),
        ([VERSIONING, "--days", "30", "--templates", "template.yaml", "--table", "table"], "count in one of them"),
    ],
)
def test_a_wrong_waiver_is_one_line_and_the_file_stays(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (folder / "pillarwatch.toml").write_text("[score]\n", encoding="utf-8")
    assert main(["waive", *arguments, *WHO]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert (folder / "pillarwatch.toml").read_text(encoding="utf-8") == "[score]\n"


def test_the_policy_can_allow_longer_waivers(folder: Path) -> None:
    (folder / "pillarwatch.toml").write_text("[waiver_policy]\nmost_days = 1000\n", encoding="utf-8")
    assert main(["waive", VERSIONING, "--days", "800", *WHO]) == 0
    last = (datetime.now(UTC).date() + timedelta(days=800)).isoformat()
    assert f"expires = {last}" in (folder / "pillarwatch.toml").read_text(encoding="utf-8")
