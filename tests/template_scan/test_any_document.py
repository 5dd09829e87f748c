"""Whatever a document says, scan answers."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.scan import as_json
from pillarwatch.settings import Settings
from template_scan.evaluation import scanned
from template_scan.reading import UnreadableTemplate, parsed

NAMES = st.sampled_from(["A", "B", "C", "Params", "AWS::Region", "AWS::NoValue", "A.Arn", "", "x"])
FUNCTIONS = st.sampled_from(
    [
        "Ref", "Condition", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::If",
        "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::ImportValue", "Fn::Length", "Fn::ToJsonString", "Fn::Transform",
        "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Fn::ForEach::L", "Fn::Other",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["${A}", "${B.Arn}-x", "{{resolve:ssm:x}}", "${!x}", "true", "0", "Enabled", "*", "arn:aws:s3:::x"]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), NAMES, TEXTS, st.text(max_size=5))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(NAMES, FUNCTIONS), inner, max_size=3),
        st.builds(lambda function, value: {function: value}, FUNCTIONS, inner),
    ),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        [
            "Tags", "PolicyDocument", "Bucket", "BucketName", "VersioningConfiguration", "Roles", "Policies", "Queues",
            "FunctionName", "Environment", "Events", "Policy", "BucketEncryption", "KeySchema", "Fn::Transform",
            "LifecycleConfiguration", "SecurityGroupIngress", "GroupId", "ContainerDefinitions", "RedrivePolicy",
        ]
    ),
    VALUES,
    max_size=5,
)  # fmt: skip
TYPES = st.sampled_from(
    [
        "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy", "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::DynamoDB::Table",
        "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::ECS::TaskDefinition", "Custom::X", "", "::",
    ]
)  # fmt: skip
RESOURCES = st.one_of(
    st.fixed_dictionaries({"Type": TYPES}, optional={"Properties": PROPERTIES, "Condition": st.one_of(NAMES, VALUES)}),
    VALUES,
)
DOCUMENTS = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.one_of(NAMES, FUNCTIONS), RESOURCES, max_size=4)},
    optional={
        "Parameters": st.one_of(VALUES, st.dictionaries(NAMES, st.fixed_dictionaries({"Default": VALUES}))),
        "Conditions": st.one_of(VALUES, st.dictionaries(NAMES, VALUES, max_size=3)),
        "Mappings": VALUES,
    },
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "template.json"


def _answers(file: Path, content: bytes) -> dict[str, Any]:
    file.write_bytes(content)
    document = as_json(scanned([file], Settings(), datetime(2026, 1, 15, tzinfo=UTC)), Settings())
    json.dumps(document)
    return document


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_no_template_makes_scan_raise(file: Path, document: dict[str, Any]) -> None:
    scanned = _answers(file, json.dumps(document).encode())
    assert scanned["files"] == [str(file)]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_scan_raise(file: Path, content: bytes) -> None:
    _answers(file, content)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abR:&*![]{}-?,'\"|>%@`#~<\n\t 01", max_size=60))
def test_no_yaml_makes_the_reader_raise_anything_but_its_own_errors(text: str) -> None:
    with contextlib.suppress(UnreadableTemplate):
        parsed(text, "f")


SERVERLESS = st.sampled_from(["Api", "Application", "Function", "SimpleTable", "StateMachine"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, st.tuples(SERVERLESS, st.one_of(VALUES, PROPERTIES)), max_size=2))
def test_no_sam_template_makes_scan_raise(file: Path, resources: dict[str, tuple[str, Any]]) -> None:
    bodies = {name: {"Type": f"AWS::Serverless::{kind}", "Properties": it} for name, (kind, it) in resources.items()}
    _answers(file, json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": bodies}).encode())
