"""CloudWatch alarms. Config does not record the metrics of an alarm on metric math; the collector lists them."""

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
from pillarwatch.lift import TemplateResource, lowered

ACTIONS = "configuration.alarmActions"
ENABLED = "configuration.actionsEnabled"


DESCRIPTION = "configuration.alarmDescription"
LINKS = ("http://", "https://", "arn:aws", "runbook", "Runbook")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the alarm has no action",
        "REL06-BP03": "the alarm sends no notification",
        "REL11-BP06": "an alarm on availability sends no notification",
    },
    managed_rule="CLOUDWATCH_ALARM_ACTION_CHECK",
    effort="S",
    severity="medium",
    fix="Add an action: a topic that reaches the people or the tool on call.",
    compliant=[{ACTIONS: ["arn:aws:sns:eu-west-1:123456789012:on-call"]}],
    non_compliant=[{ACTIONS: []}, {"configuration.okactions": ["arn:aws:sns:eu-west-1:123456789012:on-call"]}, {}],
)
def cloudwatch_alarm_action_check(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms have an action.

    An alarm without an action is a colour on a page that nobody watches. What is done when all is well again, or when
    data are missing, does not count: AWS's own rule can be told to ask for that in addition.
    """
    return compliant_if(alarm.has(ACTIONS), otherwise="no alarm action")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the actions of the alarm are disabled",
        "REL06-BP03": "the notifications of the alarm are disabled",
    },
    managed_rule="CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK",
    effort="S",
    severity="medium",
    fix="Enable the alarm's actions again.",
    compliant=[{ENABLED: True, ACTIONS: ["arn"]}, {ACTIONS: ["arn"]}],
    non_compliant=[{ENABLED: False, ACTIONS: ["arn"]}],
    not_applicable=[{ENABLED: False}, {}],
)
def cloudwatch_alarm_action_enabled_check(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms have their actions enabled.

    They are often switched off for a maintenance that ended long ago.
    """
    if not alarm.has(ACTIONS):
        return NOT_APPLICABLE
    return compliant_if(alarm.flag(ENABLED, default=True), otherwise="its actions are switched off")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS10-BP02": "the alarm does not name the steps to respond",
        "OPS07-BP03": "no runbook is linked to the alarm",
    },
    effort="S",
    severity="low",
    fix="Put the link to the runbook into the alarm's description.",
    compliant=[{DESCRIPTION: "Queue grows: https://wiki.example.com/queue"}],
    non_compliant=[{DESCRIPTION: "Queue grows"}, {}],
)
def cloudwatch_alarm_runbook_linked(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms link to a runbook.

    A link, an automation document or the word runbook in the description.
    """
    description = alarm.text(DESCRIPTION)
    linked = any_of(LINKS, lambda link: contains(description, link))
    return compliant_if(linked, otherwise=f"the description is {description or 'empty'}")


def lift(alarm: TemplateResource) -> dict[str, Any]:
    """An alarm as DescribeAlarms tells of it."""
    return {"configuration": {"alarmName": alarm.logical_id, **lowered(alarm.properties, {"OKActions": "okactions"})}}
