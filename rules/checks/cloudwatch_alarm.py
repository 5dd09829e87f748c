"""CloudWatch alarms. AWS Config does not record the metrics of alarms on metric math; a collector lists them."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    contains,
)
from pillarwatch.template_resource import TemplateResource, lowered

ACTIONS = "configuration.alarmActions"
ENABLED = "configuration.actionsEnabled"


DESCRIPTION = "configuration.alarmDescription"
RUNBOOK_LINKS = ("http://", "https://", "arn:aws", "runbook", "Runbook")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the alarm has no action",
        "REL06-BP03": "the alarm sends no notification",
        "REL11-BP06": "events that affect availability send no notification",
    },
    managed_rule="CLOUDWATCH_ALARM_ACTION_CHECK",
    effort="S",
    severity="medium",
    fix="Add an SNS topic of the people on call, or another action, to AlarmActions.",
    compliant=[{ACTIONS: ["arn:aws:sns:eu-west-1:123456789012:on-call"]}],
    non_compliant=[{ACTIONS: []}, {"configuration.okactions": ["arn:aws:sns:eu-west-1:123456789012:on-call"]}, {}],
)
def cloudwatch_alarm_action_check(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms have an alarm action.

    An alarm without an action sends no notification and starts no response. The check ignores actions for the states OK
    and INSUFFICIENT_DATA.
    """
    return compliant_if(alarm.has(ACTIONS), otherwise="AlarmActions is empty (expected an action)")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the actions of the alarm are disabled",
        "REL06-BP03": "the notifications of the alarm are disabled",
    },
    managed_rule="CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK",
    effort="S",
    severity="medium",
    fix="Set ActionsEnabled to true.",
    compliant=[{ENABLED: True, ACTIONS: ["arn"]}, {ACTIONS: ["arn"]}],
    non_compliant=[{ENABLED: False, ACTIONS: ["arn"]}],
    not_applicable=[{ENABLED: False}, {}],
)
def cloudwatch_alarm_action_enabled_check(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms have their actions enabled.

    An alarm with disabled actions sends no notification, for example after a maintenance that has ended.
    """
    if not alarm.has(ACTIONS):
        return NOT_APPLICABLE
    return compliant_if(alarm.flag(ENABLED, default=True), otherwise="ActionsEnabled is false (expected true)")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS10-BP02": "the alarm does not name the steps to respond",
        "OPS07-BP03": "no runbook is linked to the alarm",
    },
    effort="S",
    severity="low",
    fix="Add the URL of the runbook, or the ARN of an automation document, to AlarmDescription.",
    compliant=[{DESCRIPTION: "Queue grows: https://wiki.example.com/queue"}],
    non_compliant=[{DESCRIPTION: "Queue grows"}, {}],
)
def cloudwatch_alarm_runbook_linked(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms link to a runbook.

    Without a link to a runbook, responders must search for the steps during an incident. A URL, an ARN or the word
    runbook in AlarmDescription passes.
    """
    description = alarm.text(DESCRIPTION)
    linked = any_of(RUNBOOK_LINKS, lambda link: contains(description, link))
    return compliant_if(linked, f"AlarmDescription is {description or 'empty'} (expected a link to a runbook)")


def to_configuration_item(alarm: TemplateResource) -> dict[str, Any]:
    """The configuration item of an alarm, as DescribeAlarms returns it."""
    return {"configuration": {"alarmName": alarm.logical_id, **lowered(alarm.properties, {"OKActions": "okactions"})}}
