"""The template keeps what AWS documents: a deployment that an emulator accepts may still be refused, or lose events."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards import notify
from generators.flat_template import flat_template

Resources = dict[str, Any]


@pytest.fixture(scope="module")
def resources(root: Path) -> Resources:
    """The resources of all our templates, intrinsic functions in their long form."""
    return dict(flat_template(root / "template.yaml")["Resources"])


def of(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type."""
    return {name: body["Properties"] for name, body in resources.items() if body["Type"] == kind}


def statements(properties: dict[str, Any], document: str = "PolicyDocument") -> list[dict[str, Any]]:
    """The statements of a policy."""
    return list(properties[document]["Statement"])


def listed(value: Any) -> list[Any]:
    """A value or a list of them as a list."""
    return value if isinstance(value, list) else [value]


def denials(found: list[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    """The statements that deny an action to everybody."""
    return (
        each for each in found if each["Effect"] == "Deny" and each["Principal"] == "*" and each["Action"] == action
    )


# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
def test_each_topic_has_one_policy_and_it_names_that_topic_alone(resources: Resources) -> None:
    policies = of(resources, "AWS::SNS::TopicPolicy").values()
    assert sorted(policy["Topics"][0]["Ref"] for policy in policies) == sorted(of(resources, "AWS::SNS::Topic"))
    for policy in policies:
        (topic,) = policy["Topics"]
        assert [each["Resource"] for each in statements(policy)] == [topic] * len(statements(policy))


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html
def test_each_queue_has_one_policy_and_it_names_that_queue_alone(resources: Resources) -> None:
    policies = of(resources, "AWS::SQS::QueuePolicy").values()
    assert sorted(policy["Queues"][0]["Ref"] for policy in policies) == sorted(of(resources, "AWS::SQS::Queue"))
    for policy in policies:
        (queue,) = policy["Queues"]
        arn = {"Fn::GetAtt": [queue["Ref"], "Arn"]}
        assert [each["Resource"] for each in statements(policy)] == [arn] * len(statements(policy))
        (tls,) = denials(statements(policy), "sqs:*")
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_roles_of_pillarwatch_and_aws_services_send_to_the_queues(resources: Resources) -> None:
    senders = {}
    for policy in of(resources, "AWS::SQS::QueuePolicy").values():
        (denied,) = denials(statements(policy), "sqs:SendMessage")
        roles = listed(denied["Condition"].get("ArnNotEquals", {}).get("aws:PrincipalArn", []))
        senders[policy["Queues"][0]["Ref"]] = sorted(role["Fn::GetAtt"][0] for role in roles)
    functions = of(resources, "AWS::Serverless::Function").values()
    assert senders == {
        "EvaluatedQueue": [],
        "EvaluatedDeadLetterQueue": [],
        "ListingQueue": ["CollectorRole"],
        "ManagedRulesQueue": ["ManagedRulesRole"],
        "FailedInvocationsQueue": sorted({function["Role"]["Fn::GetAtt"][0] for function in functions}),
    }


def test_only_the_roles_that_may_put_events_are_not_denied_by_the_bus(resources: Resources) -> None:
    (policy,) = of(resources, "AWS::Events::EventBusPolicy").values()
    denied = policy["Statement"]
    excepted = {role["Fn::GetAtt"][0] for role in denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
    granting = {
        name
        for name, managed in of(resources, "AWS::IAM::ManagedPolicy").items()
        if any("events:PutEvents" in listed(each["Action"]) for each in statements(managed))
    }
    putting = {
        name
        for name, role in of(resources, "AWS::IAM::Role").items()
        if granting & {policy["Ref"] for policy in role["ManagedPolicyArns"]}
    }
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "events:PutEvents")
    assert denied["Condition"].keys() == {"ArnNotEquals", "Bool"}
    assert denied["Condition"]["Bool"] == {"aws:PrincipalIsAWSService": "false"}
    assert excepted == putting


def test_eventbridge_may_use_the_key_whatever_the_source_of_the_request_says(resources: Resources) -> None:
    key = statements(resources["Key"]["Properties"], "KeyPolicy")
    (statement,) = (each for each in key if each["Principal"].get("Service") == "events.amazonaws.com")
    assert "Condition" not in statement
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
    assert {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ReEncrypt*"} == set(statement["Action"])


def delivery_metrics(resources: Resources) -> list[dict[str, Any]]:
    """The metrics of the alarms on what EventBridge cannot deliver."""
    alarms = (resources[name]["Properties"]["Metrics"] for name in ("EventsUndeliveredAlarm", "EventsLostAlarm"))
    return [query for metrics in alarms for query in metrics if "MetricStat" in query]


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
def test_an_alarm_watches_at_most_ten_metrics(resources: Resources) -> None:
    for name, alarm in of(resources, "AWS::CloudWatch::Alarm").items():
        assert len([query for query in alarm.get("Metrics", []) if "MetricStat" in query]) <= 10, name


def test_what_eventbridge_cannot_deliver_raises_an_alarm(resources: Resources) -> None:
    rules = set(of(resources, "AWS::Events::Rule")) | {
        name + event
        for name, function in of(resources, "AWS::Serverless::Function").items()
        for event, source in function.get("Events", {}).items()
        if source["Type"] in {"Schedule", "EventBridgeRule"}
    }
    watched = {
        (metric["MetricName"], rule)
        for query in delivery_metrics(resources)
        for metric in [query.get("MetricStat", {}).get("Metric", {})]
        for rule in rules
        if metric and rule in json.dumps(metric["Dimensions"])
    }
    assert watched == {
        (name, rule) for name in ("FailedInvocations", "InvocationsFailedToBeSentToDlq") for rule in rules
    }


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html: both dimensions on a custom bus only
def test_rules_of_the_bus_are_watched_with_the_name_of_the_bus(resources: Resources) -> None:
    for query in delivery_metrics(resources):
        metric = query["MetricStat"]["Metric"]
        dimensions = {each["Name"]: json.dumps(each["Value"]) for each in metric["Dimensions"]}
        of_default_bus = any(
            rule in dimensions["RuleName"]
            for rule in ("TickFunctionTick", "ReconcileFunctionDaily", "ManagedRulesRule")
        )
        assert ("EventBusName" in dimensions) != of_default_bus


def test_everything_that_can_be_encrypted_with_the_key_is(resources: Resources) -> None:
    keys = {
        "AWS::DynamoDB::Table": "KMSMasterKeyId",
        "AWS::Events::Archive": "KmsKeyIdentifier",
        "AWS::Events::EventBus": "KmsKeyIdentifier",
        "AWS::Logs::LogGroup": "KmsKeyId",
        "AWS::SNS::Topic": "KmsMasterKeyId",
        "AWS::SQS::Queue": "KmsMasterKeyId",
    }
    for kind, key in keys.items():
        for properties in of(resources, kind).values():
            encrypted = properties.get("SSESpecification", properties)[key]
            assert encrypted in ({"Ref": "Key"}, {"Fn::GetAtt": ["Key", "Arn"]})


def test_functions_use_the_key_only_through_the_services_that_encrypt_with_it(resources: Resources) -> None:
    shared = statements(resources["FunctionPolicy"]["Properties"])
    (statement,) = (each for each in shared if "kms:Decrypt" in each["Action"])
    services = [each["Fn::Sub"].partition(".")[0] for each in statement["Condition"]["StringLike"]["kms:ViaService"]]
    assert services == ["dynamodb", "sns", "sqs"]


def test_the_notifier_changes_its_own_items_only(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    (table, _) = statements(resources["NotifyPolicy"]["Properties"])
    own = notify._sent("table").static_pk_value
    assert table["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [own]}}


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, without white space
def test_managed_policies_fit(resources: Resources) -> None:
    for managed in of(resources, "AWS::IAM::ManagedPolicy").values():
        assert len(json.dumps(managed["PolicyDocument"], separators=(",", ":"))) <= 6144
    for role in of(resources, "AWS::IAM::Role").values():
        assert len(role["ManagedPolicyArns"]) <= 10


def test_an_incomplete_listing_alarms_once_and_not_every_day_again(resources: Resources) -> None:
    alarm = resources["ListingIncompleteAlarm"]["Properties"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 24 * 3600  # the longest that CloudWatch takes
    assert "OKActions" not in alarm


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
def test_alarms_that_take_missing_data_for_breaching_warm_up_for_two_evaluations(resources: Resources) -> None:
    breaching = {
        name: alarm
        for name, alarm in of(resources, "AWS::CloudWatch::Alarm").items()
        if alarm["TreatMissingData"] == "breaching"
    }
    assert breaching.keys() == {"TickSilentAlarm"}
    for alarm in breaching.values():
        evaluated = alarm["Period"] * alarm["EvaluationPeriods"] / 60
        assert alarm["WarmUpConfiguration"]["WarmUpPeriodDurationInMinutes"] >= 2 * evaluated


def test_every_alarm_names_its_runbook_and_the_runbook_names_every_alarm(root: Path, resources: Resources) -> None:
    alarms = of(resources, "AWS::CloudWatch::Alarm")
    section = (root / "docs" / "deploy.md").read_text(encoding="utf-8").partition("\n## Alarms\n")[2]
    rows = section.partition("\n## ")[0].splitlines()
    named = [name for row in rows if row.startswith("| `") for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(alarms)
    for alarm in alarms.values():
        assert "docs/deploy.md, Alarms" in " ".join(alarm["AlarmDescription"].split())


def test_every_template_is_scanned_by_checkov_and_every_skipped_check_has_its_reason(root: Path) -> None:
    text = (root / ".checkov.yaml").read_text(encoding="utf-8")
    skipped = [line for line in text.splitlines() if "CKV_" in line]

    templates = ["template.yaml", *(f"{path.parent.name}/{path.name}" for path in sorted(root.glob("[a-z]*/*.yaml")))]
    assert yaml.safe_load(text)["file"] == [each for each in templates if not each.startswith("samples/")]
    assert all(re.fullmatch(r"  - CKV_AWS_\d+ # .{20,}", line) for line in skipped)
