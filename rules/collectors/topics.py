"""SNS topics with the alarms that publish to them, and with their subscriptions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._alarms import ALARM, alarms_of_all_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

TOPIC = "AWS::SNS::Topic"
DELETED = ("NotFound", "NotFoundException")


@collector(
    TOPIC,
    actions=(
        "cloudwatch:DescribeAlarms",
        "config:SelectResourceConfig",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
    ),
)
def topics(aws: Aws) -> Iterator[Listed]:
    """SNS topics with their alarms and subscriptions; one that is deleted in the meantime is not listed."""
    publishers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for alarm in alarms_of_all_types(aws):
        for action in alarm["configuration"].get("alarmActions", []):
            publishers[action].append(alarm)
    for item in aws.recorded(TOPIC):
        found = publishers.get(item["arn"], [])
        attributes = (
            aws.ask("sns:GetTopicAttributes", "Attributes", absent=DELETED, TopicArn=item["arn"]) if found else {}
        )
        if attributes is not None:
            confirmed = attributes if isinstance(attributes, Unknown) else attributes.get("SubscriptionsConfirmed")
            configuration = {**item["configuration"], "SubscriptionsConfirmed": confirmed}
            subscriptions = (
                aws.every(
                    "sns:ListSubscriptionsByTopic",
                    "Subscriptions[].{Protocol: Protocol}",
                    absent=DELETED,
                    TopicArn=item["arn"],
                )
                if found
                else []
            )
            if subscriptions is not None:
                answers = {"sns": {"ListSubscriptionsByTopic": {"Subscriptions": subscriptions}}}
                yield completed({**item, "configuration": configuration}, answers, {ALARM: found})
