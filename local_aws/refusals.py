"""What AWS refuses by its documentation and moto accepts; DynamoDB's limits stand in dynamodb.py."""

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from local_aws.calls import AwsError, Place

Parameters = Mapping[str, Any]

SUBJECT_LENGTH = 100  # a subject has fewer characters
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
FORBIDDEN_IN_MESSAGES = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _topic_policy(policy: str, topic: str) -> None:
    """A topic's policy names its topic and nothing else.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    """
    for resources in _resources(policy, "InvalidParameter"):
        if resources != [topic]:
            message = f"Invalid parameter: Policy statement must apply to a single resource, {topic}: {resources}"
            raise AwsError("InvalidParameter", message)


def _queue_policy(policy: str, queue: str) -> None:
    """A queue's policy covers a single queue; its ARN can have wildcards.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    http://docs.amazonwebservices.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/AccessPolicyLanguage_SpecialInfo.html
    """
    for resources in _resources(policy, "InvalidAttributeValue"):
        if len(resources) != 1 or not fnmatchcase(queue, resources[0]):
            message = f"Invalid value for the parameter Policy. Each statement covers {queue} alone: {resources}"
            raise AwsError("InvalidAttributeValue", message)


def _resources(policy: str, code: str) -> list[list[str]]:
    """The resources of each statement.

    Raises:
        AwsError: the policy is not a JSON document of statements.
    """
    try:
        document = json.loads(policy)
        statements = document["Statement"]
        statements = [statements] if isinstance(statements, dict) else statements
        found = [statement.get("Resource", []) for statement in statements]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AwsError(code, f"Invalid value for the parameter Policy: {error}") from error
    return [[resource] if isinstance(resource, str) else resource for resource in found]


def _set_topic_attributes(parameters: Parameters, _place: Place) -> None:
    if parameters["AttributeName"] == "Policy":
        _topic_policy(parameters.get("AttributeValue", ""), parameters["TopicArn"])


def _create_topic(parameters: Parameters, place: Place) -> None:
    if "Policy" in parameters.get("Attributes", {}):
        _topic_policy(parameters["Attributes"]["Policy"], place.arn("sns", parameters["Name"]))


def _set_queue_attributes(parameters: Parameters, place: Place) -> None:
    if policy := parameters["Attributes"].get("Policy"):  # an empty one removes it
        _queue_policy(policy, place.arn("sqs", parameters["QueueUrl"].rpartition("/")[2]))


def _create_queue(parameters: Parameters, place: Place) -> None:
    if policy := parameters.get("Attributes", {}).get("Policy"):
        _queue_policy(policy, place.arn("sqs", parameters["QueueName"]))


def _publish(parameters: Parameters, _place: Place) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html."""
    subject = parameters.get("Subject")
    if subject is not None and not (0 < len(subject) < SUBJECT_LENGTH and not CONTROL.search(subject)):
        raise AwsError("InvalidParameter", "Invalid parameter: Subject")


def _publish_batch(parameters: Parameters, place: Place) -> None:
    for entry in parameters["PublishBatchRequestEntries"]:
        _publish(entry, place)


def _send_message(parameters: Parameters, _place: Place) -> None:
    if FORBIDDEN_IN_MESSAGES.search(parameters["MessageBody"]):
        message = "Message body contains characters outside #x9 | #xA | #xD | #x20-#xD7FF | #xE000-#xFFFD | #x10000-"
        raise AwsError("InvalidMessageContents", message)


def _send_message_batch(parameters: Parameters, place: Place) -> None:
    for entry in parameters["Entries"]:
        _send_message(entry, place)


REFUSALS: dict[str, Callable[[Parameters, Place], None]] = {
    "sns.SetTopicAttributes": _set_topic_attributes,
    "sns.CreateTopic": _create_topic,
    "sns.Publish": _publish,
    "sns.PublishBatch": _publish_batch,
    "sqs.SetQueueAttributes": _set_queue_attributes,
    "sqs.CreateQueue": _create_queue,
    "sqs.SendMessage": _send_message,
    "sqs.SendMessageBatch": _send_message_batch,
}
