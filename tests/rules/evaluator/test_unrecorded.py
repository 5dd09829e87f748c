"""What AWS Config does not record is unknown: neither absent, nor never, nor small."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pillarwatch import ConfigurationItem
from rules.catalogue import check_of
from rules.evaluator import on_change, recorded
from tests.rules.evaluator.support import FakeAws, changed

GROUP = {"awsAccountId": "123456789012", "awsRegion": "eu-west-1", "resourceId": "sg-1", "tags": {}}
GROUP |= {"resourceType": "AWS::EC2::SecurityGroup", "configurationItemStatus": "OK"}
GROUP |= {"configurationItemCaptureTime": "2026-01-15T12:00:00.261Z", "supplementaryConfiguration": {}}
STREAM, TABLE = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"
SELECTORS = {"isMultiRegionTrail": True, "hasCustomEventSelectors": True}


@pytest.mark.parametrize(
    "configuration",
    [None, "null", {}, "{}", "", [], {"SecurityGroupIngress": []}, {"somethingNew": 1}, '{"somethingNew": 1}'],
)
def test_an_item_without_a_key_of_its_type_is_unknown(aws: FakeAws, configuration: Any) -> None:
    on_change(changed({**GROUP, "configuration": configuration}), None)
    (event,) = aws.events
    assert event["status"] == "ok"
    judged = {check: verdict["compliance"] for check, verdict in event["verdicts"].items()}
    assert judged["restricted-ssh"] == judged["vpc-sg-open-only-to-authorized-ports"] == "INSUFFICIENT_DATA"
    assert "COMPLIANT" not in judged.values()


@pytest.mark.parametrize("configuration", [{"groupId": "sg-1"}, json.dumps({"groupId": "sg-1"}), {"ipPermissions": []}])
def test_what_an_item_of_some_keys_leaves_out_is_absent(aws: FakeAws, configuration: Any) -> None:
    on_change(changed({**GROUP, "configuration": configuration}), None)
    (event,) = aws.events
    assert event["verdicts"]["restricted-ssh"]["compliance"] == "COMPLIANT"


def test_tags_that_are_recorded_stay() -> None:
    item = {**GROUP, "configuration": None, "tags": {"Owner": "shop"}}
    assert recorded(item)["tags"] == {"Owner": "shop"}


@pytest.mark.parametrize(
    ("name", "kind", "configuration", "verdict"),
    [
        ("iam-role-unused", "AWS::IAM::Role", {"createDate": "2020-01-01T00:00:00Z"}, "INSUFFICIENT_DATA"),
        (
            "iam-role-unused",
            "AWS::IAM::Role",
            {"createDate": "2020-01-01T00:00:00Z", "roleLastUsed": {}},
            "NON_COMPLIANT",
        ),
        ("dynamodb-table-class-appropriate", TABLE, {"tableName": "clicks"}, "INSUFFICIENT_DATA"),
        ("dynamodb-table-class-appropriate", TABLE, {"tableSizeBytes": 0}, "NOT_APPLICABLE"),
        ("ecs-task-definition-arm64", "AWS::ECS::TaskDefinition", {"Status": "ACTIVE"}, "INSUFFICIENT_DATA"),
        ("multi-region-cloudtrail-enabled", "AWS::CloudTrail::Trail", SELECTORS, "INSUFFICIENT_DATA"),
        ("multi-region-cloudtrail-enabled", "AWS::CloudTrail::Trail", {"isMultiRegionTrail": True}, "COMPLIANT"),
        (
            "restricted-ssh",
            "AWS::EC2::SecurityGroup",
            {
                "ipPermissions": [
                    {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": [{"prefixListId": "pl-1"}]}
                ]
            },
            "INSUFFICIENT_DATA",
        ),
    ],
)
def test_an_attribute_that_config_leaves_out_is_unknown(
    name: str, kind: str, configuration: dict[str, Any], verdict: str
) -> None:
    item = ConfigurationItem({"resourceType": kind, "configuration": configuration})
    assert check_of(name).judge(item).compliance == verdict


def test_the_mode_of_a_stream_is_judged_by_its_summary_alone() -> None:
    check = check_of("kinesis-stream-adaptive-capacity")
    assert check.collector == "streams", "Config does not record StreamModeDetails"
    summary = {"StreamDescriptionSummary": {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}}
    answers = {"kinesis": {"DescribeStreamSummary": summary}}
    item = ConfigurationItem({"resourceType": STREAM, "supplementaryConfiguration": answers})
    assert check.judge(item).compliance == "COMPLIANT"
