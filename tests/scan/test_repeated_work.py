"""A scan does not do twice what it needs once. Work is counted; times are measured by `make bench`."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor

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
