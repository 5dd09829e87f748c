"""Templates of FIS experiments, which AWS Config records in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, contains, in_json

STOPS = "configuration.StopConditions"
LOG = "configuration.LogConfiguration"


@check(
    "AWS::FIS::ExperimentTemplate",
    best_practices={"REL12-BP04": "an experiment has nothing that stops it, or leaves no record"},
    managed_rule="FIS_EXPERIMENT_TEMPLATE_LOG_CONFIGURATION_EXISTS",
    effort="S",
    severity="low",
    fix="Name an alarm that stops the experiment, and a destination for its log.",
    compliant=[{STOPS: [{"Source": "aws:cloudwatch:alarm", "Value": "arn"}], f"{LOG}.LogSchemaVersion": 2}],
    non_compliant=[
        {STOPS: [{"Source": "none"}], f"{LOG}.LogSchemaVersion": 2},
        {STOPS: [{"Source": "aws:cloudwatch:alarm"}]},
        {},
    ],
)
def fis_experiment_template_log_configuration_exists(template: ConfigurationItem) -> Verdict:
    """Experiments are stopped by an alarm, and logged.

    AWS's own rule asks for the log only; what breaks things on purpose needs a brake.
    """
    stops = contains(template.texts(f"{STOPS}.Source"), "aws:cloudwatch:alarm")
    return compliant_if(
        all_of([stops, template.has(LOG)]),
        otherwise=f"an alarm stops it: {in_json(stops)}, LogConfiguration set: {in_json(template.has(LOG))}",
    )
