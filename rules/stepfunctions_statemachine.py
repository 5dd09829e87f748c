"""Step Functions state machines: CloudFormation's shape, without their definition."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    listed,
)
from pillarwatch.lift import TemplateResource
from pillarwatch.unknown import Unknown

LOGGING = "configuration.LoggingConfiguration"
LOG_GROUP = f"{LOGGING}.Destinations.CloudWatchLogsLogGroup.LogGroupArn"
TRACING = "configuration.TracingConfiguration.Enabled"


DEFINITION = "supplementaryConfiguration.stepfunctions.DescribeStateMachine.definition"


def machine_of(**states: object) -> dict[str, object]:
    """An example of a state machine."""
    return {DEFINITION: {"StartAt": "Work", "States": states}}


SAFE = {"Type": "Task", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"]}]}


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "OPS04-BP02": "executions are not logged",
        "SEC04-BP01": "executions and their callers are not recorded",
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
    """State machines have logging enabled.

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
        "OPS04-BP05": "the workflow is not traced",
        "REL06-BP07": "requests cannot be traced through the workflow",
    },
    effort="S",
    severity="low",
    fix="Set TracingConfiguration.Enabled to true, and allow the role to write to X-Ray.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def step_functions_state_machine_tracing_enabled(machine: ConfigurationItem) -> Verdict:
    """State machines have X-Ray tracing enabled.

    A trace goes on through the functions and services that the workflow calls.
    """
    return compliant_if(machine.flag(TRACING), otherwise="TracingConfiguration.Enabled is false (expected true)")


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "REL05-BP03": "a failed call is not retried",
        "REL11-BP03": "a failed state ends the execution without error handling",
    },
    effort="S",
    severity="medium",
    collector="state-machines",
    fix="Give every Task a Retry with back-off and a Catch.",
    compliant=[
        machine_of(Work=SAFE),
        machine_of(Done={"Type": "Succeed"}, Work=SAFE),
        machine_of(Work={**SAFE, "Type": "Parallel", "Branches": [{"States": {"Inner": {"Type": "Task"}}}]}),
    ],
    non_compliant=[
        machine_of(Work={"Type": "Task"}),
        machine_of(Work=SAFE, More={**SAFE, "Catch": []}),
        machine_of(Work={"Type": "Map", "ItemProcessor": {"States": {"Inner": {"Type": "Task"}}}}),
        machine_of(Work={"Type": "Parallel", "Branches": [{"States": {"Inner": {"Type": "Task", "Catch": [1]}}}]}),
    ],
    not_applicable=[machine_of(Done={"Type": "Succeed"}), {}],
)
def step_functions_retry_and_catch_defined(machine: ConfigurationItem) -> Verdict:
    """Every Task state of a state machine has a Retry and a Catch.

    Those inside Map and Parallel too, where a Retry and a Catch of what surrounds them serve as well.
    """
    found = tasks(machine.entries(f"{DEFINITION}.States"))
    if not found:
        return NOT_APPLICABLE

    def is_safe(states: Sequence[Attributes]) -> bool:
        retried = any_of(states, lambda state: state.has("value.Retry"))
        return all_of([retried, any_of(states, lambda state: state.has("value.Catch"))])

    return compliant_if_all(
        found,
        is_safe,
        "no Retry, or no Catch",
        named=lambda states: states[-1].text("key"),
    )


def tasks(states: Sequence[Attributes], around: Sequence[Attributes] = ()) -> list[Sequence[Attributes]]:
    """The Task states among states, and inside them, each after the states that surround it."""
    found: list[Sequence[Attributes]] = []
    for state in states:
        path = [*around, state]
        if state.text("value.Type") == "Task":
            found.append(path)
        inside = [state.entries("value.ItemProcessor.States"), state.entries("value.Iterator.States")]
        inside += [branch.entries("States") for branch in state.objects("value.Branches")]
        for inner in inside:
            found += tasks(inner, path)
    return found


def lift(machine: TemplateResource) -> dict[str, Any]:
    """A state machine with its definition, where that stands in the template."""
    properties = machine.properties
    definition = properties.get(
        "Definition", properties.get("DefinitionString", Unknown("its definition is elsewhere"))
    )
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"stepfunctions": {"DescribeStateMachine": {"definition": definition}}},
    }
