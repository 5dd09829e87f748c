"""A score change becomes a message that a person can act on, once.

Receives the events "Pillar Score Dropped" and "Pillar Score Recovered" (docs/events.md) from the bus, asynchronously,
at least once. What was told is remembered by the alert's id: a repeated event says nothing.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

SUBJECT_LIMIT = 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
REMEMBERED_SECONDS = 30 * 24 * 3600  # as long as the archive can replay an event

NAMES = {
    "operational-excellence": "operational excellence",
    "security": "security",
    "reliability": "reliability",
    "performance-efficiency": "performance efficiency",
    "cost-optimization": "cost optimization",
    "sustainability": "sustainability",
}


def on_score_change(event: dict[str, Any], context: Any) -> None:
    """Tell one score change; the handler of NotifyFunction.

    Raises:
        botocore.exceptions.ClientError: nothing was told; Lambda tries again.
    """
    config = IdempotencyConfig(
        event_key_jmespath="id", expires_after_seconds=REMEMBERED_SECONDS, lambda_context=context
    )
    tell = idempotent_function(
        _tell, data_keyword_argument="alert", persistence_store=_told(os.environ["TABLE_NAME"]), config=config
    )
    tell(alert=event["detail"], recovered=event["detail-type"] == "Pillar Score Recovered")


def subject_of(alert: dict[str, Any], *, recovered: bool) -> str:
    """The subject line, at most 100 characters of ASCII."""
    first = alert["pillars"][0] if alert["pillars"] else None
    where = _where(alert)
    if first is None:
        text = f"A critical check {'is mended' if recovered else 'fails'} in {where}"
    elif recovered:
        text = f"{_name(first)} of {where} is back at {_points(first['score'])}"
    else:
        text = f"{_name(first)} of {where} dropped {_points(first['points'])} points to {_points(first['score'])}"
    return text.encode("ascii", "replace").decode()[:SUBJECT_LIMIT]


def text_of(alert: dict[str, Any], *, recovered: bool) -> str:
    """The message: what moved, because of which resource, and how to mend it."""
    lines = [_moved(pillar, _where(alert), recovered=recovered) for pillar in alert["pillars"]]
    if not lines:
        lines = [f"A critical check {'is mended' if recovered else 'newly fails'} in {_where(alert)}."]
    lines += ["", "What was mended:" if recovered else "Because of:"] if alert["causes"] else []
    for cause in alert["causes"]:
        lines += ["", *_cause(cause, recovered=recovered)]
    if alert.get("more_causes"):
        lines += ["", f"And {alert['more_causes']} more; see the dashboard, or `pillarwatch recommendations`."]
    return "\n".join(lines)


def _tell(*, alert: dict[str, Any], recovered: bool) -> None:
    _sns().publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=subject_of(alert, recovered=recovered),
        Message=text_of(alert, recovered=recovered),
        MessageAttributes={
            "pillars": {"DataType": "String", "StringValue": ",".join(p["pillar"] for p in alert["pillars"]) or "none"},
            "alert": {"DataType": "String", "StringValue": alert["id"]},
        },
    )


def _moved(pillar: dict[str, Any], where: str, *, recovered: bool) -> str:
    score = _points(pillar["score"])
    coverage = f"evidence for {_points(pillar['coverage'])} % of the pillar"
    if recovered:
        return f"{_name(pillar)} of {where} is back at {score} of 100 ({coverage})."
    return (
        f"{_name(pillar)} of {where} is at {score} of 100 now, {_points(pillar['points'])} points below its "
        f"24-hour high of {_points(pillar['high'])} ({coverage})."
    )


def _cause(cause: dict[str, Any], *, recovered: bool) -> list[str]:
    resource = cause["resource"]
    what = f"{resource['type'].removeprefix('AWS::').replace('::', ' ')} {resource['name'] or resource['id']}"
    place = f"{resource['account']} {resource['region']}"
    if recovered:
        return [f"- {what} ({place}): {cause['title']}"]
    lines = [
        f"- {what} ({place}) fails {cause['check']}, severity {cause['severity']}: {cause['annotation']}",
        f"  What should be true: {cause['title']}",
        f"  To mend it: {cause['fix']}",
    ]
    if cause.get("automation"):
        lines.append(f"  AWS's automation document {cause['automation']} does it.")
    if resource.get("arn"):
        lines.append(f"  {resource['arn']}")
    return lines


def _where(alert: dict[str, Any]) -> str:
    scope = alert["scope"]
    if scope["kind"] == "component":
        return f"component {scope['name']} of workload {scope['workload']}"
    return f"{scope['kind']} {scope['name']}"


def _name(pillar: dict[str, Any]) -> str:
    name = NAMES[pillar["pillar"]]
    return name[:1].upper() + name[1:]


def _points(value: float | None) -> str:
    return "no score" if value is None else f"{value:.1f}".removesuffix(".0")


@cache
def _sns() -> Any:
    return boto3.client("sns")


@cache
def _told(table_name: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value="TOLD",
        expiry_attr="expires_at",
    )
