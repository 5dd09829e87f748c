"""Everything arrives only because the template deploys its way: take out one thing, and the score does not move."""

import shutil
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from local_aws import DeployError
from tests.pipeline.deployment import REGION, Deployment

CODE = ("pillarwatch", "rules", "aggregator", "dashboards", "packaged_settings.json")

TEMPLATES = ("template.yaml", "rules/template.yaml", "aggregator/template.yaml", "dashboards/template.yaml")

# What the templates contain, and what replaces it.
REMOVED = {
    "the function's handler": ("Handler: rules.evaluator.on_change", "Handler: rules.evaluator.on_chance"),
    "the evaluator's environment": (
        """Role: !GetAtt EvaluatorRole.Arn
      Environment: {Variables: {EVENT_BUS_NAME: !Ref EventBusName}}""",
        "Role: !GetAtt EvaluatorRole.Arn",
    ),
    "the evaluator's permission to put events": (
        """# AWS Config names no resource for these
          - {Effect: Allow, Action: events:PutEvents,""",
        """# AWS Config names no resource for these
          - {Effect: Allow, Action: events:PutRule,""",
    ),
    "the event pattern's detail type": ("detail-type: [Resource Evaluated, ", "detail-type: [Something Else, "),
    "the event pattern's source": (
        "        source: [pillarwatch]\n        detail-type: [Resource",
        "        source: [other]\n        detail-type: [Resource",
    ),
    "the target": ("Arn: !GetAtt EvaluatedQueue.Arn\n", "Arn: !GetAtt EvaluatedDeadLetterQueue.Arn\n"),
    "the queue's policy": ("ArnEquals: {aws:SourceArn: !GetAtt EvaluatedRule.Arn}", "ArnEquals: {aws:SourceArn: none}"),
    "the evaluator's name in the bus's policy": (
        "[!GetAtt Rules.Outputs.EvaluatorRoleArn, ",
        "[",
    ),
    "the key's policy": (
        "Principal: {Service: events.amazonaws.com}\n            Action: [kms",
        "Principal: {Service: sns.amazonaws.com}\n            Action: [kms",
    ),
    "the event source mapping": ("Queue: !GetAtt EvaluatedQueue.Arn", "Queue: !Ref FailedInvocationsQueueArn"),
    "the aggregator's environment": (
        "Role: !GetAtt AggregatorRole.Arn\n      Environment: {Variables: {TABLE_NAME: !Ref Table, ",
        "Role: !GetAtt AggregatorRole.Arn\n      Environment: {Variables: {",
    ),
    "the aggregator's permission to write": ("- dynamodb:UpdateItem", "- dynamodb:DescribeTable"),
    "the permission to use the key": (
        "Action: [kms:Decrypt, kms:GenerateDataKey]\n            Resource: !GetAtt Key.Arn",
        "Action: [kms:DescribeKey]\n            Resource: !GetAtt Key.Arn",
    ),
    "the permission to use the key through the queues": ("!Sub sqs.${AWS::Region}", "!Sub s3.${AWS::Region}"),
    "the aggregator's handler": ("aggregator.handlers.on_evaluated", "aggregator.handlers.on_devaluated"),
    "the index": ("IndexName: gsi1", "IndexName: gsi2"),
}
UNHEARD = {
    "the aggregator's bus": (
        "{TABLE_NAME: !Ref Table, EVENT_BUS_NAME: !Ref EventBusName}",
        "{TABLE_NAME: !Ref Table, EVENT_BUS_NAME: default}",
    ),
    "the tick's handler": ("aggregator.handlers.on_tick", "aggregator.handlers.on_tock"),
    "the notifier's handler": ("dashboards.notify.on_score_change", "dashboards.notify.on_score"),
    "the notifier's pattern": ("[Pillar Score Dropped, ", "["),
    "the notifier's permission": (
        "Action: sns:Publish, Resource: !Ref AlertsTopic}",
        "Action: sns:Publish, Resource: !Ref AlarmsTopic}",
    ),
    "the notifier's partition": ("dynamodb:LeadingKeys: [SENT]", "dynamodb:LeadingKeys: [OTHER]"),
    "the notifier's environment": (", TOPIC_ARN: !Ref AlertsTopic}", "}"),
    "the tick's schedule": ("Schedule: rate(5 minutes)", "Schedule: rate(5 minutes)\n            Enabled: false"),
}


@pytest.fixture
def without(root: Path, tmp_path: Path, deploy: Callable[[Path], Deployment]) -> Callable[[str, str], Deployment]:
    """Deploy our template with one text in place of another."""

    def made(text: str, other: str) -> Deployment:
        (changed,) = (name for name in TEMPLATES if text in (root / name).read_text(encoding="utf-8"))
        for name in CODE:
            (tmp_path / name).symlink_to(root / name)
        folder = Path(changed).parts[0]
        if folder in CODE:
            (tmp_path / folder).unlink()
            shutil.copytree(root / folder, tmp_path / folder)
        else:
            shutil.copy(root / "template.yaml", tmp_path)
        if not (tmp_path / "template.yaml").exists():
            (tmp_path / "template.yaml").symlink_to(root / "template.yaml")
        mutant = (root / changed).read_text(encoding="utf-8").replace(text, other)
        (tmp_path / changed).write_text(mutant, encoding="utf-8")
        return deploy(tmp_path / "template.yaml")

    return made


def test_with_everything_in_place_it_arrives(deployed: Deployment) -> None:
    deployed.bucket()
    assert deployed.shop().resources == 1
    assert deployed.score("security") is not None


@pytest.mark.parametrize("what", REMOVED)
def test_without_it_no_score_moves(what: str, without: Callable[[str, str], Deployment]) -> None:
    deployed = without(*REMOVED[what])
    deployed.bucket()
    assert deployed.score("security") is None


@pytest.mark.parametrize("what", UNHEARD)
def test_without_it_nobody_hears(what: str, without: Callable[[str, str], Deployment]) -> None:
    deployed = without(*UNHEARD[what])
    deployed.bucket()
    deployed.finish_inventory()
    deployed.bucket(blocked=False)
    assert deployed.alerts() == []


def test_without_the_permission_to_invoke_config_refuses_the_rules(without: Callable[[str, str], Deployment]) -> None:
    with pytest.raises(DeployError, match="InsufficientPermissionsException"):
        without("Principal: config.amazonaws.com", "Principal: sns.amazonaws.com")


COLLECTED = {
    "the collector's handler": ("rules.evaluator.on_schedule", "rules.evaluator.on_chance"),
    "the collector's environment": (
        "          EVENT_BUS_NAME: !Ref EventBusName\n          REST_QUEUE_URL",
        "          REST_QUEUE_URL",
    ),
}


def test_with_everything_in_place_the_account_is_judged(deployed: Deployment) -> None:
    assert "root-account-mfa-enabled" in deployed.store.live("account/123456789012").counts


@pytest.mark.parametrize("what", COLLECTED)
def test_without_it_the_account_is_not_judged(what: str, without: Callable[[str, str], Deployment]) -> None:
    deployed = without(*COLLECTED[what])
    assert "root-account-mfa-enabled" not in deployed.store.live("account/123456789012").counts


def test_without_reported_failures_a_poisoned_message_is_lost(
    without: Callable[[str, str], Deployment],
) -> None:
    scaling = "            ScalingConfig: {MaximumConcurrency: !Ref AggregatorConcurrency}\n"
    deployed = without(f"            FunctionResponseTypes: [ReportBatchItemFailures]\n{scaling}", scaling)
    queue = deployed.stack.all_resources()["EvaluatedQueue"]
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=queue, MessageBody="no json")
    deployed.aws.run_until_idle()
    # The function answers which messages failed, and nobody listens: the poisoned one is lost as if it were counted.
    assert deployed.depth("EvaluatedDeadLetterQueue") == 0


def test_without_its_type_in_a_rule_s_scope_a_resource_is_not_judged(
    root: Path, tmp_path: Path, deploy: Callable[[Path], Deployment]
) -> None:
    for name in (*CODE, "template.yaml"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "rules").unlink()
    shutil.copytree(root / "rules", tmp_path / "rules")
    rules = tmp_path / "rules" / "config_rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "- AWS::S3::Bucket\n" in text
    rules.write_text(text.replace("- AWS::S3::Bucket\n", "- AWS::S3::StorageLens\n"), encoding="utf-8")
    deployed = deploy(tmp_path / "template.yaml")
    deployed.bucket()
    assert deployed.score("security") is None


CRASHES = """

@check(
    "AWS::S3::Bucket",
    best_practices={"REL09-BP01": "it crashes"},
    effort="S",
    fix="Mend the check.",
    compliant=[{}],
    non_compliant=[{}],
)
def s3_bucket_divided(bucket: ConfigurationItem) -> Verdict:
    \"\"\"This check crashes.\"\"\"
    return compliant_if(1 / 0 == 1, otherwise="never")
"""


def test_a_crashing_check_is_unknown_the_others_count_and_an_alarm_goes_off(
    root: Path, tmp_path: Path, deploy: Callable[[Path], Deployment]
) -> None:
    for name in (*CODE, "template.yaml"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "rules").unlink()
    shutil.copytree(root / "rules", tmp_path / "rules")
    with (tmp_path / "rules" / "checks" / "s3_bucket.py").open("a") as file:
        file.write(CRASHES)
    deployed = deploy(tmp_path / "template.yaml")
    deployed.bucket()
    counts = deployed.shop().counts
    assert counts["s3-bucket-divided"].unknown == 1
    assert counts["s3-bucket-versioning-enabled"].compliant == 1
    states = deployed.aws.evaluate_alarms()
    assert next(state for name, state in states.items() if "CheckCrashed" in name) == "ALARM"
    assert any("A check crashed" in alert["Message"] for alert in deployed.alerts())
