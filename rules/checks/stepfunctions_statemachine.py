"""Step Functions state machines. AWS Config records CloudFormation's properties without the definition."""

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
from pillarwatch.template_resource import TemplateResource
from pillarwatch.unknown import Unknown

LOGGING = "configuration.LoggingConfiguration"
LOG_GROUP = f"{LOGGING}.Destinations.CloudWatchLogsLogGroup.LogGroupArn"
TRACING = "configuration.TracingConfiguration.Enabled"


DEFINITION = "supplementaryConfiguration.stepfunctions.DescribeStateMachine.definition"


def machine_of(**states: object) -> dict[str, object]:
    """An example of a state machine with these states."""
    return {DEFINITION: {"StartAt": "Work", "States": states}}


HANDLED = {"Type": "Task", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"]}]}


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
    fix="Set LoggingConfiguration.Level to ERROR or ALL, and Destinations to a CloudWatch log group.",
    compliant=[{LOGGING: {"Level": "ERROR", "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": "arn"}}]}}],
    non_compliant=[{LOGGING: {"Level": "ERROR"}}, {LOGGING: {"Level": "OFF"}}, {}],
)
def step_functions_state_machine_logging_enabled(machine: ConfigurationItem) -> Verdict:
    """Step Functions state machines have logging enabled.

    Without logging, failed executions of Express workflows cannot be investigated, because they have no other history.
    """
    level = machine.text(f"{LOGGING}.Level", "OFF")
    logs = all_of([level != "OFF", machine.has(f"{LOGGING}.Destinations")])
    return compliant_if(logs, f"Level is {level}, the log group is {listed(machine.texts(LOG_GROUP)) or 'not set'}")


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "OPS04-BP05": "the workflow is not traced",
        "REL06-BP07": "requests cannot be traced through the workflow",
    },
    effort="S",
    severity="low",
    fix="Set TracingConfiguration.Enabled to true, and allow the role to write to X-Ray. Traces are billed.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def step_functions_state_machine_tracing_enabled(machine: ConfigurationItem) -> Verdict:
    """Step Functions state machines have X-Ray tracing enabled.

    Without tracing, it is unknown which state or service made a request slow or failed.
    """
    return compliant_if(machine.flag(TRACING), otherwise="TracingConfiguration.Enabled is false (expected true)")


@check(
    "AWS::StepFunctions::StateMachine",
    best_practices={
        "REL05-BP03": "failed tasks are not retried",
        "REL11-BP03": "a failed task ends the execution without error handling",
    },
    effort="S",
    severity="medium",
    collector="state-machines",
    fix="Add a Retry with BackoffRate and a Catch to every Task state.",
    compliant=[
        machine_of(Work=HANDLED),
        machine_of(Done={"Type": "Succeed"}, Work=HANDLED),
        machine_of(Work={**HANDLED, "Type": "Parallel", "Branches": [{"States": {"Inner": {"Type": "Task"}}}]}),
    ],
    non_compliant=[
        machine_of(Work={"Type": "Task"}),
        machine_of(Work=HANDLED, More={**HANDLED, "Catch": []}),
        machine_of(Work={"Type": "Map", "ItemProcessor": {"States": {"Inner": {"Type": "Task"}}}}),
        machine_of(Work={"Type": "Parallel", "Branches": [{"States": {"Inner": {"Type": "Task", "Catch": [1]}}}]}),
    ],
    not_applicable=[machine_of(Done={"Type": "Succeed"}), {}],
)
def step_functions_retry_and_catch_defined(machine: ConfigurationItem) -> Verdict:
    """Step Functions Task states have a Retry and a Catch.

    Without them, one temporary error of a service ends the whole execution. For Task states inside Map and Parallel
    states, the check also accepts a Retry and a Catch of the outer state.
    """
    found = tasks(machine.entries(f"{DEFINITION}.States"))
    if not found:
        return NOT_APPLICABLE

    def is_handled(states: Sequence[Attributes]) -> bool:
        retried = any_of(states, lambda state: state.has("value.Retry"))
        return all_of([retried, any_of(states, lambda state: state.has("value.Catch"))])

    return compliant_if_all(
        found,
        is_handled,
        "Task states have no Retry or no Catch",
        named=lambda states: states[-1].text("key"),
    )


def tasks(states: Sequence[Attributes], around: Sequence[Attributes] = ()) -> list[Sequence[Attributes]]:
    """The paths to the Task states: each Task state preceded by the states that contain it."""
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


def to_configuration_item(machine: TemplateResource) -> dict[str, Any]:
    """A template's state machine with its definition, if the template contains the definition."""
    properties = machine.properties
    definition = properties.get(
        "Definition", properties.get("DefinitionString", Unknown("the definition is not in the template"))
    )
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"stepfunctions": {"DescribeStateMachine": {"definition": definition}}},
    }
