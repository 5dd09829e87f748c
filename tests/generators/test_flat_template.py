"""The templates of all folders as one: the same resources, and no reference to what is nested."""

import json
from pathlib import Path

import pytest

from generators.flat_template import DifferentGlobals, DuplicateLogicalId, flat_template

PARENT = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Child:
    Type: AWS::Serverless::Application
    Properties:
      Location: child.yaml
      Parameters: {QueueArn: !GetAtt Queue.Arn, Name: !Ref Queue, Word: hello}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: !GetAtt Child.Outputs.TopicName}}
Outputs:
  Topic: {Value: !GetAtt Child.Outputs.TopicName}
"""
CHILD = """
Parameters: {QueueArn: {Type: String}, Name: {Type: String}, Word: {Type: String}, Kept: {Type: String, Default: a}}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "${Word} ${Name} ${QueueArn} ${Kept}"}}
  Policy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: !Ref QueueArn}}
Outputs:
  TopicName: {Value: !GetAtt Topic.TopicName}
"""


def flat(tmp_path: Path, parent: str, child: str) -> dict[str, dict[str, dict[str, object]]]:
    (tmp_path / "template.yaml").write_text(parent, encoding="utf-8")
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    return flat_template(tmp_path / "template.yaml")


def test_parameters_and_outputs_become_references(tmp_path: Path) -> None:
    document = flat(tmp_path, PARENT, CHILD)
    assert document["Resources"].keys() == {"Queue", "Alarm", "Topic", "Policy"}
    assert document["Resources"]["Topic"]["Properties"] == {
        "DisplayName": {"Fn::Sub": "hello ${Queue} ${Queue.Arn} ${Kept}"}
    }
    name = {"Fn::GetAtt": ["Topic", "TopicName"]}
    assert document["Resources"]["Alarm"]["Properties"] == {"AlarmName": name}
    assert document["Outputs"]["Topic"] == {"Value": name}
    assert document["Parameters"].keys() == {"Kept"}


def test_a_logical_id_in_two_templates_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DuplicateLogicalId, match="Queue"):
        flat(tmp_path, PARENT, CHILD.replace("  Topic: {Type", "  Queue: {Type"))


def test_functions_of_two_templates_have_the_same_globals(tmp_path: Path) -> None:
    with_globals = CHILD + "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Timeout: 60}}\n"
    parent = PARENT + "Globals: {Function: {Timeout: 30}}\n"
    with pytest.raises(DifferentGlobals, match="child"):
        flat(tmp_path, parent, with_globals)


def test_our_templates_are_one_deployment(root: Path) -> None:
    document = flat_template(root / "template.yaml")
    text = json.dumps(document)
    assert "Outputs." not in text
    assert "AWS::Serverless::Application" not in text
    known = {*document["Resources"], *document["Parameters"]}
    missing = {name for name in _references(document) if not name.startswith("AWS::")} - known
    made = {"EvaluatorFunctionRequested", "NotifyFunctionScoreChange", "TickFunctionTick", "ReconcileFunctionDaily"}
    assert missing == made, "SAM makes these, and nothing else"


def _references(value: object) -> set[str]:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return {name}
        case dict():
            return {name for inner in value.values() for name in _references(inner)}
        case list():
            return {name for inner in value for name in _references(inner)}
    return set()
