"""CloudWatch alarms. Config does not record the metrics of an alarm on metric math; the collector lists them."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource, lowered

ACTIONS = "configuration.alarmActions"
ENABLED = "configuration.actionsEnabled"


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the alarm asks nobody to act",
        "REL06-BP03": "the alarm notifies nobody",
    },
    managed_rule="CLOUDWATCH_ALARM_ACTION_CHECK",
    automation="AWS-EnableCWAlarm",
    effort="S",
    severity="medium",
    fix="Add an action: a topic that reaches the people or the tool on call.",
    compliant=[{ACTIONS: ["arn:aws:sns:eu-west-1:123456789012:on-call"]}],
    non_compliant=[{ACTIONS: []}, {}],
)
def cloudwatch_alarm_action_check(alarm: ConfigurationItem) -> Verdict:
    """CloudWatch alarms act when they go off.

    An alarm without an action is a colour on a page that nobody watches. AWS's own rule also accepts other actions
    than those of ALARM; we do not.
    """
    return compliant_if(alarm.has(ACTIONS), otherwise="no alarm action")


@check(
    "AWS::CloudWatch::Alarm",
    best_practices={
        "OPS08-BP04": "the alarm was silenced, and still is",
        "REL06-BP03": "its notifications are switched off",
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
    """The actions of CloudWatch alarms are switched on.

    They are often switched off for a maintenance that ended long ago.
    """
    if not alarm.has(ACTIONS):
        return NOT_APPLICABLE
    return compliant_if(alarm.flag(ENABLED, default=True), otherwise="its actions are switched off")


def lift(alarm: TemplateResource) -> dict[str, Any]:
    """An alarm as DescribeAlarms tells of it."""
    return {"configuration": {"alarmName": alarm.logical_id, **lowered(alarm.properties, {"OKActions": "okactions"})}}
