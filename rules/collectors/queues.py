"""SQS queues with the resources that use them as a dead-letter queue."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch import ConfigurationItem
from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._alarms import ALARM, by_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

QUEUE = "AWS::SQS::Queue"
RECORDED = {
    "AWS::Events::Rule": "configuration.Targets.DeadLetterConfig.Arn",
    "AWS::Lambda::Function": "configuration.deadLetterConfig.targetArn",
}


@collector(
    QUEUE, actions=("cloudwatch:DescribeAlarms", "config:SelectResourceConfig", "lambda:ListEventSourceMappings")
)
def queues(aws: Aws) -> Iterator[Listed]:
    """SQS queues with the queues, functions and rules that send failures to them, and with their alarms."""
    found = by_dimension(aws)
    sources: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for queue in aws.all_recorded(QUEUE):
        target = ConfigurationItem(queue).text("configuration.RedrivePolicy.deadLetterTargetArn")
        sources[str(target)].append(queue)
    senders = others(aws)
    for queue in aws.recorded(QUEUE):
        related = {QUEUE: sources.get(queue["arn"], []), ALARM: found.get(("QueueName", queue["resourceName"]), [])}
        failing = senders if isinstance(senders, Unknown) else senders.get(queue["arn"], [])
        yield completed(queue, {"FailureSources": failing}, related)


def others(aws: Aws) -> Any:
    """The names of functions, event source mappings and rules, by the queue that receives their failures."""
    mappings = aws.every(
        "lambda:ListEventSourceMappings",
        "EventSourceMappings[].{name: FunctionArn, queue: DestinationConfig.OnFailure.Destination}",
    )
    if isinstance(mappings, Unknown):
        return mappings
    named: dict[str, list[str]] = defaultdict(list)
    for mapping in mappings:
        named[mapping["queue"]].append(mapping["name"])
    for resource_type, path in RECORDED.items():
        for each in aws.all_recorded(resource_type):
            for target in ConfigurationItem(each).texts(path):
                named[str(target)].append(each["resourceId"])
    return named
