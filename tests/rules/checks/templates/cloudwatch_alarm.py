"""Templates of cloudwatch_alarm."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    ("cloudwatch-alarm-action-check", "COMPLIANT", {"AlarmActions": ["arn"]}, {}),
    ("cloudwatch-alarm-action-enabled-check", "NON_COMPLIANT", {"AlarmActions": ["a"], "ActionsEnabled": False}, {}),
]
