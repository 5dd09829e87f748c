"""A scan does not do twice what it needs once. Work is counted; times are measured by `make bench`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor

from pillarwatch.command import main
from template_scan.reading import Budget
from template_scan.resources import Resource, Stack

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  It:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: python3.13, CodeUri: src/, Policies: [SQSPollerPolicy: {QueueName: q}]}
"""


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[tuple[Any, ...]]:
    """The arguments of each call of a method from now on; it is called all the same."""
    method = getattr(owner, name)
    calls: list[tuple[Any, ...]] = []

    def call(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        return method(*arguments, **named)

    monkeypatch.setattr(owner, name, call)
    return calls


def test_the_policy_templates_of_sam_are_read_once_for_all_files(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = counted(monkeypatch, PolicyTemplatesProcessor, "__init__")
    for name in ("one.yaml", "two.yaml"):
        scanned = scan(SAM, name=name)
        assert scanned.errors == []
        assert {r["logical_id"] for r in scanned.document["results"]} == {"It", "ItRole", "(template)"}
    assert len(read) <= 1  # none, if a scan of this process read them before


def test_a_scan_of_a_sam_template_imports_no_aws_sdk_and_keeps_no_stand_in_for_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SAM)
    code = (
        "import sys; from pillarwatch.command import main; main(['scan', sys.argv[1]]);"
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
    searched = counted(monkeypatch, Path, "glob")
    scanned = scan(bucket + "".join(f"  B{n}: {{Type: AWS::S3::Bucket}}\n" for n in range(20)))
    assert len({r["logical_id"] for r in scanned.document["results"]}) == 22
    assert len(searched) == 0


def test_json_has_a_result_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "template.yaml").write_text("Resources:\n  It: {Type: AWS::S3::Bucket}\n")
    main(["scan", "--json", str(tmp_path)])
    text = capsys.readouterr().out
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    assert [json.loads(line) for line in lines if '"logical_id"' in line] == json.loads(text)["results"]


def test_a_resource_is_compared_only_with_those_that_may_name_it(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = 30
    compared = counted(monkeypatch, Resource, "mentions")
    template = "Resources:\n" + "".join(
        f"  B{n}: {{Type: AWS::S3::Bucket}}\n"
        f"  P{n}: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: !Ref B{n}, PolicyDocument: {{}}}}}}\n"
        for n in range(pairs)
    )
    scanned = scan(template)
    assert {r["logical_id"] for r in scanned.document["results"]} == {*(f"B{n}" for n in range(pairs)), "(template)"}
    assert 0 < len(compared) <= 2 * pairs


def test_assumptions_about_one_resource_do_not_make_the_others(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    buckets, conditions = 30, 3
    made = counted(monkeypatch, Resource, "__init__")
    names = [f"B{n}C{of}" for n in range(buckets) for of in range(conditions)]
    template = "Parameters:\n" + "".join(f"  {name}: {{Type: String}}\n" for name in names)
    template += "Conditions:\n" + "".join(f"  {name}: !Equals [!Ref {name}, 'yes']\n" for name in names)
    template += "Resources:\n"
    for n in range(buckets):
        values = ["{Status: Enabled}", "{BlockPublicAcls: true}", "{ObjectLockEnabled: Enabled}"]
        keys = ["VersioningConfiguration", "PublicAccessBlockConfiguration", "ObjectLockConfiguration"]
        template += f"  B{n}:\n    Type: AWS::S3::Bucket\n    Properties:\n" + "".join(
            f"      {key}: !If [B{n}C{of}, {value}, !Ref AWS::NoValue]\n"
            for of, (key, value) in enumerate(zip(keys, values, strict=True))
        )
    scanned = scan(template)
    assert scanned.verdict("s3-bucket-versioning-enabled", "B7")[0] == "INSUFFICIENT_DATA"
    assert len(made) <= buckets * 2 ** (conditions + 1)


NAMED = {
    "Ref": {"Ref": "It"},
    "GetAtt": {"Fn::GetAtt": ["It", "Arn"]},
    "Sub": {"Fn::Sub": "${It.Arn}/index/one"},
    "name": "jobs/it",
    "path": "/aws/things/jobs/it",
    "part": "table/it/index/one",
    "arn": "arn:aws:lambda:eu-west-1:111122223333:function:it:live",
    "arn with gaps": {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:it"},
    "function": "111122223333:function:it",
    "qualified": "it:live",
    "list": ["other", {"Ref": "It"}],
    "no name": "nit",
    "end": "jobs-it",
    "nothing": "",
    "parameter": {"Ref": "Named"},
    "unknown": {"Fn::ImportValue": "x"},
    "condition": {"Fn::If": ["Open", {"Ref": "It"}, "other"]},
}


@pytest.mark.parametrize("name", ["it", "jobs/it", ""])
@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue"])
def test_an_index_finds_whatever_a_comparison_with_each_finds(kind: str, name: str) -> None:
    key = kind.rpartition("::")[2] + "Name"
    document = {
        "Parameters": {"Named": {"Type": "String", "Default": "it"}, "P": {"Type": "String"}},
        "Conditions": {"Open": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {"It": {"Type": kind, "Properties": {key: name}}}
        | {each: {"Type": "AWS::A::B", "Properties": {"By": {"Of": value}}} for each, value in NAMED.items()},
    }
    for assumptions in ({}, {'"x" == {"Ref": "P"}': False}):
        stack = Stack(document, Budget(), assumptions, base=Stack(document, Budget()))
        it, others = stack.resource("It"), [stack.resource(each) for each in NAMED]
        naming = [other.logical_id for other in others if other.mentions("By.Of", it)]
        assert [other.logical_id for other in it.attached("AWS::A::B", "By.Of")] == naming
        assert {"Ref", "GetAtt", "Sub", "list"} <= set(naming) < set(NAMED)
        for other in others:
            assert [each.logical_id for each in other.names(kind, "By.Of")] == ["It"] * (other.logical_id in naming)
