"""Every function of the template, from its package as shipped, under AWS's runtime interface client."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from generators.lambda_package import check_bytecode
from tests.rules.evaluator.support import BUCKET, changed, scheduled
from tests.runtime.runtime_api import Function, FunctionFailed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runtime.conftest import World

Start = Callable[..., Function]
BLOCKED = dict.fromkeys(("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True)
PUBLIC = "s3-bucket-level-public-access-prohibited"


def bucket(*, blocked: bool, at: datetime) -> dict[str, Any]:
    """A change of a bucket of the workload shop."""
    supplementary = {
        "BucketVersioningConfiguration": {"status": "Enabled"},
        "BucketPolicy": {"policyText": None},
        "PublicAccessBlockConfiguration": BLOCKED if blocked else dict.fromkeys(BLOCKED, False),
    }
    captured = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return changed(BUCKET, supplementaryConfiguration=supplementary, configurationItemCaptureTime=captured)


def batch(*bodies: str) -> dict[str, Any]:
    """What Lambda makes of messages in a queue."""
    about = {
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:q",
        "awsRegion": "eu-west-1",
    }
    records = [
        {
            "messageId": str(number),
            "receiptHandle": str(number),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            **about,
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def evaluations(world: World) -> list[dict[str, Any]]:
    """The evaluations that were published since the last look."""
    return [event for event in world.events() if event["detail-type"] == "Resource Evaluated"]


def tick() -> dict[str, Any]:
    """What EventBridge sends by the clock."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": now,
        "detail": {},
    }


def test_the_environment_holds_the_client_alone(client: Path) -> None:
    listed = "import importlib.metadata as m; print(*sorted(each.name for each in m.distributions()))"
    done = subprocess.run([client, "-c", listed], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["awslambdaric", "simplejson", "snapshot-restore-py"]


def test_a_change_is_evaluated_published_and_reported_to_config(
    world: World, function: Start, package: Callable[[str], Path], python: Path
) -> None:
    evaluator = function("EvaluatorFunction")
    assert evaluator.invoke(bucket(blocked=False, at=datetime.now(UTC))) is None
    assert evaluator.invoke(bucket(blocked=True, at=datetime.now(UTC))) is None  # warm

    bad, good = world.events()
    assert (bad["detail-type"], bad["detail"]["resource"]["id"]) == ("Resource Evaluated", "orders")
    assert bad["detail"]["verdicts"][PUBLIC]["compliance"] == "NON_COMPLIANT"
    assert good["detail"]["verdicts"][PUBLIC]["compliance"] == "COMPLIANT"
    assert good["detail"]["verdicts"]["s3-bucket-versioning-enabled"]["compliance"] == "COMPLIANT"
    first, _ = world.config.named("PutEvaluations")
    (evaluation,) = first["Evaluations"]
    assert (evaluation["ComplianceResourceId"], evaluation["ComplianceType"]) == ("orders", "NON_COMPLIANT")
    assert PUBLIC in evaluation["Annotation"]
    check_bytecode(package("rules"), python)  # what was loaded is what is shipped: nothing was written


def test_an_event_that_config_does_not_send_is_an_error_of_the_function(world: World, function: Start) -> None:
    evaluator = function("EvaluatorFunction")
    with pytest.raises(FunctionFailed, match="MalformedEvent"):
        evaluator.invoke({"hello": "world"})
    assert evaluator.invoke(bucket(blocked=True, at=datetime.now(UTC))) is None
    assert len(world.events()) == 1


def test_a_schedule_lists_evaluates_and_reports_resources(world: World, function: Start) -> None:
    logs = world.client("logs")
    for name in ("/shop/orders", "/shop/payments"):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName="/shop/orders", retentionInDays=30)

    assert function("CollectorFunction").invoke(scheduled("log-groups")) is None

    listed = {event["detail"]["resource"]["id"]: event["detail"] for event in evaluations(world)}
    assert set(listed) == {"/shop/orders", "/shop/payments"}
    retained = "cw-loggroup-retention-period-check"
    assert listed["/shop/orders"]["verdicts"][retained]["compliance"] == "COMPLIANT"
    assert listed["/shop/payments"]["verdicts"][retained]["compliance"] == "NON_COMPLIANT"
    assert listed["/shop/orders"]["source"] == "log-groups"
    (reported,) = world.config.named("PutEvaluations")
    assert {each["ComplianceResourceId"] for each in reported["Evaluations"]} == set(listed)


def test_a_listing_that_takes_too_long_goes_on_from_the_queue(world: World, function: Start) -> None:
    names = {f"/shop/{number}" for number in range(60)}  # a page has 50
    for name in names:
        world.client("logs").create_log_group(logGroupName=name)
    collector = function("CollectorFunction", COLLECTING_SECONDS="0")

    collector.invoke(scheduled("log-groups"))
    first = {event["detail"]["resource"]["id"] for event in evaluations(world)}
    (rest,) = world.received("ListingQueue")
    collector.invoke(batch(json.dumps(rest)))

    assert len(first) == 50
    assert first | {event["detail"]["resource"]["id"] for event in evaluations(world)} == names
    assert world.received("ListingQueue") == []


def test_a_release_starts_the_rules_that_differ_and_answers_cloudformation(world: World, function: Start) -> None:
    def properties(*digests: str) -> dict[str, Any]:
        return {"ServiceToken": "arn", "Rules": list(digests)}

    event = {
        "RequestType": "Update",
        "ResponseURL": f"http://{world.config.address}/answer",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/pillarwatch/1",
        "RequestId": "1",
        "LogicalResourceId": "Release",
        "PhysicalResourceId": "release",
        "ResourceProperties": properties("buckets b2", "queues q1", "topics t1"),
        "OldResourceProperties": properties("buckets b1", "queues q1"),
    }
    function("ReleaseFunction").invoke(event)

    assert world.config.named("StartConfigRulesEvaluation") == [{"ConfigRuleNames": ["buckets"]}]
    (answer,) = world.config.named("PUT /answer")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "release")


def test_a_drop_is_counted_and_one_message_reaches_the_topic(world: World, function: Start) -> None:
    evaluator, aggregator, ticker = map(function, ("EvaluatorFunction", "AggregatorFunction", "TickFunction"))
    began = datetime.now(UTC) - timedelta(minutes=10)

    def count(change: Mapping[str, Any], *others: str) -> Any:
        evaluator.invoke(change)
        return aggregator.invoke(batch(*(json.dumps(event) for event in world.events()), *others))

    answer = count(bucket(blocked=True, at=began), "no event")
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    for _ in range(2):  # then the first inventory is complete
        ticker.invoke(tick())
    metrics = [json.loads(line) for line in ticker.log.splitlines() if line.startswith('{"_aws"')]
    assert {each["_aws"]["CloudWatchMetrics"][0]["Namespace"] for each in metrics} == {"Pillarwatch"}
    assert any("workload/shop" in json.dumps(each) for each in metrics)
    assert world.events() == []

    assert count(bucket(blocked=False, at=began + timedelta(minutes=1))) == {"batchItemFailures": []}
    dropped = [event for event in world.events() if event["detail-type"] == "Pillar Score Dropped"]
    assert len(dropped) == 1
    assert dropped[0]["detail"]["scope"]["name"] == "shop"
    assert [cause["check"] for cause in dropped[0]["detail"]["causes"]] == [PUBLIC]

    notifier = function("NotifyFunction")
    for _ in range(2):  # EventBridge delivers at least once
        notifier.invoke(dropped[0])
    (mail,) = world.mails()
    assert "shop" in mail["Subject"]
    assert PUBLIC in mail["Message"]
    assert "orders" in mail["Message"]
