"""What the command prints, and how it exits."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pillarwatch.command import main
from pillarwatch.framework import PILLARS
from tests.scanning import LAST_DAY

BUCKET = "Resources:\n  It:\n    Type: AWS::S3::Bucket\n"
SAFE = """
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties: {VersioningConfiguration: {Status: Enabled}}
"""
VERSIONING = "s3-bucket-versioning-enabled"


def test_json_carries_every_verdict_with_all_its_fields(scan: Any) -> None:
    scanned = scan(
        BUCKET + "  Safe:\n    Type: AWS::S3::Bucket\n    Properties: {VersioningConfiguration: {Status: Enabled}}\n"
    )
    document = scanned.document
    assert set(document) == {
        "settings", "files", "left_out", "results", "scores", "unjudged", "skipped", "live", "errors", "warnings",
        "waivers_expired", "waivers_unused", "attestations", "attestations_elsewhere", "scores_without_waivers",
        "checks_off",
    }  # fmt: skip
    fields = {
        "file", "line", "logical_id", "resource_type", "check", "compliance", "annotation", "best_practices", "pillar",
        "severity",
    }  # fmt: skip
    for result in document["results"]:
        assert set(result) - {"same_cause_as", "cause_of"} == fields
        assert result["compliance"] in {"COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"}
        assert result["pillar"] in PILLARS
    assert {"COMPLIANT", "NON_COMPLIANT"} <= {result["compliance"] for result in document["results"]}
    assert document["results"][0]["file"] == "template.yaml"
    assert {result["line"] for result in document["results"]} == {1, 2, 4}  # 1: the template as a whole


def test_scores_have_always_six_keys(scan: Any) -> None:
    empty = scan("Resources: {}").document["scores"]
    assert tuple(empty) == PILLARS
    assert all(score == {"score": None, "coverage": 0, "verdicts": 0} for score in empty.values())
    judged = scan(BUCKET).document["scores"]
    assert tuple(judged) == PILLARS
    assert judged["security"]["verdicts"] > 0
    assert 0 <= judged["security"]["score"] <= 100
    assert 0 < judged["security"]["coverage"] < 100


def test_output_is_the_same_every_time(scan: Any) -> None:
    assert scan(BUCKET).document == scan(BUCKET).document


def test_live_checks_are_listed_once_and_judge_nothing(scan: Any) -> None:
    scanned = scan(BUCKET + "  Other:\n    Type: AWS::S3::Bucket\n")
    live = scanned.document["live"]
    assert "resource-managed-by-iac" in live
    assert len(live) == len(set(live))
    assert not {result["check"] for result in scanned.document["results"]} & set(live)


def test_only_the_selected_checks_are_printed(scan: Any) -> None:
    scanned = scan(SAFE, "--check", VERSIONING)
    assert [result["check"] for result in scanned.document["results"]] == [VERSIONING]
    assert scanned.code == 0
    assert scanned.document["unjudged"] == {}


@pytest.mark.parametrize(("fail_on", "code"), [("critical", 0), ("high", 0), ("medium", 1), ("low", 1), ("none", 0)])
def test_findings_fail_from_the_chosen_severity_on(scan: Any, fail_on: str, code: int) -> None:
    assert scan(BUCKET, "--check", VERSIONING, "--fail-on", fail_on).code == code


def test_any_finding_fails_by_default(scan: Any) -> None:
    assert scan(BUCKET).code == 1


def test_an_unknown_is_no_finding(scan: Any) -> None:
    scanned = scan(SAFE.replace("Enabled", "!ImportValue x"), "--check", VERSIONING)
    assert scanned.compliance(VERSIONING) == "INSUFFICIENT_DATA"
    assert scanned.code == 0


def test_a_waived_failure_is_shown_and_neither_counted_nor_fatal(scan: Any, tmp_path: Path) -> None:
    waiver = (
        f'[[waivers]]\ncheck = "{VERSIONING}"\nresource = "It"\nreason = "a cache of builds"\n'
        f'approver = "Ada"\nexpires = {LAST_DAY}\n'
    )
    (tmp_path / "pillarwatch.toml").write_text(waiver)
    scanned = scan(BUCKET, "--check", VERSIONING)
    (result,) = scanned.document["results"]
    assert result["compliance"] == "NON_COMPLIANT"
    assert result["waiver"]["reason"] == "a cache of builds"
    assert scanned.code == 0
    assert all(score["verdicts"] == 0 for score in scanned.document["scores"].values())


def test_a_named_settings_file_counts(scan: Any, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(f'[checks.{VERSIONING}]\nseverity = "critical"\n')
    scanned = scan(BUCKET, "--check", VERSIONING, "--settings", "ours.toml")
    assert scanned.document["results"][0]["severity"] == "critical"


def test_settings_that_cannot_be_used_are_an_error(scan: Any, tmp_path: Path, capsys: Any) -> None:
    scan(BUCKET)
    (tmp_path / "broken.toml").write_text("[")
    for name in ("broken.toml", "absent.toml"):
        assert main(["scan", "template.yaml", "--settings", name]) == 2
        assert name in capsys.readouterr().err


def test_an_unknown_check_is_an_error(capsys: Any) -> None:
    assert main(["scan", "template.yaml", "--check", "no-such-check"]) == 2
    assert "no-such-check" in capsys.readouterr().err


def test_the_table_names_place_resource_check_reason_and_fix(scan_as_table: Any) -> None:
    code, text = scan_as_table(BUCKET)
    assert code == 1
    for piece in (
        "template.yaml:2",
        "It",
        VERSIONING,
        "VersioningConfiguration.Status is not set (expected Enabled)",
        "Fix: Set VersioningConfiguration.Status to Enabled",
        "security",
    ):
        assert piece in text
    assert "\033" not in text
    severities = [line.split()[0] for line in text.splitlines() if line.split()[:1] and line[0] != " "]
    found = [severity for severity in severities if severity in ("critical", "high", "medium", "low")]
    assert found == sorted(found, key=["critical", "high", "medium", "low"].index)


def test_the_table_says_what_is_unknown_not_evaluated_and_live(scan_as_table: Any) -> None:
    _, text = scan_as_table("Resources: {A: {Type: AWS::S3::Bucket, Properties: !ImportValue x}, B: {Type: Custom::X}}")
    assert "Unknown, which is not a pass." in text
    assert "Types without checks: Custom::X\n" in text
    assert "Only a deployment can answer " in text


ALARMS = "lambda-duration-alarm-configured"


def test_a_reason_that_many_resources_and_checks_share_is_printed_once(
    scan_as_table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions = "\n".join(f"  F{number}: {{Type: AWS::Lambda::Function}}" for number in range(50))
    for columns in ("80", "500"):
        monkeypatch.setenv("COLUMNS", columns)
        _, text = scan_as_table(f"Resources:\n{functions}")
        (line,) = (line for line in text.splitlines() if "no AWS::CloudWatch::Alarm in this template" in line)
        assert line.startswith("   100  ")
        assert f"{ALARMS} (50)" in text
    assert f"{ALARMS} (50), lambda-errors-alarm-configured (50)" in line


def test_a_loop_that_is_not_written_out_is_no_type_without_checks(scan_as_table: Any) -> None:
    _, text = scan_as_table("""
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::All: [Name, !Ref Names, {"Bucket${Name}": {Type: AWS::S3::Bucket}}]
""")
    assert "Not evaluated, see the warnings: AWS::S3::Bucket" in text
    assert "Types without checks" not in text


def test_a_check_that_judged_nothing_says_why(scan: Any, capsys: pytest.CaptureFixture[str]) -> None:
    scan(BUCKET)
    main(["scan", "template.yaml", "--check", "sqs-queue-encrypted", "--check", "resource-managed-by-iac"])
    live, queue = capsys.readouterr().err.splitlines()
    assert live.endswith("resource-managed-by-iac evaluated nothing: only a deployment can evaluate it")
    assert queue.endswith("sqs-queue-encrypted evaluated nothing: nothing here is an AWS::SQS::Queue")


def test_the_summary_counts_the_files_with_errors(scan_as_table: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("Resources: [")
    code, text = scan_as_table(BUCKET, "broken.yaml")
    assert code == 2
    assert text.endswith("1 file with errors, see above.\n")


def test_a_file_that_cannot_be_judged_is_one_line_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "template.yaml").write_text("a: [")
    assert main(["scan", str(tmp_path / "template.yaml")]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert "template.yaml:1: is neither YAML nor JSON" in line
    assert "; correct it there" in line
    assert not printed.out


def test_the_module_runs_by_itself_and_loads_nothing_heavy(root: Path, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(BUCKET)
    heavy = "boto3 botocore moto pydantic samtranslator rich jinja2 jsonschema"
    code = (
        "import sys; from pillarwatch.command import main; main(['scan', '--json', sys.argv[1]]);"
        f"print(sorted(set('{heavy}'.split()) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "template.yaml")],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr.strip() == "[]"
    assert json.loads(done.stdout)["results"]
    for argument, text in ((str(tmp_path / "template.yaml"), None), ("-", BUCKET)):
        module = subprocess.run(
            [sys.executable, "-m", "pillarwatch", "scan", argument],
            cwd=root, input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert module.returncode == 1
        assert not module.stderr


HOSTILE = r"""
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: "x\e[2J\n::error file=a::forged"
      VersioningConfiguration: {Status: "\e[31mSuspended\n::add-mask::abc ##vso[task.complete] ##[error]x"}
  "L\n::stop-commands::x\u202e":
    Type: AWS::S3::Bucket
  Other:
    Type: "Custom::\e]0;title\a\n| row"
    Properties: {It: !Sub "${Un\ndefined\e[2J}"}
  Broken: {Properties: "\e[2J"}
"""


@pytest.mark.parametrize("format_", ["table", "json"])
def test_text_of_a_template_controls_neither_terminal_nor_pipeline(format_: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "::error::x\n\x1b[2J.yaml").write_text(HOSTILE)
    done = subprocess.run(
        [sys.executable, "-m", "pillarwatch", "scan", "--format", format_, *tmp_path.iterdir(), "\n::error::no"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    printed = done.stdout + done.stderr
    assert "Suspended" in printed
    assert not set(printed) & {chr(code) for code in (*range(10), *range(11, 32), 127, 0x202E)}
    assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
    assert "##vso[" not in printed
    assert "##[" not in printed
    assert not any(line.lstrip().startswith("| row") for line in printed.splitlines())


def test_a_template_behind_an_option_is_a_template(scan: Any) -> None:
    for arguments in (["--parameters", "A=b", "template.yaml"], ["--tags", "Owner=x", "template.yaml", "--json"]):
        scanned = scan(None, *arguments) if Path("template.yaml").exists() else scan(BUCKET, *arguments)
        assert scanned.document["files"] == ["template.yaml"]
    scanned = scan(BUCKET, "--tags", "Owner=x", "--tags", "Project=y")
    assert scanned.compliance("resource-owner-tag-present", "(template)") == "COMPLIANT"


def test_a_word_behind_an_option_that_is_neither_a_pair_nor_a_template_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["scan", "--tags", "Owner"]) == 2
    assert "--tags Owner: is neither KEY=VALUE nor a template" in capsys.readouterr().err


def test_an_annotation_names_a_resource_of_the_template_whose_arn_is_not_known(scan: Any) -> None:
    scanned = scan("""
Resources:
  Orders: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  It:
    Type: AWS::Lambda::Function
    Properties: {Role: "arn:aws:iam::123456789012:role/it", Code: {S3Bucket: code, S3Key: it.zip}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref It, EventSourceArn: !GetAtt Orders.Arn, StartingPosition: LATEST}
""")
    assert scanned.verdict("lambda-esm-on-failure-destination")[1].startswith("no OnFailure destination: Orders (")
