"""Queues with the queues that set their failed messages aside in them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch import ConfigurationItem
from rules.collectors import Listed, collector
from rules.collectors._alarms import ALARM, by_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

QUEUE = "AWS::SQS::Queue"


@collector(QUEUE, actions=("cloudwatch:DescribeAlarms", "config:SelectResourceConfig"))
def queues(aws: Aws) -> Iterator[Listed]:
    """SQS queues with the queues of which they are the dead-letter queue, and with their alarms."""
    found = by_dimension(aws)
    sources: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for queue in aws.all_recorded(QUEUE):
        target = ConfigurationItem(queue).text("configuration.RedrivePolicy.deadLetterTargetArn")
        sources[str(target)].append(queue)
    for queue in aws.recorded(QUEUE):
        related = {QUEUE: sources.get(queue["arn"], []), ALARM: found.get(("QueueName", queue["resourceName"]), [])}
        yield Listed(queue, related)
