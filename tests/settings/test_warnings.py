"""Every output names the waivers without effect and the checks that are off."""

import json
from pathlib import Path

import pytest

from pillarwatch.command import main
from tests.scanning import LAST_DAY

TEMPLATE = "Resources: {Kept: {Type: AWS::S3::Bucket}}"
SETTINGS = f"""\
[checks.s3-bucket-logging-enabled]
off = "logs are kept by another provider"

[[checks.required-tags.when]]
workload = "shop"
off = "tags come with the next release"

[[waivers]]
check = "s3-bucket-versioning-enabled"
resource = "Kept"
reason = "everything in it can be built again"
approver = "Ada"
expires = {LAST_DAY}

[[waivers]]
check = "s3-bucket-versioning-enabled"
resource = "Other"
reason = "everything in it can be built again"
approver = "Ada"
expires = {LAST_DAY}

[[waivers]]
check = "s3-bucket-versioning-enabled"
resource = "Kept"
reason = "everything in it can be built again"
approver = "Ada"
expires = 2020-12-31
"""
LINES = [
    "the waiver of s3-bucket-versioning-enabled for Kept expired on 2020-12-31",
    "the waiver of s3-bucket-versioning-enabled for Other matches no failure here",
    "s3-bucket-logging-enabled is off: logs are kept by another provider",
    "required-tags is off in shop: tags come with the next release",
]


@pytest.fixture
def template(tmp_path: Path) -> str:
    (tmp_path / "pillarwatch.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return str(tmp_path / "template.yaml")


def test_the_table_ends_with_a_line_for_each(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", template])
    text = capsys.readouterr().out
    assert "Settings to look at:\n" + "\n".join(f"  {line}" for line in LINES) in text


def test_json_has_a_list_for_each_kind(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", template, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert [each["expires"] for each in document["waivers_expired"]] == ["2020-12-31"]
    assert [each["resource"] for each in document["waivers_unused"]] == ["Other"]
    assert [(each["check"], each["where"]) for each in document["checks_off"]] == [
        ("s3-bucket-logging-enabled", ""),
        ("required-tags", "shop"),
    ]


def test_a_review_prints_them_on_standard_error(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["review", template])
    assert capsys.readouterr().err.splitlines() == [f"pillarwatch review: {line}" for line in LINES]


def test_a_review_names_the_settings_file_and_what_to_look_at(template: str, tmp_path: Path) -> None:
    document = tmp_path / "review.json"
    main(["review", template, "--output", str(document)])
    source = json.loads(document.read_text(encoding="utf-8"))["source"]
    assert source["settings"].endswith("pillarwatch.toml")
    assert source["notices"] == LINES


def test_without_settings_there_is_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    main(["scan", str(tmp_path / "template.yaml")])
    assert "Settings to look at" not in capsys.readouterr().out
