"""The release handler: after a deployment, AWS Config evaluates again what the release evaluates differently.

Changing a Lambda function's code evaluates nothing. The rules' template therefore ends in a custom resource that holds
a digest for every rule; when one changes, Config evaluates that rule again. Config evaluates a new rule by itself. For
a source and type that no rule has any more, "Rule Retired" withdraws the verdicts.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import ClientError

from pillarwatch.evaluation import EVENT_VERSION
from rules.publishing import RULE_RETIRED, publish

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
        retire(event)
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
    before, now = _releases(event)
    return [name for name, rule in now.items() if before.get(name, rule).digest != rule.digest]


def retire(event: Mapping[str, Any]) -> None:
    """Publish "Rule Retired" for each source that lost types with this release.

    Raises:
        EventsRefused: EventBridge did not take an event; CloudFormation repeats or rolls back the deployment.
    """
    before, now = ({(rule.source, each) for rule in of.values() for each in rule.types} for of in _releases(event))
    lost: dict[str, list[str]] = {}
    for source, resource_type in sorted(before - now):
        lost.setdefault(source, []).append(resource_type)
    if not lost:
        return
    account, at = event["StackId"].split(":")[4], datetime.now(UTC).isoformat(timespec="microseconds")
    details = [
        {
            "version": EVENT_VERSION,
            "retirement": f"{event['RequestId']}-{source}",
            "source": source,
            "account": account,
            "region": os.environ["AWS_REGION"],
            "types": types,
            "retired_at": at,
        }
        for source, types in lost.items()
    ]
    publish(boto3.client("events", region_name=os.environ["AWS_REGION"]), details, RULE_RETIRED)


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


class _Rule(NamedTuple):
    digest: str
    source: str = ""  #: of its verdicts
    types: tuple[str, ...] = ()  #: that it evaluates


def _releases(event: Mapping[str, Any]) -> tuple[dict[str, _Rule], dict[str, _Rule]]:
    """The rules before and after an update, by name; none for a creation and a deletion."""
    if event["RequestType"] != "Update":
        return {}, {}
    return _rules(event["OldResourceProperties"]), _rules(event["ResourceProperties"])


def _rules(properties: Mapping[str, Any]) -> dict[str, _Rule]:
    """The template gives ``RULE DIGEST SOURCE TYPE,TYPE``, because CloudFormation computes values, and no keys."""
    found = {}
    for line in properties.get("Rules", []):
        name, digest, *evaluates = line.split(" ")
        source, types = evaluates or ("", "")
        found[name] = _Rule(digest, source, tuple(filter(None, types.split(","))))
    return found


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
