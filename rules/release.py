"""The release handler: a deployment has AWS Config judge again what the release judges differently.

Changing a Lambda function's code re-judges nothing. The rules' template therefore ends in a custom resource that holds
a digest for every rule; when one changes, Config evaluates that rule again. A new rule it evaluates by itself.
"""

from __future__ import annotations

import json
import logging
import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULES_AT_ONCE = 25  # https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigRulesEvaluation.html
PAUSE = 61  # seconds: Config takes one call a minute, and none while the rules' last evaluation runs
TO_ANSWER = 15  # seconds kept to answer CloudFormation, which otherwise waits for an hour
MOST_ANSWER = (
    4096  # bytes https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
)
BUSY = ("LimitExceededException", "ResourceInUseException")

logger = logging.getLogger("pillarwatch")


def on_deploy(event: Mapping[str, Any], context: Any) -> None:
    """Lambda: CloudFormation created, updated or deleted the custom resource. It is answered whatever happens."""
    answer: dict[str, Any] = {"Status": "SUCCESS"}
    try:
        not_started = start(changed(event), context)
        if not_started:
            answer["Reason"] = f"Config was busy; to be started by hand: {', '.join(not_started)}"
            logger.error(answer["Reason"])
    except Exception as error:
        logger.exception("%s of the release failed", event.get("RequestType"))
        answer = {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"}
    _answer(event, answer)


def changed(event: Mapping[str, Any]) -> list[str]:
    """The names of the rules that exist in both releases, and judge differently."""
    if event["RequestType"] != "Update":
        return []
    before, now = (_digests(event[properties]) for properties in ("OldResourceProperties", "ResourceProperties"))
    return [rule for rule, digest in now.items() if before.get(rule, digest) != digest]


def start(rules: Sequence[str], context: Any) -> list[str]:
    """Have rules evaluated again, and answer those for which there was no time.

    Those do not justify a rollback: what they evaluate is evaluated again with its next change.
    """
    waiting = list(rules)
    while waiting:
        try:
            _config().start_config_rules_evaluation(ConfigRuleNames=waiting[:RULES_AT_ONCE])
            logger.warning("evaluated again: %s", ", ".join(waiting[:RULES_AT_ONCE]))
            del waiting[:RULES_AT_ONCE]
        except ClientError as error:
            if error.response["Error"]["Code"] not in BUSY:
                raise
        if waiting:
            if context.get_remaining_time_in_millis() / 1000 < PAUSE + TO_ANSWER:
                break
            time.sleep(PAUSE)
    return waiting


def _digests(properties: Mapping[str, Any]) -> dict[str, str]:
    """Digests by rule. The template gives ``RULE DIGEST``, because CloudFormation computes values, and no keys."""
    return dict(pair.split(" ") for pair in properties.get("Digests", []))


@cache
def _config() -> Any:
    return boto3.client("config", region_name=os.environ["AWS_REGION"])


def _answer(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Answer CloudFormation. The physical id never changes, or it would delete what it takes for the old resource."""
    identity = {
        "PhysicalResourceId": event.get("PhysicalResourceId") or f"{event['StackId']}/{event['LogicalResourceId']}",
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    body = _fitting({**identity, **answer})
    # The URL is signed for an empty content type; it is CloudFormation's own.
    request = Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")  # noqa: S310
    with urlopen(request, timeout=10) as response:  # noqa: S310
        response.read()


def _fitting(answer: Mapping[str, Any]) -> bytes:
    """The answer as JSON, in ASCII; its reason is cut, because an answer that is too long fails the deployment."""
    reason = answer.get("Reason", "")
    body = json.dumps(answer)
    while reason and len(body) > MOST_ANSWER:
        reason = reason[:-100]
        body = json.dumps({**answer, "Reason": reason})
    return body.encode()
