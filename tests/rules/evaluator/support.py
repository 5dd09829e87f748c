"""What the evaluator's tests share: AWS Config's events in small, and AWS itself as far as botocore."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.schemas import check_entry

ACCOUNT = "123456789012"
REGION = "eu-west-1"
CAPTURED_AT = "2026-01-15T12:00:00.261Z"
NOTIFIED_AT = "2026-01-15T12:05:00.373Z"
BUCKET = {
    "awsAccountId": ACCOUNT,
    "awsRegion": REGION,
    "resourceType": "AWS::S3::Bucket",
    "resourceId": "orders",
    "resourceName": "orders",
    "ARN": "arn:aws:s3:::orders",
    "configurationItemStatus": "OK",
    "configurationItemCaptureTime": CAPTURED_AT,
    "tags": {"Workload": "shop"},
    "configuration": {"name": "orders"},
    "supplementaryConfiguration": {"BucketVersioningConfiguration": {"status": "Suspended"}},
}

REST_QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/rest"

Request = Mapping[str, Any]


@dataclass
class FakeAws:
    """Answers calls where botocore would send them, and remembers them in order."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Callable[[Request], dict[str, Any]]] = field(default_factory=dict)
    clients: list[str] = field(default_factory=list)  # the services for which one was built

    def __post_init__(self) -> None:
        self.answers |= {
            "PutEvents": lambda _: {"FailedEntryCount": 0, "Entries": []},
            "PutEvaluations": lambda _: {"FailedEvaluations": []},
            "GetComplianceDetailsByConfigRule": lambda _: {"EvaluationResults": []},
            "SendMessage": lambda _: {"MessageId": "1"},
        }

    def answer(self, model: Any, params: Mapping[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        """As a ``before-call`` handler of botocore: whatever it answers is not sent."""
        request = json.loads(params["body"])
        self.calls.append((model.name, request))
        if model.name == "PutEvents":
            for entry in request["Entries"]:
                check_entry(entry)
        parsed = self.answers[model.name](request)
        status = 400 if "Error" in parsed else 200
        return AWSResponse("", status, HTTPHeaders(), None), {"ResponseMetadata": {"HTTPStatusCode": status}, **parsed}

    def built(self, event_name: str, **_: Any) -> None:
        """As a ``creating-client-class`` handler: remember the service."""
        self.clients.append(event_name.partition(".")[2])

    def named(self, operation: str) -> list[dict[str, Any]]:
        """The requests of one operation."""
        return [request for name, request in self.calls if name == operation]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The details of the evaluations that were put on the bus."""
        return self.published("Resource Evaluated")

    def published(self, kind: str) -> list[dict[str, Any]]:
        """The details of the events of a kind that were put on the bus."""
        entries = [entry for request in self.named("PutEvents") for entry in request["Entries"]]
        return [json.loads(entry["Detail"]) for entry in entries if entry["DetailType"] == kind]

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """What Config received."""
        return [evaluation for request in self.named("PutEvaluations") for evaluation in request["Evaluations"]]


def error(code: str) -> dict[str, Any]:
    """An error as AWS answers it."""
    return {"Error": {"Code": code, "Message": "no"}}


def changed(item: Mapping[str, Any] = BUCKET, *, left_scope: bool = False, **differences: Any) -> dict[str, Any]:
    """The notification of a changed item."""
    message = {
        "configurationItemDiff": None,
        "configurationItem": {**item, **differences},
        "notificationCreationTime": NOTIFIED_AT,
        "messageType": "ConfigurationItemChangeNotification",
        "recordVersion": "1.3",
    }
    return _event(message, left_scope=left_scope)


def deleted(item: Mapping[str, Any] = BUCKET) -> dict[str, Any]:
    """The notification of a deletion: Config keeps neither configuration nor tags."""
    nothing: dict[str, Any] = {
        "configuration": None,
        "supplementaryConfiguration": {},
        "tags": {},
        "resourceName": None,
    }
    return changed(item, configurationItemStatus="ResourceDeleted", **nothing)


def oversized(item: Mapping[str, Any] = BUCKET, **differences: Any) -> dict[str, Any]:
    """The notification of an item too large for one, with just the attributes that AWS documents."""
    kept = ("configurationItemCaptureTime", "awsAccountId", "configurationItemStatus", "resourceType", "resourceId",
            "resourceName", "ARN", "awsRegion")  # fmt: skip
    summary = {"changeType": "UPDATE", **{key: item[key] for key in kept}, **differences}
    return _event({"configurationItemSummary": summary, "messageType": "OversizedConfigurationItemChangeNotification"})


def scheduled(collector: str | None) -> dict[str, Any]:
    """The notification that it is time for a collector."""
    message = {
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": NOTIFIED_AT,
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    }
    event = _event(message)
    if collector is not None:
        event["ruleParameters"] = json.dumps({"collector": collector})
    return event


def api_form(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as GetResourceConfigHistory has it: other keys, and documents as JSON in strings."""
    other = {key: value for key, value in item.items() if key not in ("awsAccountId", "ARN")}
    supplementary = {key: json.dumps(value) for key, value in item["supplementaryConfiguration"].items()}
    return {
        **other,
        "accountId": item["awsAccountId"],
        "arn": item["ARN"],
        "version": "1.3",
        "configuration": json.dumps(item["configuration"]),
        "supplementaryConfiguration": supplementary,
    }


def _event(message: Mapping[str, Any], *, left_scope: bool = False) -> dict[str, Any]:
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(message),
        "ruleParameters": "{}",
        "resultToken": "token",
        "eventLeftScope": left_scope,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/config",
        "configRuleArn": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-000000",
        "configRuleName": "pillarwatch-rule",
        "configRuleId": "config-rule-000000",
        "accountId": ACCOUNT,
    }
