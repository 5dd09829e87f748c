"""A scan does not do twice what it needs once. Work is counted; times are measured by `make bench`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor

from cli.main import main

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  It:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: python3.13, CodeUri: src/, Policies: [SQSPollerPolicy: {QueueName: q}]}
"""


def test_the_policy_templates_of_sam_are_read_once_for_all_files(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Mock(side_effect=PolicyTemplatesProcessor.get_default_policy_templates_json)
    monkeypatch.setattr(PolicyTemplatesProcessor, "get_default_policy_templates_json", read)
    for name in ("one.yaml", "two.yaml"):
        told = scan(SAM, name=name)
        assert told.errors == []
        assert {r["logical_id"] for r in told.document["results"]} == {"It", "ItRole", "(template)"}
    assert read.call_count <= 1  # none, if a scan of this process read them before


def test_a_scan_of_a_sam_template_imports_no_aws_sdk_and_keeps_no_stand_in_for_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SAM)
    code = (
        "import sys; from cli.main import main; main(['scan', sys.argv[1]]);"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'boto3', 'botocore', 'jsonschema'}));"
        "import boto3, jsonschema; print(boto3.__version__ > '1', jsonschema.ValidationError.__mro__[1].__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "template.yaml")],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-2:] == ["[]", "True _Error"]


def test_no_folder_is_searched_for_each_resource(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = "Resources:\n  It: {Type: AWS::S3::Bucket}\n"
    scan(bucket)
    searched = Mock(side_effect=Path.glob, autospec=True)
    monkeypatch.setattr(Path, "glob", searched)
    told = scan(bucket + "".join(f"  B{n}: {{Type: AWS::S3::Bucket}}\n" for n in range(20)))
    assert len({r["logical_id"] for r in told.document["results"]}) == 22
    assert searched.call_count == 0


def test_json_has_a_result_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "template.yaml").write_text("Resources:\n  It: {Type: AWS::S3::Bucket}\n")
    main(["scan", "--json", str(tmp_path)])
    text = capsys.readouterr().out
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    assert [json.loads(line) for line in lines if '"logical_id"' in line] == json.loads(text)["results"]
