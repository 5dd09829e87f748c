"""Step Functions state machines with their definitions, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

MACHINE = "AWS::StepFunctions::StateMachine"


@collector(MACHINE, actions=("config:SelectResourceConfig", "states:DescribeStateMachine"))
def state_machines(aws: Aws) -> Iterator[Listed]:
    """State machines with their definition; one that is deleted in the meantime is not listed."""
    for item in aws.recorded(MACHINE):
        definition = aws.ask(
            "states:DescribeStateMachine",
            "definition",
            absent=("StateMachineDoesNotExist",),
            stateMachineArn=item["arn"],
        )
        if definition is not None:
            yield completed(item, {"stepfunctions": {"DescribeStateMachine": {"definition": definition}}})
