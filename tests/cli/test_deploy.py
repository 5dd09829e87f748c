"""What `pillarwatch deploy` copies and refuses. `make deploy-local` deploys with it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from cli.deploy import copy_application
from pillarwatch.command import main
from pillarwatch.settings import Settings
from settings.discovery import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-west-1"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty AWS account, and a current folder without settings."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        yield


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--parameter", "AlertEmail"], "is not KEY=VALUE; e.g. AlertEmail=team@example.com"),
        (["--parameter", "AlertMail=a@example.com"], "the template declares no AlertMail; it declares AlertEmail, "),
        (["--settings", "nowhere.toml"], "nowhere.toml"),
        (["--delete"], "stack pillarwatch in eu-west-1 is no deployment of Pillarwatch"),
    ],
)
@pytest.mark.usefixtures("account")
def test_bad_input_is_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pillarwatch deploy: ")
    assert message in line


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("confirmed", [False, True])
def test_without_a_terminal_a_deletion_must_be_confirmed_by_an_option(
    confirmed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {name: {"Value": "x"} for name in ("TableName", "EventBusName", "AlertsTopicArn", "AlarmsTopicArn")}
    key_type = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {"KeyPolicy": {}}}
    body = {"Resources": {"Key": key_type}, "Outputs": outputs}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="pillarwatch", TemplateBody=json.dumps(body))
    (key,) = cloudformation.describe_stack_resources(StackName="pillarwatch")["StackResources"]
    assert main(["deploy", "--delete", *(["--no-confirm"] if confirmed else [])]) == (0 if confirmed else 2)
    printed = capsys.readouterr()
    assert f"Retained, and to be deleted by hand: AWS::KMS::Key {key['PhysicalResourceId']}\n" in printed.out
    assert ("give --no-confirm" in printed.err) is not confirmed
    assert [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]] == ["pillarwatch"][confirmed:]


@pytest.mark.usefixtures("account")
def test_another_answer_than_the_name_of_the_stack_deletes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {name: {"Value": "x"} for name in ("TableName", "EventBusName", "AlertsTopicArn", "AlarmsTopicArn")}
    body = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": outputs}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="pillarwatch", TemplateBody=json.dumps(body))
    for answer, code in (("yes\n", 2), ("pillarwatch\n", 0)):
        terminal = io.StringIO(answer)
        terminal.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", terminal)
        assert main(["deploy", "--delete"]) == code
        assert bool(cloudformation.describe_stacks()["Stacks"]) is bool(code)
    assert "nothing is deleted" in capsys.readouterr().err


@pytest.mark.usefixtures("account")
def test_a_stack_of_others_is_not_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    cloudformation = boto3.client("cloudformation")
    body = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation.create_stack(StackName="pillarwatch", TemplateBody=json.dumps(body))
    assert main(["deploy", "--delete", "--no-confirm"]) == 2
    assert "is no deployment of Pillarwatch" in capsys.readouterr().err
    assert cloudformation.describe_stacks()["Stacks"]


def test_what_is_generated_in_the_copy_follows_from_the_users_settings(root: Path, tmp_path: Path) -> None:
    settings, folder = tmp_path / "mine.toml", tmp_path / "application"
    excluded = '[excluded_types]\neu-south-2 = ["AWS::S3::Bucket"]\n'
    settings.write_text(f"[score]\ndrop_threshold = 9\n{excluded}")
    copy_application(folder, settings, None)
    assert not (folder / "tests").exists()
    command = [sys.executable, "-m", "pillarwatch", "generate", "--deployed"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert json.loads((folder / "packaged_settings.json").read_text())["score"]["drop_threshold"] == 9
    assert (folder / NAME).read_text() == settings.read_text()
    assert (root / "rules/config_rules.yaml").read_text() != (folder / "rules/config_rules.yaml").read_text()


def test_our_own_settings_are_not_deployed_for_others(tmp_path: Path) -> None:
    folder = tmp_path / "application"
    copy_application(folder, None, None)
    command = [sys.executable, "-m", "pillarwatch", "generate", "--deployed"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert json.loads((folder / "packaged_settings.json").read_text()) == Settings().document
