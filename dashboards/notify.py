"""A score change or the end of a waiver becomes a message that a person can act on, once.

Receives the events "Pillar Score Dropped", "Pillar Score Recovered" and "Expiry Notice" (docs/events.md) from the bus,
asynchronously, at least once. The ids of sent messages are kept: a repeated event sends nothing, nor does a replay of
the archive.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

SUBJECT_LIMIT = 99  # less than 100 characters, no line breaks or control characters:
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
REMEMBERED_SECONDS = 30 * 24 * 3600  # as long as the archive can replay an event

WHAT_TO_DO = {
    "waiver": (
        "After the last day the failures lower the scores again.",
        "Fix the cause, or set a later day in pillarwatch.toml and run `pillarwatch deploy`.",
    ),
    "attestation": (
        "After the last day the best practice counts as not implemented.",
        "Attest it again in attestations.toml and run `pillarwatch deploy`.",
    ),
    "accepted denial": (
        "After the last day an alarm reports the incomplete listing again.",
        "Allow the action, or set a later day in pillarwatch.toml and run `pillarwatch deploy`.",
    ),
}
BREAKS = {"Cc", "Zl", "Zp", "Cs"}  # control characters, separators of lines and paragraphs, lone surrogates

NAMES = {
    "operational-excellence": "operational excellence",
    "security": "security",
    "reliability": "reliability",
    "performance-efficiency": "performance efficiency",
    "cost-optimization": "cost optimization",
    "sustainability": "sustainability",
}


def on_score_change(event: dict[str, Any], context: Any) -> None:
    """Send the message of one event; the handler of NotifyFunction.

    Raises:
        botocore.exceptions.ClientError: nothing was sent; Lambda tries again.
    """
    if "replay-name" in event:  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
        return
    config = IdempotencyConfig(
        event_key_jmespath="id", expires_after_seconds=REMEMBERED_SECONDS, lambda_context=context
    )
    send = idempotent_function(
        _send, data_keyword_argument="alert", persistence_store=_sent(os.environ["TABLE_NAME"]), config=config
    )
    send(alert=event["detail"], kind=event["detail-type"])


def subject_of(alert: dict[str, Any], *, recovered: bool) -> str:
    """The subject line: less than 100 characters of ASCII, on one line."""
    first = alert["pillars"][0] if alert["pillars"] else None
    where = _where(alert)
    if alert.get("digest"):
        number = len(alert["digest"])
        text = f"Digest: {number} cause{'s' * (number > 1)} came and went in {where}"
        return text.encode("ascii", "replace").decode()[:SUBJECT_LIMIT].rstrip()
    if first is None:
        text = f"A P0 check {'is compliant again' if recovered else 'is now non-compliant'} in {where}"
    elif recovered:
        text = f"{_name(first)} of {where} is back at {_points(first['score'])}"
    else:
        text = f"{_name(first)} of {where} dropped {_points(first['points'])} points to {_points(first['score'])}"
    return text.encode("ascii", "replace").decode()[:SUBJECT_LIMIT].rstrip()


def text_of(alert: dict[str, Any], *, recovered: bool) -> str:
    """The message: what moved, because of which resource, and how to fix it.

    Names, tags and annotations come from resources: each stays on its line, so none can pass for a part of the message.
    """
    lines = [_moved(pillar, _where(alert), recovered=recovered) for pillar in alert["pillars"]]
    if not lines:
        lines = [f"A P0 check {'is compliant again' if recovered else 'is now non-compliant'} in {_where(alert)}."]
    if alert["causes"]:
        lines += ["", "These causes have ended:" if recovered else "Causes:"]
    elif not recovered:
        lines += ["", "Passing verdicts left: resources were deleted or moved, or cannot be evaluated any more."]
    for cause in alert["causes"]:
        lines += ["", *_cause(cause, recovered=recovered)]
    for cause in alert.get("digest", ()):
        lines += ["", *_came_and_went(cause)]
    if alert.get("more_causes"):
        lines += ["", f"And {alert['more_causes']} more; see the dashboard, or `pillarwatch recommendations`."]
    return "\n".join(lines)


def subject_of_notice(notice: dict[str, Any]) -> str:
    """The subject line of a notice: less than 100 characters of ASCII, on one line."""
    text = f"{_ending(notice)}: {notice['what']} of {one_line(notice['of'])}"
    return text.encode("ascii", "replace").decode()[:SUBJECT_LIMIT].rstrip()


def text_of_notice(notice: dict[str, Any]) -> str:
    """The message: what ends, who accepted it and why, and what to do."""
    covers = f" for {one_line(notice['where'])}" if notice["where"] else ""
    what = f"the {notice['what']} of {one_line(notice['of'])}{covers}"
    lines = [
        f"{_ending(notice)}: {what}. Its last day is {notice['expires']}.",
        f"Reason: {one_line(notice['reason'])}",
        f"Approved by: {one_line(notice['approver']) or 'nobody is named'}",
        "",
        *WHAT_TO_DO[notice["what"]],
    ]
    return "\n".join(lines)


def _ending(notice: dict[str, Any]) -> str:
    days = notice["days"]
    if days < 0:
        return "Ended"
    return "Ends today" if days == 0 else f"Ends in {days} day{'s' if days != 1 else ''}"


def _send(*, alert: dict[str, Any], kind: str) -> None:
    recovered = kind == "Pillar Score Recovered"
    is_notice = kind == "Expiry Notice"
    pillars = ",".join(p["pillar"] for p in alert.get("pillars", [])) or "none"
    _sns().publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=subject_of_notice(alert) if is_notice else subject_of(alert, recovered=recovered),
        Message=text_of_notice(alert) if is_notice else text_of(alert, recovered=recovered),
        MessageAttributes={
            "pillars": {"DataType": "String", "StringValue": pillars},
            "alert": {"DataType": "String", "StringValue": alert["id"]},
        },
    )


def _moved(pillar: dict[str, Any], where: str, *, recovered: bool) -> str:
    score = _points(pillar["score"])
    coverage = f"coverage {_points(pillar['coverage'])} %"
    if recovered:
        return f"{_name(pillar)} of {where} is back at {score} of 100 ({coverage})."
    return (
        f"{_name(pillar)} of {where} is at {score} of 100 now, {_points(pillar['points'])} points below the "
        f"{_points(pillar['high'])} before ({coverage})."
    )


def _cause(cause: dict[str, Any], *, recovered: bool) -> list[str]:
    resource = cause["resource"]
    what = f"{resource['type'].removeprefix('AWS::').replace('::', ' ')} {resource['name'] or resource['id']}"
    what, place = one_line(what), one_line(f"{resource['account']} {resource['region']}")
    if recovered:
        return [f"- {what} ({place}): {cause['title']}"]
    lines = [
        f"- {what} ({place}) fails {cause['check']}, severity {cause['severity']}: {one_line(cause['annotation'])}",
        f"  Expected: {cause['title']}",
        f"  Fix: {cause['fix']}",
    ]
    if cause.get("automation"):
        lines.append(f"  Automation: AWS Systems Manager document {cause['automation']}")
    if resource.get("owner"):
        lines.append(f"  Owner: {one_line(resource['owner'])}")
    if resource.get("arn"):
        lines.append(f"  {one_line(resource['arn'])}")
    return lines


def _came_and_went(cause: dict[str, Any]) -> list[str]:
    resource = cause["resource"]
    what = one_line(f"{resource['type'].removeprefix('AWS::').replace('::', ' ')} {resource['name'] or resource['id']}")
    words = {"NON_COMPLIANT": "non-compliant", "COMPLIANT": "compliant again"}
    return [
        f"Came and went: {what}, {cause['check']} (times in UTC). The next hour has no message about it.",
        *(f"  {change['at'][11:19]}  {words[change['compliance']]}" for change in cause["changes"]),
    ]


def _where(alert: dict[str, Any]) -> str:
    scope = alert["scope"]
    if scope["kind"] == "component":
        return one_line(f"component {scope['name']} of workload {scope['workload']}")
    return one_line(f"{scope['kind']} {scope['name']}")


def one_line(text: str) -> str:
    """A text without line breaks, control characters and marks that change the direction of writing."""
    kinds = ((letter, unicodedata.category(letter)) for letter in text)
    return " ".join("".join(" " if kind in BREAKS else letter for letter, kind in kinds if kind != "Cf").split())


def _name(pillar: dict[str, Any]) -> str:
    name = NAMES[pillar["pillar"]]
    return name[:1].upper() + name[1:]


def _points(value: float | None) -> str:
    return "no score" if value is None else f"{value:.1f}".removesuffix(".0")


@cache
def _sns() -> Any:
    return boto3.client("sns")


@cache
def _sent(table_name: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value="SENT",
        expiry_attr="expires_at",
    )
