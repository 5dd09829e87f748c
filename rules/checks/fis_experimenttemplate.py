"""AWS FIS experiment templates: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, contains, in_json

STOPS = "configuration.StopConditions"
LOG = "configuration.LogConfiguration"


@check(
    "AWS::FIS::ExperimentTemplate",
    best_practices={"REL12-BP04": "experiments have no stop condition or no log"},
    managed_rule="FIS_EXPERIMENT_TEMPLATE_LOG_CONFIGURATION_EXISTS",
    effort="S",
    severity="low",
    fix="Add a StopConditions entry with Source aws:cloudwatch:alarm, and set LogConfiguration.",
    compliant=[{STOPS: [{"Source": "aws:cloudwatch:alarm", "Value": "arn"}], f"{LOG}.LogSchemaVersion": 2}],
    non_compliant=[
        {STOPS: [{"Source": "none"}], f"{LOG}.LogSchemaVersion": 2},
        {STOPS: [{"Source": "aws:cloudwatch:alarm"}]},
        {},
    ],
)
def fis_experiment_template_log_configuration_exists(template: ConfigurationItem) -> Verdict:
    """FIS experiment templates have a stop condition and a log configuration.

    Without a stop condition, an experiment continues while users are affected. Without a log, its results cannot be
    reviewed. The AWS Config rule requires the log only.
    """
    has_alarm = contains(template.texts(f"{STOPS}.Source"), "aws:cloudwatch:alarm")
    has_log = template.has(LOG)
    return compliant_if(
        all_of([has_alarm, has_log]),
        otherwise=f"StopConditions has an alarm: {in_json(has_alarm)}, LogConfiguration set: {in_json(has_log)}",
    )
