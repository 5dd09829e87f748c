"""on_deploy: a custom resource that answers whatever happens."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from rules.reevaluate import on_deploy
from tests.rules.evaluator.support import FakeAws, Request, error

START = "StartConfigRulesEvaluation"


class CloudFormation(HTTPServer):
    """The place where custom resources are answered."""

    answers: list[dict[str, Any]]


class _Handler(BaseHTTPRequestHandler):
    server: CloudFormation

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == ""
        self.server.answers.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Context:
    """As much of the context as is asked of it."""

    def __init__(self, seconds: int = 900) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return self.seconds * 1000


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    server = CloudFormation(("127.0.0.1", 0), _Handler)
    server.answers = []
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def started(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The rules of every call that Config took; nobody waits."""
    taken: list[list[str]] = []
    aws.answers[START] = lambda request: taken.append(request["ConfigRuleNames"]) or {}  # type: ignore[func-returns-value]
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return taken


def deploy(
    server: CloudFormation,
    kind: str = "Update",
    new: tuple[str, ...] = (),
    old: tuple[str, ...] = (),
    seconds: int = 900,
) -> dict[str, Any]:
    """One request of CloudFormation, and our answer."""
    event: dict[str, Any] = {
        "RequestType": kind,
        "ResponseURL": f"http://127.0.0.1:{server.server_port}/signed",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/rules/1",
        "RequestId": "request",
        "LogicalResourceId": "Release",
        "ResourceProperties": {"Rules": list(new)},
    }
    if kind != "Create":
        event["PhysicalResourceId"] = "release"
        event["OldResourceProperties"] = {"Rules": list(old)}
    on_deploy(event, Context(seconds))
    (answer,) = server.answers
    assert (answer["RequestId"], answer["LogicalResourceId"]) == ("request", "Release")
    assert answer["StackId"] == event["StackId"]
    return answer


def test_only_rules_that_judge_differently_are_evaluated_again(
    cloudformation: CloudFormation, started: list[list[str]]
) -> None:
    answer = deploy(
        cloudformation, old=("p-same 1", "p-changed 1", "p-gone 1"), new=("p-same 1", "p-changed 2", "p-new 1")
    )

    assert started == [["p-changed"]]
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "release"


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_creation_and_deletion_evaluate_nothing(cloudformation: CloudFormation, started: list[Any], kind: str) -> None:
    answer = deploy(cloudformation, kind, new=("p-rule 1",))

    assert not started
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"]


def test_twenty_five_rules_are_started_at_a_time(cloudformation: CloudFormation, started: list[list[str]]) -> None:
    names = [f"p-{number}" for number in range(60)]

    deploy(cloudformation, old=tuple(f"{name} 1" for name in names), new=tuple(f"{name} 2" for name in names))

    assert [len(rules) for rules in started] == [25, 25, 10]
    assert [rule for rules in started for rule in rules] == names


@pytest.mark.parametrize("code", ["LimitExceededException", "ResourceInUseException"])
def test_a_busy_config_is_called_again(
    aws: FakeAws, cloudformation: CloudFormation, started: list[list[str]], code: str
) -> None:
    take = aws.answers[START]
    busy = [error(code)]
    aws.answers[START] = lambda request: busy.pop() if busy else take(request)

    answer = deploy(cloudformation, old=("p-a 1",), new=("p-a 2",))

    assert started == [["p-a"]]
    assert answer["Status"] == "SUCCESS"


def test_a_config_that_stays_busy_costs_no_rollback_and_the_answer_names_the_rules(
    aws: FakeAws, cloudformation: CloudFormation
) -> None:
    aws.answers[START] = lambda _: error("LimitExceededException")

    answer = deploy(cloudformation, old=("p-a 1",), new=("p-a 2",), seconds=60)

    assert answer["Status"] == "SUCCESS"
    assert "p-a" in answer["Reason"]


def test_a_failure_is_answered_with_its_reason(aws: FakeAws, cloudformation: CloudFormation) -> None:
    def denied(_: Request) -> dict[str, Any]:
        return error("AccessDeniedException")

    aws.answers[START] = denied

    answer = deploy(cloudformation, old=("p-a 1",), new=("p-a 2",))

    assert answer["Status"] == "FAILED"
    assert "AccessDeniedException" in answer["Reason"]


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
@pytest.mark.parametrize("code", ["LimitExceededException", "AccessDeniedException"])
def test_an_answer_has_at_most_4096_bytes(aws: FakeAws, cloudformation: CloudFormation, code: str) -> None:
    def refused(_: Request) -> dict[str, Any]:
        return {"Error": {"Code": code, "Message": "é" * 9000}}

    aws.answers[START] = refused
    names = [f"pillarwatch-with-a-long-name-{number:03}" for number in range(150)]

    answer = deploy(
        cloudformation, old=tuple(f"{name} 1" for name in names), new=tuple(f"{name} 2" for name in names), seconds=60
    )

    assert 2000 < len(json.dumps(answer)) <= 4096
    assert answer["Status"] == ("SUCCESS" if code.startswith("Limit") else "FAILED")
    assert answer["PhysicalResourceId"] == "release"
