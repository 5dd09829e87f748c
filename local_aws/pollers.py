"""The pollers of Lambda's event source mappings: a queue's messages become batches."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from moto.sqs.models import Message, SQSBackend, sqs_backends

from local_aws.calls import AwsError, Calls, Place
from local_aws.lambda_service import Function, Functions, Undelivered
from local_aws.permissions import Permissions

MOST_AT_ONCE = 10  # messages that one ReceiveMessage answers
MOST_RECEIVES = 100  # a message that comes back more often has no end
IN_FLIGHT = 43200


class NeverSettles(Exception):
    """Something keeps moving: a message that always fails and has no dead-letter queue, or a loop of events."""


@contextmanager
def quick_queues() -> Iterator[None]:
    """Moto lists a whole queue for every message it handles; without this a thousand messages take a minute."""

    def retained(backend: SQSBackend, queue_name: str, message: Message) -> bool:
        period = backend.get_queue(queue_name).message_retention_period
        return bool(period + message.sent_timestamp / 1000 > time.time())

    with (
        patch("moto.sqs.models.unix_time_millis", lambda: time.time() * 1000),
        patch.object(SQSBackend, "is_message_valid_based_on_retention_period", retained),
    ):
        yield


@dataclass
class EventSourceMapping:
    """A deployed event source mapping of a queue."""

    queue: str
    function: str
    batch_size: int
    partial: bool  # ReportBatchItemFailures
    enabled: bool


@dataclass
class Pollers:
    """Polls every mapped queue, one batch at a time."""

    place: Place
    calls: Calls
    permissions: Permissions
    functions: Functions
    _refused: set[tuple[str, str]] = field(default_factory=set)

    def poll_all(self, mappings: Iterable[EventSourceMapping]) -> bool:
        """Hand the next batch of every queue to its function; False if there was none."""
        return any([self._poll(mapping) for mapping in list(mappings)])  # noqa: C419  # every queue has its turn

    def _poll(self, mapping: EventSourceMapping) -> bool:
        queue = sqs_backends[self.place.account][self.place.region].queues.get(mapping.queue.rpartition(":")[2])
        function = self.functions.functions.get(mapping.function)
        if not mapping.enabled or queue is None or function is None or not queue.messages:
            return False
        client, url = self.calls.client("sqs"), self.place.queue_url(mapping.queue)
        if not self._may_poll(mapping, function, url):
            return False
        messages = self._receive(mapping, url)
        if not messages:
            return False
        done = self.functions.invoke(function, {"Records": [self._record(mapping, each) for each in messages]})
        failed = self._failed(mapping, messages, done.result) if done.error is None else messages
        for message in messages:
            handle = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
            if message not in failed:
                client.delete_message(**handle)
            elif int(message["Attributes"]["ApproximateReceiveCount"]) > MOST_RECEIVES:
                raise NeverSettles(f"a message of {mapping.queue} always fails: {done.error!r} {message['Body'][:200]}")
            else:
                client.change_message_visibility(VisibilityTimeout=0, **handle)
        return True

    def _may_poll(self, mapping: EventSourceMapping, function: Function, url: str) -> bool:
        """Lambda polls with the function's own role."""
        try:
            for operation in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
                self.permissions.authorise(function.role, function.name, f"sqs.{operation}", {"QueueUrl": url})
        except AwsError as error:
            if (mapping.queue, error.message) not in self._refused:
                self._refused.add((mapping.queue, error.message))
                self.functions.undelivered.append(Undelivered(mapping.queue, function.name, error.message, None))
            return False
        return True

    def _receive(self, mapping: EventSourceMapping, url: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        while len(messages) < mapping.batch_size:
            answer = self.calls.client("sqs").receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(MOST_AT_ONCE, mapping.batch_size - len(messages)),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
                VisibilityTimeout=IN_FLIGHT,
                WaitTimeSeconds=0,
            )
            if not answer.get("Messages"):
                break
            messages += answer["Messages"]
        return messages

    def _failed(self, mapping: EventSourceMapping, messages: list[dict[str, Any]], result: Any) -> list[dict[str, Any]]:
        """The messages that the function reported; an answer it does not understand fails the batch, as in Lambda."""
        if not mapping.partial or not result:
            return []
        try:
            failed = {each["itemIdentifier"] for each in result.get("batchItemFailures") or []}
        except (AttributeError, KeyError, TypeError):
            return messages
        if not failed <= {message["MessageId"] for message in messages}:
            return messages
        return [message for message in messages if message["MessageId"] in failed]

    def _record(self, mapping: EventSourceMapping, message: dict[str, Any]) -> dict[str, Any]:
        attributes = message.get("MessageAttributes", {})
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: {key[0].lower() + key[1:]: value for key, value in each.items()}
                | {"stringListValues": [], "binaryListValues": []}
                for name, each in attributes.items()
            },
            "md5OfBody": message["MD5OfBody"],
            **({"md5OfMessageAttributes": message["MD5OfMessageAttributes"]} if attributes else {}),
            "eventSource": "aws:sqs",
            "eventSourceARN": mapping.queue,
            "awsRegion": self.place.region,
        }
