"""Environments of AppConfig: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

MONITORS = "configuration.Monitors"


@check(
    "AWS::AppConfig::Environment",
    best_practices={"OPS06-BP04": "a bad configuration is not taken back by itself"},
    effort="S",
    severity="low",
    fix="Attach an alarm as a monitor of the environment.",
    compliant=[{MONITORS: [{"AlarmArn": "arn"}]}],
    non_compliant=[{MONITORS: []}, {}],
)
def appconfig_environment_alarm_monitor(environment: ConfigurationItem) -> Verdict:
    """An alarm takes back a configuration that does harm.

    AppConfig rolls back when one of the environment's alarms goes off.
    """
    return compliant_if(environment.has(MONITORS), otherwise="Monitors is empty (expected an alarm)")
