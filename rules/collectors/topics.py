"""Topics with the alarms that publish to them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import Listed, collector
from rules.collectors._alarms import ALARM
from rules.collectors._alarms import alarms as every_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws

TOPIC = "AWS::SNS::Topic"


@collector(TOPIC, actions=("cloudwatch:DescribeAlarms", "config:SelectResourceConfig", "sns:GetTopicAttributes"))
def topics(aws: Aws) -> Iterator[Listed]:
    """SNS topics with their alarms, and how many have subscribed; one that is deleted meanwhile is not listed."""
    publishers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for alarm in every_alarm(aws):
        for action in alarm["configuration"].get("alarmActions", []):
            publishers[action].append(alarm)
    for item in aws.recorded(TOPIC):
        found = publishers.get(item["arn"], [])
        attributes = (
            aws.ask("sns:GetTopicAttributes", "Attributes", absent=("NotFound",), TopicArn=item["arn"]) if found else {}
        )
        if attributes is not None:
            confirmed = attributes if isinstance(attributes, Unknown) else attributes.get("SubscriptionsConfirmed")
            configuration = {**item["configuration"], "SubscriptionsConfirmed": confirmed}
            yield Listed({**item, "configuration": configuration}, {ALARM: found})
