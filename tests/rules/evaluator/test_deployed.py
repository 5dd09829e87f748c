"""The handlers as AWS Config would run them: deployed with the rules' template, with their own permissions only."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from generators.files import generated
from local_aws import LocalAws
from pillarwatch.settings import Settings
from tests.rules.evaluator.support import BUCKET, REGION

RULE = "pillarwatch-s3-bucket"
STACK = Path(__file__).parent / "stack.yaml"


@pytest.fixture
def deployed() -> Iterator[LocalAws]:
    with LocalAws(REGION) as aws:
        aws.deploy(STACK)
        aws.run_until_idle()
        yield aws


def received() -> list[dict[str, Any]]:
    """The details that the bus delivered since the last look."""
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName="received")["QueueUrl"]
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"])["detail"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_a_bucket_from_creation_to_deletion(deployed: LocalAws) -> None:
    deployed.recorder.record(BUCKET)
    deployed.run_until_idle()
    (created,) = received()
    assert created["verdicts"]["s3-bucket-versioning-enabled"]["compliance"] == "NON_COMPLIANT"
    ((compliance, annotation),) = deployed.config.compliance(RULE).values()
    assert compliance == "NON_COMPLIANT"
    assert annotation is not None
    assert "s3-bucket-level-public-access-prohibited" in annotation

    deployed.recorder.delete("AWS::S3::Bucket", "orders")
    deployed.run_until_idle()
    (gone,) = received()
    assert (gone["status"], gone["resource"]["id"]) == ("deleted", "orders")
    ((compliance, _),) = deployed.config.compliance(RULE).values()
    assert compliance == "NOT_APPLICABLE"
    assert [done.error for done in deployed.invocations if "Evaluator" in done.function_name] == [None, None]
    ours = [event for event in deployed.undelivered if "Collector" not in event.target]  # its role may nothing here
    assert not ours


def test_an_item_too_large_for_a_notification_is_judged_from_the_history(deployed: LocalAws) -> None:
    deployed.recorder.record({**BUCKET, "configuration": {"name": "orders", "large": "x" * 300_000}})
    deployed.run_until_idle()

    (event,) = received()
    assert (
        event["verdicts"]["s3-bucket-versioning-enabled"]["annotation"]
        == "VersioningConfiguration.Status is Suspended (expected Enabled)"
    )
    assert "OversizedConfigurationItemChangeNotification" in deployed.invocations[-1].event["invokingEvent"]


def test_a_refused_call_fails_the_invocation_and_its_repetition_publishes(deployed: LocalAws) -> None:
    deployed.fail_next(service="events", operation="PutEvents", code="AccessDeniedException")
    deployed.recorder.record(BUCKET)
    deployed.run_until_idle()

    errors = [done.error for done in deployed.invocations if "Evaluator" in done.function_name]
    assert [error is None for error in errors] == [False, True]
    assert len(received()) == 1


def test_a_function_that_dies_between_bus_and_config_publishes_again(deployed: LocalAws) -> None:
    deployed.kill_next(service="events", operation="PutEvents", when="after")
    deployed.recorder.record(BUCKET)
    deployed.run_until_idle()

    first, second = received()  # at least once: consumers know the newer by its times
    assert first["captured_at"] == second["captured_at"]
    assert first["evaluated_at"] < second["evaluated_at"]
    assert len(deployed.config.compliance(RULE)) == 1


def test_an_excluded_type_has_no_rule(tmp_path: Path, root: Path) -> None:
    rules, stack = tmp_path / "rules.yaml", tmp_path / "stack.yaml"
    excluded = Settings({"excluded_types": {REGION: ["AWS::S3::Bucket", "AWS::SQS::Queue"]}})
    rules.write_text(generated(excluded)["rules/config_rules.yaml"], encoding="utf-8")
    text = STACK.read_text(encoding="utf-8")
    stack.write_text(
        text.replace("../../../rules/config_rules.yaml", str(rules)).replace("../../..", str(root)), encoding="utf-8"
    )
    with LocalAws(REGION) as aws:
        aws.deploy(stack)
        assert aws.config.rules
        assert RULE not in aws.config.rules


def test_deploying_the_same_release_again_evaluates_nothing(deployed: LocalAws) -> None:
    deployed.recorder.record(BUCKET)
    deployed.run_until_idle()
    received()

    deployed.deploy(STACK)
    deployed.run_until_idle()

    assert not received()
