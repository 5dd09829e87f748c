"""Step Functions state machines: CloudFormation's shape, without their definition."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, listed

LOGGING = "configuration.LoggingConfiguration"
LOG_GROUP = f"{LOGGING}.Destinations.CloudWatchLogsLogGroup.LogGroupArn"
TRACING = "configuration.TracingConfiguration.Enabled"


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "OPS04-BP02": "what an execution did is not recorded",
        "SEC04-BP01": "who started what is not recorded",
    },
    managed_rule="STEP_FUNCTIONS_STATE_MACHINE_LOGGING_ENABLED",
    automation="AWS-EnableStepFunctionsStateMachineLogging",
    effort="S",
    severity="medium",
    fix="Name a log group and set the level to ERROR or ALL.",
    compliant=[{LOGGING: {"Level": "ERROR", "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": "arn"}}]}}],
    non_compliant=[{LOGGING: {"Level": "ERROR"}}, {LOGGING: {"Level": "OFF"}}, {}],
)
def step_functions_state_machine_logging_enabled(machine: ConfigurationItem) -> Verdict:
    """State machines log their executions.

    Express workflows keep no history at all without it.
    """
    level = machine.text(f"{LOGGING}.Level", "OFF")
    logs = all_of([level != "OFF", machine.has(f"{LOGGING}.Destinations")])
    return compliant_if(
        logs, otherwise=f"level is {level}, destination {listed(machine.texts(LOG_GROUP)) or 'missing'}"
    )


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "OPS04-BP05": "the workflow is a gap in every trace",
        "REL06-BP07": "requests cannot be followed through the workflow",
    },
    effort="S",
    severity="low",
    fix="Turn on X-Ray tracing and let the machine's role write to X-Ray.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def step_functions_state_machine_tracing_enabled(machine: ConfigurationItem) -> Verdict:
    """State machines trace their executions with X-Ray.

    A trace goes on through the functions and services that the workflow calls.
    """
    return compliant_if(machine.flag(TRACING), otherwise="tracing is off")
