"""SNS topics that invoke functions: the one kind of subscription that moto cannot deliver."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.sns.models import Subscription

from local_aws.lambda_service import Functions

SERVICE = "sns.amazonaws.com"


@contextmanager
def invoking(functions: Functions) -> Iterator[None]:
    """Deliver to Lambda subscriptions."""
    deliver: Callable[..., None] = Subscription.publish

    def publish(subscription: Subscription, message: str, message_id: str, **named: Any) -> None:
        if subscription.protocol != "lambda":
            deliver(subscription, message, message_id, **named)
            return
        matcher = subscription._filter_policy_matcher  # noqa: SLF001  # the only place that has the filter policy
        if matcher is not None and not matcher.matches(named.get("message_attributes"), message):
            return
        if named.get("message_structure") == "json":
            message = subscription._parse_message_structure(message, "lambda")  # noqa: SLF001
        document = subscription.get_post_data(
            message, message_id, named.get("subject"), message_attributes=named.get("message_attributes")
        )
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription.arn,
            "Sns": {"Subject": None, "MessageAttributes": {}} | document,
        }
        functions.invoke_as(SERVICE, subscription.topic.arn, subscription.endpoint, {"Records": [record]})

    with patch.object(Subscription, "publish", publish):
        yield
