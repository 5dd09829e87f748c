"""AppConfig environments; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

MONITORS = "configuration.Monitors"


@check(
    "AWS::AppConfig::Environment",
    best_practices={"OPS06-BP04": "a faulty configuration is not rolled back automatically"},
    effort="S",
    severity="low",
    fix="Add a CloudWatch alarm to Monitors, with AlarmArn and AlarmRoleArn.",
    compliant=[{MONITORS: [{"AlarmArn": "arn"}]}],
    non_compliant=[{MONITORS: []}, {}],
)
def appconfig_environment_alarm_monitor(environment: ConfigurationItem) -> Verdict:
    """AppConfig environments have a CloudWatch alarm as a monitor.

    Without a monitor, AppConfig does not roll back a configuration that causes errors.
    """
    return compliant_if(environment.has(MONITORS), otherwise="Monitors is empty (expected an alarm)")
