"""AWS Config: what rules receive, what the API answers, and what the ledger keeps."""
# ruff: noqa: E501, ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local_aws import LocalAws, ModelViolation, Stack

Deploy = Callable[..., Stack]
Client = Callable[[str], Any]

RULE = """
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: one, Handler: one.handler}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref One, Action: lambda:InvokeFunction, Principal: config.amazonaws.com, SourceAccount: !Ref AWS::AccountId}
  Rule:
    Type: AWS::Config::ConfigRule
    DependsOn: Permission
    Properties:
      ConfigRuleName: rule
      InputParameters: {colour: green}
      Scope: SCOPE
      Source:
        Owner: CUSTOM_LAMBDA
        SourceIdentifier: !GetAtt One.Arn
        SourceDetails:
          - {EventSource: aws.config, MessageType: ConfigurationItemChangeNotification}
          - {EventSource: aws.config, MessageType: OversizedConfigurationItemChangeNotification}
          - {EventSource: aws.config, MessageType: ScheduledNotification, MaximumExecutionFrequency: TwentyFour_Hours}
"""
CHANGES = "\n".join(line for line in RULE.splitlines() if "ScheduledNotification" not in line)
IGNORE = "def handler(event, context): pass\n"
S3 = "{ComplianceResourceTypes: [AWS::S3::Bucket]}"
BUCKET: dict[str, Any] = {
    "resourceType": "AWS::S3::Bucket",
    "resourceId": "a",
    "resourceName": "a",
    "ARN": "arn:aws:s3:::a",
    "configuration": {"name": "a"},
    "supplementaryConfiguration": {
        "AccessControlList": {"grantSet": None},
        "BucketPolicy": {"policyText": {"Statement": []}},
        "BucketVersioningConfiguration": {"status": "Enabled"},
    },
    "tags": {"Workload": "shop"},
    "relationships": [{"resourceType": "AWS::KMS::Key", "resourceId": "k", "name": "Is encrypted with "}],
}


def messages(aws: LocalAws) -> list[dict[str, Any]]:
    aws.run_until_idle()
    return [json.loads(each.event["invokingEvent"]) for each in aws.invocations]


def test_the_event_has_awss_shape(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    (message,) = messages(aws)
    event = aws.invocations[0].event
    assert event["configRuleName"] == "rule"
    assert event["configRuleArn"] == f"arn:aws:config:eu-west-1:123456789012:config-rule/{event['configRuleId']}"
    assert json.loads(event["ruleParameters"]) == {"colour": "green"}
    assert (event["version"], event["accountId"], event["eventLeftScope"]) == ("1.0", "123456789012", False)
    assert message["messageType"] == "ConfigurationItemChangeNotification"
    assert message["configurationItem"]["configurationItemStatus"] == "ResourceDiscovered"


@pytest.mark.parametrize("name", ["change__powertools", "oversized__powertools", "scheduled__powertools"])
def test_the_event_has_the_keys_of_a_recorded_one(aws: LocalAws, deploy: Deploy, name: str, shared: Path) -> None:
    real = json.loads((shared / "events" / f"lambda_invoke_{name}.json").read_text(encoding="utf-8"))
    deploy(RULE.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET, oversized=name.startswith("oversized"))
    kind = json.loads(real["invokingEvent"])["messageType"]
    (message,) = [each for each in messages(aws) if each["messageType"] == kind]
    assert set(real) - set(aws.invocations[0].event) == set()
    missing = set(json.loads(real["invokingEvent"])) - set(message)
    assert missing == ({"notificationCreationTime", "recordVersion"} if name.startswith("oversized") else set())
    inner = next((key for key in message if key.startswith("configurationItem") and not key.endswith("Diff")), None)
    if inner:
        assert set(json.loads(real["invokingEvent"])[inner]) == set(message[inner])


def test_documents_are_recorded_as_text(aws: LocalAws, deploy: Deploy) -> None:
    deploy(
        CHANGES.replace("SCOPE", "{ComplianceResourceTypes: [AWS::S3::Bucket, AWS::IAM::Role, AWS::SQS::Queue]}"),
        one=IGNORE,
    )
    aws.recorder.record(BUCKET)
    trust = {"Statement": [{"Effect": "Allow"}]}
    role = {"assumeRolePolicyDocument": trust, "rolePolicyList": [{"policyName": "p", "policyDocument": trust}]}
    aws.recorder.record({"resourceType": "AWS::IAM::Role", "resourceId": "AROA", "configuration": role})
    aws.recorder.record({"resourceType": "AWS::SQS::Queue", "resourceId": "q", "configuration": {"Policy": trust}})
    bucket, role, queue = (each["configurationItem"] for each in messages(aws))
    assert bucket["supplementaryConfiguration"]["AccessControlList"] == '{"grantSet": null}'
    assert bucket["supplementaryConfiguration"]["BucketPolicy"] == {"policyText": '{"Statement": []}'}
    assert bucket["supplementaryConfiguration"]["BucketVersioningConfiguration"] == {"status": "Enabled"}
    assert role["configuration"]["assumeRolePolicyDocument"].startswith("%7B")
    assert json.loads(unquote(role["configuration"]["rolePolicyList"][0]["policyDocument"])) == trust
    assert json.loads(queue["configuration"]["Policy"]) == trust


def test_no_policy_stays_null(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET | {"supplementaryConfiguration": {"BucketPolicy": {"policyText": None}}})
    (message,) = messages(aws)
    assert message["configurationItem"]["supplementaryConfiguration"] == {"BucketPolicy": {"policyText": None}}


def test_a_rule_hears_of_its_scope_only(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record({"resourceType": "AWS::SQS::Queue", "resourceId": "q"})
    assert messages(aws) == []


def test_a_resource_that_loses_the_tag_has_left_the_scope(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", "{TagKey: Workload}"), one=IGNORE)
    aws.recorder.record(BUCKET)
    aws.recorder.record(BUCKET | {"tags": {}})
    aws.recorder.record(BUCKET | {"tags": {}, "configuration": {}})
    assert len(messages(aws)) == 2
    assert [each.event["eventLeftScope"] for each in aws.invocations] == [False, True]


def test_a_new_rule_evaluates_what_is_recorded(aws: LocalAws, deploy: Deploy) -> None:
    aws.recorder.record(BUCKET)
    aws.recorder.record(BUCKET | {"resourceId": "b"})
    aws.recorder.delete("AWS::S3::Bucket", "b")
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    assert [each["configurationItem"]["resourceId"] for each in messages(aws)] == ["a"]


def test_a_deletion_keeps_only_the_identity_and_has_the_rest_as_the_difference(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    aws.recorder.delete("AWS::S3::Bucket", "a")
    item, diff = messages(aws)[1]["configurationItem"], messages(aws)[1]["configurationItemDiff"]
    assert (item["configurationItemStatus"], item["configuration"], item["tags"]) == ("ResourceDeleted", None, {})
    assert (item["supplementaryConfiguration"], item["relationships"], item["resourceName"]) == ({}, [], "a")
    assert diff["changeType"] == "DELETE"
    assert diff["changedProperties"]["Configuration"]["previousValue"] == {"name": "a"}
    assert diff["changedProperties"]["Tags.0"]["previousValue"] == {"key": "Workload", "value": "shop"}


def test_a_change_has_upper_cased_names(aws: LocalAws, deploy: Deploy) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    aws.recorder.record(BUCKET | {"configuration": {"name": "b"}})
    diff = messages(aws)[1]["configurationItemDiff"]
    change = {"previousValue": "a", "updatedValue": "b", "changeType": "UPDATE"}
    assert diff == {"changedProperties": {"Configuration.Name": change}, "changeType": "UPDATE"}


@pytest.mark.parametrize("oversized", [True, False])
def test_a_large_item_is_announced_and_can_be_fetched(
    aws: LocalAws, deploy: Deploy, client: Client, oversized: bool
) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    large = BUCKET if oversized else BUCKET | {"configuration": {"name": "a" * 300_000}}
    aws.recorder.record(large, oversized=oversized)
    (message,) = messages(aws)
    assert message["messageType"] == "OversizedConfigurationItemChangeNotification"
    assert "notificationCreationTime" not in message
    summary = message["configurationItemSummary"]
    answer = client("config").get_resource_config_history(
        resourceType="AWS::S3::Bucket", resourceId="a", laterTime=summary["configurationItemCaptureTime"], limit=1
    )
    (item,) = answer["configurationItems"]
    assert json.loads(item["configuration"]) == large["configuration"]
    assert json.loads(json.loads(item["supplementaryConfiguration"]["BucketPolicy"])["policyText"]) == {"Statement": []}
    assert item["supplementaryConfiguration"]["AccessControlList"] == '{"grantSet": null}'
    assert item["relationships"][0]["relationshipName"] == "Is encrypted with "
    assert (item["accountId"], item["arn"], item["version"]) == ("123456789012", "arn:aws:s3:::a", "1.3")


def test_the_history_has_pages_and_an_order(aws: LocalAws, client: Client) -> None:
    for number in range(5):
        aws.recorder.record(BUCKET | {"configuration": {"n": number}})
    pages = client("config").get_paginator("get_resource_config_history").paginate
    where = {"resourceType": "AWS::S3::Bucket", "resourceId": "a"}
    items = [item for page in pages(**where, limit=2) for item in page["configurationItems"]]
    assert [json.loads(item["configuration"])["n"] for item in items] == [4, 3, 2, 1, 0]
    forward = client("config").get_resource_config_history(**where, chronologicalOrder="Forward", limit=2)
    assert [json.loads(item["configuration"])["n"] for item in forward["configurationItems"]] == [0, 1]
    since = client("config").get_resource_config_history(**where, earlierTime=items[1]["configurationItemCaptureTime"])
    assert len(since["configurationItems"]) == 2
    with pytest.raises(ClientError, match="ResourceNotDiscoveredException"):
        client("config").get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId="none")


def test_schedules_fire_periodic_rules(aws: LocalAws, deploy: Deploy) -> None:
    deploy(RULE.replace("SCOPE", S3), one=IGNORE)
    aws.run_until_idle()
    aws.invocations.clear()
    aws.fire_schedules()
    (message,) = messages(aws)
    assert message["messageType"] == "ScheduledNotification"
    assert set(message) == {"awsAccountId", "notificationCreationTime", "messageType", "recordVersion"}


def put(client: Client, token: str, time: datetime, kind: str = "COMPLIANT", **more: Any) -> None:
    evaluation = {
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "a",
        "ComplianceType": kind,
        "OrderingTimestamp": time,
        **more,
    }
    client("config").put_evaluations(Evaluations=[evaluation], ResultToken=token)


def test_an_older_evaluation_does_not_overwrite(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    token, now = aws.invocations[0].event["resultToken"], datetime.now(UTC)
    put(client, token, now, "NON_COMPLIANT", Annotation="why")
    put(client, token, now - timedelta(hours=1))
    assert aws.config.compliance("rule") == {("AWS::S3::Bucket", "a"): ("NON_COMPLIANT", "why")}
    (detail,) = client("config").get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"]
    assert (detail["ComplianceType"], detail["Annotation"]) == ("NON_COMPLIANT", "why")
    (whole,) = client("config").describe_compliance_by_config_rule()["ComplianceByConfigRules"]
    assert whole["Compliance"]["ComplianceContributorCount"]["CappedCount"] == 1
    put(client, token, now, "NOT_APPLICABLE")
    assert client("config").get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"] == []
    assert aws.config.compliance("rule") == {("AWS::S3::Bucket", "a"): ("NOT_APPLICABLE", None)}


def test_evaluations_that_aws_refuses_are_refused(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    aws.run_until_idle()
    token, now = aws.invocations[0].event["resultToken"], datetime.now(UTC)
    with pytest.raises(ClientError, match="ValidationException"):
        put(client, token, now, Annotation="x" * 257)
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        put(client, token, now, "INSUFFICIENT_DATA")
    with pytest.raises(ClientError, match="InvalidResultTokenException"):
        put(client, "made up", now)
    with pytest.raises(ParamValidationError):
        client("config").put_evaluations(Evaluations=[{"ComplianceType": 1}], ResultToken=token)
    evaluation = {
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "a",
        "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": now,
    }
    with pytest.raises(ClientError, match="ValidationException"):
        client("config").put_evaluations(Evaluations=[evaluation] * 101, ResultToken=token)
    client("config").put_evaluations(Evaluations=[evaluation], ResultToken="any", TestMode=True)
    assert aws.config.compliance("rule") == {}


def test_rules_can_be_started_again_and_described(aws: LocalAws, deploy: Deploy, client: Client) -> None:
    stack = deploy(CHANGES.replace("SCOPE", S3), one=IGNORE)
    aws.recorder.record(BUCKET)
    client("config").start_config_rules_evaluation(ConfigRuleNames=["rule"])
    assert len(messages(aws)) == 2
    (rule,) = client("config").describe_config_rules()["ConfigRules"]
    assert rule["ConfigRuleName"] == stack.resources["Rule"] == "rule"
    assert rule["Scope"] == {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}
    with pytest.raises(ClientError, match="NoSuchConfigRuleException"):
        client("config").start_config_rules_evaluation(ConfigRuleNames=["other"])
    with pytest.raises(ClientError, match="ValidationException"):
        client("config").start_config_rules_evaluation(ConfigRuleNames=[f"rule-{n}" for n in range(26)])


def test_the_inventory_can_be_listed_and_fetched(aws: LocalAws, client: Client) -> None:
    for name in ("a", "b", "c"):
        aws.recorder.record(BUCKET | {"resourceId": name})
    aws.recorder.delete("AWS::S3::Bucket", "c")
    config = client("config")
    listed = config.list_discovered_resources(resourceType="AWS::S3::Bucket", limit=1)
    assert [each["resourceId"] for each in listed["resourceIdentifiers"]] == ["a"]
    assert listed["nextToken"]
    counts = config.get_discovered_resource_counts()
    assert counts["resourceCounts"] == [{"resourceType": "AWS::S3::Bucket", "count": 2}]
    keys = [{"resourceType": "AWS::S3::Bucket", "resourceId": name} for name in ("a", "c")]
    answer = config.batch_get_resource_config(resourceKeys=keys)
    assert [each["resourceId"] for each in answer["baseConfigurationItems"]] == ["a"]
    assert answer["unprocessedResourceKeys"] == [keys[1]]
    assert "tags" not in answer["baseConfigurationItems"][0]


def test_a_recorder_can_be_off_daily_or_choosy(aws: LocalAws, client: Client) -> None:
    aws.recorder.recording = {"recording": False}
    aws.recorder.record(BUCKET)
    assert (
        client("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]["recording"]
        is False
    )
    aws.recorder.recording = {"recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::SQS::Queue"]}}
    aws.recorder.record(BUCKET)
    assert aws.recorder.history == {}
    aws.recorder.recording = {"recordingMode": {"recordingFrequency": "DAILY"}}
    aws.recorder.record(BUCKET)
    aws.recorder.record(BUCKET | {"configuration": {"name": "latest"}})
    assert aws.recorder.history == {}
    aws.fire_schedules()
    ((item,),) = aws.recorder.history.values()
    assert item["configuration"] == {"name": "latest"}
    recorder = client("config").describe_configuration_recorders()["ConfigurationRecorders"][0]
    assert recorder["recordingMode"]["recordingFrequency"] == "DAILY"


def test_a_query_lists_a_type(aws: LocalAws, client: Client) -> None:
    aws.recorder.record(BUCKET)
    aws.recorder.record({"resourceType": "AWS::SQS::Queue", "resourceId": "q"})
    query = "SELECT resourceId, arn, tags, configuration WHERE resourceType = 'AWS::S3::Bucket'"
    answer = client("config").select_resource_config(Expression=query)
    assert [json.loads(row) for row in answer["Results"]] == [
        {
            "resourceId": "a",
            "arn": "arn:aws:s3:::a",
            "tags": [{"tag": "Workload=shop", "key": "Workload", "value": "shop"}],
            "configuration": {"name": "a"},
        }
    ]


def test_what_is_not_answered_says_so(aws: LocalAws, client: Client) -> None:
    with pytest.raises(NotImplementedError, match="SELECT resourceId"):
        client("config").select_resource_config(Expression="SELECT resourceId WHERE tags.key = 'a'")
    with pytest.raises(ClientError, match=r"AccessDenied.*PutConformancePack.*does not have this operation"):
        client("config").put_conformance_pack(ConformancePackName="pack")


def test_a_test_can_answer_for_a_service_within_its_published_model(aws: LocalAws, client: Client) -> None:
    aws.answers["ce.GetAnomalyMonitors"] = lambda _: {"AnomalyMonitors": []}
    assert client("ce").get_anomaly_monitors()["AnomalyMonitors"] == []
    aws.answers["ce.GetAnomalyMonitors"] = lambda _: {"Monitors": []}
    with pytest.raises(ModelViolation, match="Monitors"):
        client("ce").get_anomaly_monitors()
