"""One change of a bucket: our handler with all its checks, and a stock rdklib rule with one.

Each side runs warm in a process of its own, ``python -m benchmarks.change ours``. HTTP is answered at botocore's
``before-send`` event: clients, serialising and signing are counted, TLS and AWS are not.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from rdklib import ComplianceType, ConfigRule, Evaluation, Evaluator
from urllib3 import HTTPResponse

from benchmarks.side_by_side import PYTHON, Row, child, in_turns
from pillarwatch.example import example_item
from rules.catalogue import checks_of
from rules.evaluator import on_change

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET = "AWS::S3::Bucket"
PROMISED = 4
WARM_UP, INVOCATIONS = 20, 200
ANSWERS = {
    "config": b'{"FailedEvaluations": []}',
    "events": b'{"FailedEntryCount": 0, "Entries": [{"EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}]}',
    "sts": b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIAEXAMPLE</AccessKeyId>"
    b"<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
    b"<Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
}
CALLS = {"ours": ("events", "config"), "theirs": ("sts", "config")}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "EVENT_BUS_NAME": "pillarwatch",
}
OURS = [check for check in checks_of(BUCKET) if not check.collector]


class WrongCalls(Exception):
    """A side did not call AWS as it should: nothing was measured."""


class BucketVersioned(ConfigRule):  # type: ignore[misc]
    """The stock rule's check."""

    def evaluate_change(self, _event: Any, _clients: Any, item: Any, _parameters: Any) -> list[Evaluation]:
        """Whether versioning is on."""
        enabled = item["supplementaryConfiguration"]["BucketVersioningConfiguration"]["status"] == "Enabled"
        return [Evaluation(ComplianceType.COMPLIANT if enabled else ComplianceType.NON_COMPLIANT)]


def rows(runs: int) -> list[Row]:
    """CPU time of one invocation."""
    ours, theirs = in_turns(lambda: _milliseconds("ours"), lambda: _milliseconds("theirs"), runs)
    what = f"one change, warm: CPU of the handler, {len(OURS)} checks"
    return [Row(what, ours, theirs, "ms", "stock rdklib rule, 1 check", "at most 1/4", theirs / ours >= PROMISED)]


def main(side: str) -> None:
    """Print the CPU milliseconds of an invocation.

    Raises:
        WrongCalls: of AWS.
    """
    os.environ |= ENVIRONMENT
    event, calls = _event(), _answered()
    handle = on_change if side == "ours" else _stock
    for _ in range(WARM_UP):
        handle(event, None)
    calls.clear()
    began = time.process_time()
    for _ in range(INVOCATIONS):
        handle(event, None)
    used = time.process_time() - began
    wanted = dict.fromkeys(CALLS[side], INVOCATIONS) | ({"verdicts": INVOCATIONS * len(OURS)} if side == "ours" else {})
    if calls != wanted:
        raise WrongCalls(calls)
    sys.stdout.write(str(used / INVOCATIONS * 1000))


def _milliseconds(side: str) -> float:
    return float(child([PYTHON, "-m", "benchmarks.change", side]).printed)


def _stock(event: Mapping[str, Any], context: object) -> object:
    """A handler as rdk writes it; rdklib assumes the role of AWS Config."""
    return Evaluator(BucketVersioned(), [BUCKET]).handle(event, context)


def _answered() -> Counter[str]:
    """Answer every request of this process; the count of them by service, and of the verdicts in them."""
    calls: Counter[str] = Counter()

    def answer(request: Any, **_: object) -> Any:
        service = str(urlsplit(request.url).hostname).partition(".")[0]
        calls[service] += 1
        if service == "events":
            calls["verdicts"] += request.body.count(b'\\"compliance\\"')
        body: Any = HTTPResponse(io.BytesIO(ANSWERS[service]), preload_content=False)
        return AWSResponse(request.url, 200, HTTPHeaders(), body)

    boto3.setup_default_session()
    boto3._get_default_session().events.register("before-send", answer)  # noqa: SLF001 - the one that clients use
    return calls


def _event() -> dict[str, Any]:
    """A bucket that has what each check's first compliant example has, in the notification of AWS Config."""
    bucket: dict[str, Any] = {"resourceType": BUCKET, "resourceName": "example", "ARN": "arn:aws:s3:::example"}
    for check in OURS:
        bucket |= {key: value for key, value in check.compliant[0].items() if not key.startswith("parameters.")}
    invoking = {
        "configurationItem": example_item(OURS[0], bucket).document,
        "messageType": "ConfigurationItemChangeNotification",
    }
    return {
        "invokingEvent": json.dumps(invoking),
        "resultToken": "token",
        "eventLeftScope": False,
        "executionRoleArn": "arn:aws:iam::123456789012:role/config",
    }


if __name__ == "__main__":
    main(sys.argv[1])
