"""The deployed stack: what the templates say must be there, what is there, and a change sent through it."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from generators.files import generated
from local_aws.sam_templates import Template, load
from pillarwatch.root import ROOT
from pillarwatch.settings import Settings
from tests.sam_deploy.server import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.sam_deploy.server import Engine

BUILT = ROOT / ".aws-sam/build/template.yaml"
BUILT_RULES = BUILT.parent / "Rules/ConfigRules/template.yaml"
NAME = "pillarwatch"
NESTED = "AWS::CloudFormation::Stack"
RULE = "AWS::Config::ConfigRule"
BUCKET = "AWS::S3::Bucket"
BLOCKED = dict.fromkeys(("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True)
PATIENCE = 120  # seconds: for a cold start of every function on a busy machine


class Failed(Exception):
    """The deployment does not do what it must; says what was expected and what is there."""


class Declared(NamedTuple):
    """A resource that the templates declare, under conditions that hold."""

    stack: str  # the logical id of the nested stack, empty for the stack itself
    logical_id: str
    type: str
    retained: bool


def declared() -> set[Declared]:
    """What a deployment creates, from the built templates; the local AWS evaluates their conditions."""
    return set(_declared(BUILT, "", {}))


@contextmanager
def excluding(resource_type: str) -> Iterator[None]:
    """The built template of the rules as `make generate` writes it for settings that exclude a type."""
    excluded = Settings({"excluded_types": {REGION: [resource_type]}})
    before = BUILT_RULES.read_text(encoding="utf-8")
    BUILT_RULES.write_text(generated(excluded)["rules/config_rules.yaml"], encoding="utf-8")
    try:
        yield
    finally:
        BUILT_RULES.write_text(before, encoding="utf-8")


def rules(resources: set[Declared]) -> int:
    """How many of them are AWS Config rules."""
    return sum(each.type == RULE for each in resources)


def a_type_with_one_rule() -> str:
    """A resource type that is in the scope of one rule, which has no other type."""
    scopes = [
        list(resource["Properties"]["Scope"]["ComplianceResourceTypes"])
        for resource in load(BUILT_RULES, REGION, {})["Resources"].values()
        if "Scope" in resource.get("Properties", {})
    ]
    rules_of = Counter(each for types in scopes for each in types)
    return next(str(types[0]) for types in scopes if len(types) == 1 and rules_of[types[0]] == 1)


def wait_for(what: str, answer: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Poll until an answer is true.

    Raises:
        Failed: it is not, for too long.
    """
    until = time.monotonic() + seconds
    while not (found := answer()):
        if time.monotonic() > until:
            raise Failed(f"no {what} within {seconds:.0f} s")
        time.sleep(0.2)
    return found


def same(what: str, expected: Any, found: Any) -> None:
    """Compare.

    Raises:
        Failed: the two differ.
    """
    if expected != found:
        raise Failed(f"{what}: expected {expected}, found {found}")


class DeployedStack:
    """The stack in the engine, and a person and a program who listen to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Any = boto3.Session(
            engine.environment["AWS_ACCESS_KEY_ID"], engine.environment["AWS_SECRET_ACCESS_KEY"], region_name=REGION
        )
        self._clients: dict[str, Any] = {}
        self._captured = datetime.now(UTC) - timedelta(minutes=1)

    def aws(self, service: str) -> Any:
        """A client of a service of the engine."""
        if service not in self._clients:
            certificate = self._engine.environment.get("AWS_CA_BUNDLE")
            self._clients[service] = self._session.client(
                service, endpoint_url=self._engine.url, **({"verify": certificate} if certificate else {})
            )
        return self._clients[service]

    # What is there ---------------------------------------------------------------------------------------------

    def resources(self) -> dict[tuple[str, str], str]:
        """The physical ids of the stack's resources and of its nested stacks', by stack and logical id."""
        return dict(self._resources(NAME, ""))

    def _resources(self, stack: str, logical_id: str) -> Iterator[tuple[tuple[str, str], str]]:
        pages = self.aws("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        for page in pages:
            for each in page["StackResourceSummaries"]:
                yield (logical_id, each["LogicalResourceId"]), each["PhysicalResourceId"]
                if each["ResourceType"] == NESTED:
                    yield from self._resources(each["PhysicalResourceId"], each["LogicalResourceId"])

    def rule_names(self) -> set[str]:
        """The AWS Config rules of the account, as AWS Config answers them."""
        pages = self.aws("config").get_paginator("describe_config_rules").paginate()
        return {rule["ConfigRuleName"] for page in pages for rule in page["ConfigRules"]}

    def has(self, expected: set[Declared]) -> None:
        """Compare the stacks' resources and the account's rules with what the templates declare.

        Raises:
            Failed: one is missing, or one is too many.
        """
        wanted = {(each.stack, each.logical_id) for each in expected}
        found = self.resources()
        same("resources that are missing", [], sorted(wanted - set(found)))
        same("resources that no template declares", [], sorted(set(found) - wanted))
        names = {found[each.stack, each.logical_id] for each in expected if each.type == RULE}
        same("rules of AWS Config", names, self.rule_names())

    def events(self) -> int:
        """How many events CloudFormation recorded for the stack."""
        pages = self.aws("cloudformation").get_paginator("describe_stack_events").paginate(StackName=NAME)
        return sum(len(page["StackEvents"]) for page in pages)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The physical ids of the resources of all stacks by logical id, which is unique over our templates."""
        return {logical_id: physical for (_, logical_id), physical in self.resources().items()}

    # Who listens -----------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Subscribe a queue to the alerts topic, and another one to the bus."""
        outputs = self.aws("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]
        output = {each["OutputKey"]: each["OutputValue"] for each in outputs}
        topic, bus = output["AlertsTopicArn"], output["EventBusName"]
        self._people, people_arn = self._queue("people", "sns.amazonaws.com")
        self._program, program_arn = self._queue("program", "events.amazonaws.com")
        self.aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=people_arn)
        pattern = json.dumps({"source": ["pillarwatch"]})
        self.aws("events").put_rule(Name="program", EventBusName=bus, EventPattern=pattern)
        self.aws("events").put_targets(Rule="program", EventBusName=bus, Targets=[{"Id": "queue", "Arn": program_arn}])

    def _queue(self, name: str, sender: str) -> tuple[str, str]:
        url = self.aws("sqs").create_queue(QueueName=name)["QueueUrl"]
        arn = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow", "Principal": {"Service": sender}, "Action": "sqs:SendMessage", "Resource": arn
        }  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url, arn

    def alerts(self) -> list[dict[str, Any]]:
        """The messages that people got since the last look, but for those of alarms, which local_aws is for."""
        messages = [json.loads(body) for body in self._received(self._people)]
        return [each for each in messages if not each["Message"].startswith('{"AlarmName"')]

    def published(self) -> list[dict[str, Any]]:
        """The events that the bus delivered since the last look."""
        return [json.loads(body) for body in self._received(self._program)]

    def _received(self, url: str) -> Iterator[str]:
        receive = partial(self.aws("sqs").receive_message, QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        while messages := receive().get("Messages", []):
            for message in messages:
                yield message["Body"]
                self.aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    # What is sent through --------------------------------------------------------------------------------------

    def change(self, bucket: str, *, blocked: bool) -> None:
        """Have a bucket recorded as AWS Config does: every rule with the type in its scope is invoked for it."""
        self._captured += timedelta(seconds=1)
        captured = self._captured.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        item = {
            "awsAccountId": ACCOUNT,
            "awsRegion": REGION,
            "resourceType": BUCKET,
            "resourceId": bucket,
            "resourceName": bucket,
            "ARN": f"arn:aws:s3:::{bucket}",
            "configurationItemStatus": "OK",
            "configurationItemCaptureTime": captured,
            "configurationItemVersion": "1.3",
            "configurationStateId": int(self._captured.timestamp() * 1000),
            "configuration": {"name": bucket},
            "supplementaryConfiguration": {
                "BucketVersioningConfiguration": {"status": "Enabled"},
                "BucketPolicy": {"policyText": None},
                **({"PublicAccessBlockConfiguration": BLOCKED} if blocked else {}),
            },
            "tags": {"Workload": "shop"},
            "relationships": [],
            "relatedEvents": [],
        }
        message = {
            "messageType": "ConfigurationItemChangeNotification",
            "configurationItem": item,
            "configurationItemDiff": None,
            "notificationCreationTime": captured,
            "recordVersion": "1.3",
        }
        pages = self.aws("config").get_paginator("describe_config_rules").paginate()
        for rule in (rule for page in pages for rule in page["ConfigRules"]):
            if BUCKET in rule.get("Scope", {}).get("ComplianceResourceTypes", []):
                self._invoke_rule(rule, message)

    def _invoke_rule(self, rule: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        # https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
        event = {
            "version": "1.0",
            "invokingEvent": json.dumps(message),
            "ruleParameters": rule.get("InputParameters", "{}"),
            "resultToken": rule["ConfigRuleName"],
            "eventLeftScope": False,
            "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/config",
            "configRuleArn": rule["ConfigRuleArn"],
            "configRuleName": rule["ConfigRuleName"],
            "configRuleId": rule["ConfigRuleId"],
            "accountId": ACCOUNT,
        }
        self.invoke(rule["Source"]["SourceIdentifier"], event)

    def invoke(self, function: str, event: Mapping[str, Any]) -> None:
        """Invoke a function as AWS services do, asynchronously."""
        self.aws("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event))

    def compliance(self, bucket: str) -> list[str]:
        """What AWS Config holds of a bucket, one word for each rule."""
        return [
            result["ComplianceType"]
            for name in sorted(self.rule_names())
            for result in self.aws("config").get_compliance_details_by_config_rule(ConfigRuleName=name)[
                "EvaluationResults"
            ]
            if result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] == bucket
        ]

    def settle(self, ticks: int = 2) -> None:
        """Wait until all that was sent is counted, and let the deployed schedule fire, one tick after the other."""
        evaluated = self.ids["EvaluatedQueue"]
        wait_for("empty queue of evaluations", lambda: not sum(self.depth(evaluated)))
        for _ in range(ticks):
            before = self.metric("Invocations", "TickFunction")
            self._engine.fire_schedules()
            wait_for("end of a tick", lambda: self.metric("Invocations", "TickFunction") > before)  # noqa: B023

    def metric(self, name: str, function: str) -> int:
        """The sum of a metric of AWS Lambda for one function."""
        now = datetime.now(UTC)
        points = self.aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=name,
            Dimensions=[{"Name": "FunctionName", "Value": self.ids[function]}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return int(sum(point["Sum"] for point in points))

    def errors(self) -> dict[str, int]:
        """Errors of the stack's functions, those that have any."""
        functions = [name for name in self.ids if name.endswith("Function")]
        return {name: count for name in functions if (count := self.metric("Errors", name))}

    def depth(self, url: str) -> tuple[int, int]:
        """The messages of a queue: those that wait, and those that are being processed."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(attributes[names[0]]), int(attributes[names[1]])

    def send(self, queue: str, body: str) -> None:
        """Send a message to a queue of the stack."""
        self.aws("sqs").send_message(QueueUrl=self.ids[queue], MessageBody=body)

    def messages(self, queue: str) -> list[str]:
        """The messages of a queue of the stack; they are taken out of it."""
        return list(self._received(self.ids[queue]))

    def set_visibility(self, queue: str, seconds: int) -> str:
        """Set a queue's visibility timeout, and answer the one it had."""
        url, name = self.ids[queue], "VisibilityTimeout"
        before = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
        self.aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
        return str(before)


def _declared(path: Path, stack: str, parameters: Mapping[str, str]) -> Iterator[Declared]:
    document = load(path, REGION, parameters)
    given = {name: "none" for name, slot in document.get("Parameters", {}).items() if "Default" not in slot}
    template = Template(
        document,
        {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::StackName": NAME},
        given | {name: value for name, value in parameters.items() if name in document.get("Parameters", {})},
        reference=str,
        attribute=lambda logical_id, attribute: f"{logical_id}.{attribute}",
        imported=str,
        parameter_store=str,
    )
    for logical_id, resource in document["Resources"].items():
        if "Condition" in resource and not template.condition(resource["Condition"]):
            continue
        yield Declared(stack, logical_id, resource["Type"], resource.get("DeletionPolicy") == "Retain")
        if resource["Type"] == NESTED:
            passed = template.value(resource["Properties"].get("Parameters", {}))
            yield from _declared(path.parent / logical_id / "template.yaml", logical_id, passed)
