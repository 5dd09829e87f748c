"""From a recorded change to the alert, through everything that template.yaml deploys."""

import json
from typing import Any, Literal

import boto3
import pytest

from tests.pipeline.deployment import ACCOUNT, REGION, Deployment

BUCKET = "AWS::S3::Bucket"
When = Literal["before", "after"]
TASK, LOGS = "AWS::ECS::TaskDefinition", "ecs-task-definition-log-configuration"
PUBLIC = "s3-bucket-level-public-access-prohibited"


def test_create_fail_fix_delete_restores_the_score(deployed: Deployment) -> None:
    deployed.bucket("other")
    before = deployed.shop().score["pillars"]
    deployed.bucket()
    created = deployed.score("security")
    deployed.bucket(blocked=False)
    failed = deployed.score("security")
    deployed.bucket()
    fixed = deployed.score("security")
    deployed.delete(BUCKET, "invoices")
    assert created is not None
    assert failed is not None
    assert failed < created == fixed
    assert deployed.shop().score["pillars"] == before
    assert deployed.shop().resources == 1


def test_only_the_newest_active_revision_of_a_task_definition_counts(deployed: Deployment) -> None:
    family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web"
    logged: dict[str, Any] = {"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}

    def record(number: int, container: dict[str, Any], status: str = "ACTIVE") -> None:
        deployed.record(TASK, f"{family}:{number}", {"Status": status, "ContainerDefinitions": [container]})

    def counted() -> tuple[int, int, int]:
        counts = deployed.shop().counts[LOGS]
        return deployed.shop().resources, counts.compliant, counts.non_compliant

    for number in (9, 10, 8):
        record(number, {"Name": "web"})
    assert counted() == (1, 0, 1)
    record(11, logged)
    assert counted() == (1, 1, 0)
    record(11, logged, "INACTIVE")
    assert counted() == (1, 0, 1)
    assert deployed.aws.config.compliance("pillarwatch-ecs-taskdefinition")[TASK, f"{family}:11"][0] == "NOT_APPLICABLE"
    for number in (8, 9, 10):
        deployed.delete(TASK, f"{family}:{number}")
    assert deployed.shop().resources == 0


def test_a_drop_and_its_recovery_are_reported_once_with_cause_and_fix(deployed: Deployment) -> None:
    deployed.bucket()
    deployed.finish_inventory()
    assert deployed.alerts() == []
    deployed.bucket(blocked=False)
    (alert,) = deployed.alerts()
    assert alert["Subject"].startswith("Security of workload shop dropped")
    for part in (
        "invoices",
        PUBLIC,
        "not true (expected true) for: blockPublicAcls",
        "Set all four settings of PublicAccessBlockConfiguration to true",
    ):
        assert part in alert["Message"]
    deployed.bucket(blocked=False)
    deployed.finish_inventory()
    assert deployed.alerts() == []
    deployed.bucket()
    (alert,) = deployed.alerts()
    assert alert["Subject"].startswith("Security of workload shop is back at")


def test_nothing_is_reported_before_the_first_inventory_is_complete(deployed: Deployment) -> None:
    deployed.bucket()
    deployed.bucket(blocked=False)
    deployed.bucket("another", blocked=False)
    assert deployed.alerts() == []


def test_config_receives_one_compliance_with_the_failing_checks(deployed: Deployment) -> None:
    deployed.bucket(blocked=False)
    compliance, annotation = deployed.aws.config.compliance("pillarwatch-s3-bucket")[BUCKET, "invoices"]
    assert compliance == "NON_COMPLIANT"
    assert str(annotation).startswith(PUBLIC)
    deployed.delete(BUCKET, "invoices")
    assert deployed.aws.config.compliance("pillarwatch-s3-bucket")[BUCKET, "invoices"][0] == "NOT_APPLICABLE"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("transaction", [1, 2])
def test_killed_at_a_transaction_the_score_is_right_and_there_is_one_alert(
    deployed: Deployment, when: When, transaction: int
) -> None:
    deployed.bucket()
    deployed.finish_inventory()
    healthy = deployed.score("security")
    for _ in range(transaction):  # the first counts the resource, the second projects its scopes
        deployed.aws.kill_next(service="dynamodb", operation="TransactWriteItems", when=when)
    deployed.bucket(blocked=False)
    deployed.finish_inventory()
    assert len(deployed.alerts()) == 1
    assert deployed.depth("EvaluatedDeadLetterQueue") == 0
    deployed.bucket()
    assert deployed.score("security") == healthy
    assert len(deployed.alerts()) == 1


@pytest.mark.parametrize(("service", "operation"), [("events", "PutEvents"), ("sns", "Publish")])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_telling_there_is_one_alert(
    deployed: Deployment, service: str, operation: str, when: When
) -> None:
    deployed.bucket()
    deployed.finish_inventory()
    function = "AggregatorFunction" if service == "events" else "NotifyFunction"
    deployed.aws.kill_next(
        service=service,
        operation=operation,
        when=when,
        function=deployed.stack.all_resources()[function],
    )
    deployed.bucket(blocked=False)
    deployed.finish_inventory()
    received = deployed.alerts()
    # killed after SNS took the message, nobody can know that it did: twice is better than never
    assert len(received) == (2 if (service, when) == ("sns", "after") else 1)
    assert len({alert["MessageAttributes"]["alert"]["Value"] for alert in received}) == 1


def test_a_poisoned_message_goes_to_the_dead_letters_and_the_rest_of_its_batch_is_counted(deployed: Deployment) -> None:
    queue = deployed.stack.all_resources()["EvaluatedQueue"]
    sqs = boto3.client("sqs", region_name=REGION)
    for poison in ("no json", json.dumps({"detail": {"version": "1"}})):
        sqs.send_message(QueueUrl=queue, MessageBody=poison)
    deployed.bucket()
    assert deployed.shop().resources == 1
    assert deployed.depth("EvaluatedDeadLetterQueue") == 2
    states = deployed.aws.evaluate_alarms()
    assert next(state for name, state in states.items() if "DeadLetters" in name) == "ALARM"
    assert any("Evaluations could not be counted" in alert["Message"] for alert in deployed.alerts())


def test_an_api_error_is_tried_again_and_nothing_is_lost(deployed: Deployment) -> None:
    deployed.aws.fail_next(service="events", operation="PutEvents")
    deployed.aws.fail_next(service="config", operation="PutEvaluations")
    deployed.bucket()
    assert deployed.shop().resources == 1
    assert deployed.depth("FailedInvocationsQueue") == 0


def test_an_event_that_fails_for_good_is_kept_and_an_alarm_goes_off(deployed: Deployment) -> None:
    for _ in range(3):
        deployed.aws.fail_next(service="events", operation="PutEvents", code="InternalException")
    deployed.bucket()
    assert deployed.depth("FailedInvocationsQueue") == 1
    states = deployed.aws.evaluate_alarms()
    assert next(state for name, state in states.items() if "FailedInvocations" in name) == "ALARM"


def test_the_alarm_of_a_pillar_goes_off_and_recovers(deployed: Deployment) -> None:
    deployed.bucket()
    deployed.finish_inventory()
    deployed.bucket(blocked=False)
    assert deployed.aws.evaluate_alarms()["pillarwatch-security"] == "ALARM"


def test_a_change_of_settings_or_checks_is_evaluated_again_and_blames_nobody(deployed: Deployment) -> None:
    deployed.bucket()
    deployed.finish_inventory()
    evaluations = len(deployed.aws.invocations)
    boto3.client("config", region_name=REGION).start_config_rules_evaluation(ConfigRuleNames=["pillarwatch-s3-bucket"])
    deployed.aws.run_until_idle()
    assert len(deployed.aws.invocations) > evaluations
    assert deployed.shop().resources == 1
    assert deployed.alerts() == []


def test_a_listing_too_long_for_one_invocation_goes_on_through_the_queue(deployed: Deployment) -> None:
    logs = boto3.client("logs", region_name=REGION)
    names = {f"/shop/{number:03}" for number in range(120)}
    for name in names:
        logs.create_log_group(logGroupName=name)
    account, untagged = f"account/{ACCOUNT}", deployed.store.live(f"account/{ACCOUNT}").resources
    collector = deployed.aws.functions.functions[deployed.stack.all_resources()["CollectorFunction"]]
    collector.environment["COLLECTING_SECONDS"] = "0"

    before = len(deployed.aws.invocations)
    deployed.aws.fire_schedules()
    deployed.aws.run_until_idle()

    continued = [
        each
        for each in deployed.aws.invocations[before:]
        if "Records" in each.event and each.function_name == collector.name
    ]
    assert len(continued) >= 2
    assert deployed.store.live(account).resources == untagged + len(names)
    for name in list(names)[:100]:
        logs.delete_log_group(logGroupName=name)
    deployed.aws.fire_schedules()
    deployed.aws.run_until_idle()
    assert deployed.store.live(account).resources == untagged + 20
    assert deployed.depth("FailedInvocationsQueue") == 0
