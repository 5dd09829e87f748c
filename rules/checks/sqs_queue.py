"""SQS queues. AWS Config records GetQueueAttributes: CloudFormation's names, with policies as JSON text."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    none_of,
    surely,
)
from pillarwatch.template_resource import TemplateResource, by_default, merged_statements
from rules.checks.shared.alarms import ALARM, alarmed, alarms_of
from rules.checks.shared.examples import alarm
from rules.checks.shared.resource_policies import (
    ANY_ORGANIZATION,
    ANY_PRINCIPAL,
    ONE_ACCOUNT,
    ONE_ORGANIZATION,
    no_public_access,
)
from rules.checks.shared.tags import required_tags, resource_managed_by_iac

KEY = "configuration.KmsMasterKeyId"
MANAGED_KEY = "configuration.SqsManagedSseEnabled"
POLICY = "configuration.Policy"
REDRIVE = "configuration.RedrivePolicy"
RETENTION = "configuration.MessageRetentionPeriod"
WAIT = "configuration.ReceiveMessageWaitTimeSeconds"
VISIBILITY = "configuration.VisibilityTimeout"
QUEUE = "AWS::SQS::Queue"  # related: the queues that name this one as their dead-letter queue
FED_BY_ORDERS = {f"related.{QUEUE}": [{"resourceId": "orders"}]}
SENDERS = "supplementaryConfiguration.FailureSources"  # names of resources that send their failures to the queue
POLLERS = "supplementaryConfiguration.Pollers"  # names of event source mappings and pipes that read the queue

FOUR_DAYS, FOURTEEN_DAYS = 345_600, 1_209_600  # seconds: the default and the maximum of MessageRetentionPeriod

# Consumers that use long polling for any setting of the queue, and the property that names the queue.
READ_BY = (("AWS::Lambda::EventSourceMapping", "EventSourceArn"), ("AWS::Pipes::Pipe", "Source"))
# Resources that can send their failures to a queue, and the property that names the queue.
SENT_BY = (
    (QUEUE, "RedrivePolicy.deadLetterTargetArn"),
    ("AWS::Events::EventBus", "DeadLetterConfig.Arn"),
    ("AWS::Events::Rule", "Targets.DeadLetterConfig.Arn"),
    ("AWS::IoT::TopicRule", "TopicRulePayload.ErrorAction.Sqs.QueueUrl"),
    ("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnFailure.Destination"),
    ("AWS::Lambda::EventSourceMapping", "DestinationConfig.OnFailure.Destination"),
    ("AWS::Lambda::Function", "DeadLetterConfig.TargetArn"),
    ("AWS::Pipes::Pipe", "SourceParameters.DynamoDBStreamParameters.DeadLetterConfig.Arn"),
    ("AWS::Pipes::Pipe", "SourceParameters.KinesisStreamParameters.DeadLetterConfig.Arn"),
    ("AWS::SNS::Subscription", "RedrivePolicy.deadLetterTargetArn"),
    ("AWS::Scheduler::Schedule", "Target.DeadLetterConfig.Arn"),
)


@check(
    "AWS::SQS::Queue",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "SEC08-BP04": "access to the messages is not limited to known principals",
    },
    managed_rule="SQS_QUEUE_NO_PUBLIC_ACCESS",
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in the queue policy, or add a condition on their account or organization.",
    compliant=[{POLICY: ONE_ACCOUNT}, {POLICY: ONE_ORGANIZATION}, {}],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
)
def sqs_queue_no_public_access(queue: ConfigurationItem) -> Verdict:
    """SQS queues have no policy that allows any principal.

    A policy that allows any principal lets other AWS accounts send, read and delete messages.
    """
    return no_public_access(queue, POLICY)


@check(
    "AWS::SQS::Queue",
    best_practices={"SEC08-BP02": "messages are stored unencrypted"},
    automation="AWS-EnableSQSEncryption",
    effort="S",
    severity="medium",
    fix="Set SqsManagedSseEnabled to true, or set KmsMasterKeyId.",
    compliant=[{KEY: "alias/aws/sqs"}, {MANAGED_KEY: "true"}, {}],
    non_compliant=[{MANAGED_KEY: "false"}],
)
def sqs_queue_encrypted(queue: ConfigurationItem) -> Verdict:
    """SQS queues have server-side encryption enabled.

    Without encryption, messages are readable to anybody with access to the storage. SSE-SQS is the default. A KMS key
    is compliant too.
    """
    encrypted = any_of([queue.has(KEY), queue.flag(MANAGED_KEY, default=True)])
    return compliant_if(encrypted, otherwise="SqsManagedSseEnabled is false (expected true, or a KmsMasterKeyId)")


@check(
    "AWS::SQS::Queue",
    best_practices={
        "REL05-BP03": "messages that cannot be processed are retried until they expire",
        "REL04-BP02": "failed messages are lost instead of moved to a dead-letter queue",
    },
    managed_rule="SQS_QUEUE_DLQ_CHECK",
    effort="S",
    severity="medium",
    collector="queues",
    fix="Set a dead-letter queue and maxReceiveCount in RedrivePolicy, and add an alarm on its depth.",
    compliant=[{f"{REDRIVE}.deadLetterTargetArn": "arn", f"{REDRIVE}.maxReceiveCount": 42, f"related.{QUEUE}": []}],
    non_compliant=[
        {
            f"{REDRIVE}.deadLetterTargetArn": "arn",
            f"{REDRIVE}.maxReceiveCount": 10,
            VISIBILITY: FOUR_DAYS / 10,
            f"related.{QUEUE}": [],
        },
        {f"related.{QUEUE}": []},
    ],
    not_applicable=[
        {f"related.{QUEUE}": [{"resourceId": "orders"}]},
        {f"related.{QUEUE}": [], SENDERS: ["send-receipt"]},
    ],
)
def sqs_queue_dlq_check(queue: ConfigurationItem) -> Verdict:
    """SQS queues have a dead-letter queue.

    Without a dead-letter queue, messages that cannot be processed are deleted at the end of their retention. A message
    must reach maxReceiveCount before MessageRetentionPeriod ends. Dead-letter queues are not judged.
    """
    if all_of([none_of([queue.has(REDRIVE)]), is_dead_letter_queue(queue)]):
        return NOT_APPLICABLE
    receives, hidden = queue.number(f"{REDRIVE}.maxReceiveCount"), queue.number(VISIBILITY, 30)
    kept = queue.number(RETENTION, FOUR_DAYS)
    moved_in_time = all_of([queue.has(f"{REDRIVE}.deadLetterTargetArn"), receives * hidden < kept])
    return compliant_if(
        moved_in_time,
        otherwise=f"maxReceiveCount {receives} times VisibilityTimeout {hidden} seconds is not below"
        f" MessageRetentionPeriod, {kept} seconds (expected below)"
        if surely(queue.has(REDRIVE))
        else "RedrivePolicy is not set (expected deadLetterTargetArn and maxReceiveCount)",
    )


@check(
    "AWS::SQS::Queue",
    best_practices={"REL04-BP02": "failed messages can expire before they are processed again"},
    effort="S",
    severity="low",
    collector="queues",
    fix="Set MessageRetentionPeriod to 1209600 seconds (14 days).",
    compliant=[{RETENTION: FOURTEEN_DAYS, **FED_BY_ORDERS}],
    non_compliant=[{RETENTION: FOURTEEN_DAYS - 1, **FED_BY_ORDERS}, FED_BY_ORDERS],
    not_applicable=[{f"related.{QUEUE}": []}],
)
def dead_letter_retention(queue: ConfigurationItem, *, min_retention_seconds: int = FOURTEEN_DAYS) -> Verdict:
    """Dead-letter queues have the maximum retention period of 14 days.

    With the default of 4 days, failed messages can expire before a team corrects the consumer. In a standard queue, the
    retention period includes the time in the source queue.
    """
    if none_of([is_dead_letter_queue(queue)]):
        return NOT_APPLICABLE
    retention = queue.number(RETENTION, FOUR_DAYS)
    expected = f"expected {min_retention_seconds} or more"
    return compliant_if(retention >= min_retention_seconds, f"MessageRetentionPeriod is {retention} ({expected})")


@check(
    "AWS::SQS::Queue",
    best_practices={
        "OPS08-BP04": "no alarm notifies on failed messages",
        "REL06-BP03": "failed messages send no notification",
    },
    effort="S",
    severity="medium",
    collector="queues",
    fix="Add an alarm with an action on ApproximateNumberOfMessagesVisible above 0 of the dead-letter queue.",
    compliant=[
        {
            f"related.{QUEUE}": [{"resourceId": "orders"}],
            f"related.{ALARM}": [alarm("QueueName", "AWS/SQS", "ApproximateNumberOfMessagesVisible")],
        }
    ],
    non_compliant=[{f"related.{QUEUE}": [{"resourceId": "orders"}], f"related.{ALARM}": []}],
    not_applicable=[{f"related.{QUEUE}": [], f"related.{ALARM}": []}],
)
def dlq_depth_alarm_configured(queue: ConfigurationItem) -> Verdict:
    """Dead-letter queues have an alarm on the number of messages.

    Without an alarm, failed messages stay unnoticed until they expire.
    """
    if none_of([is_dead_letter_queue(queue)]):
        return NOT_APPLICABLE
    watched = alarmed(queue, "QueueName", "AWS/SQS", "ApproximateNumberOfMessagesVisible")
    return compliant_if(watched, "no alarm with an action on ApproximateNumberOfMessagesVisible (expected one)")


@check(
    "AWS::SQS::Queue",
    best_practices={
        "SUS03-BP01": "consumers poll an empty queue continuously",
        "COST05-BP05": "empty responses are billed",
    },
    effort="S",
    severity="low",
    fix="Set ReceiveMessageWaitTimeSeconds to 20.",
    compliant=[{WAIT: "20"}, {WAIT: 1}],
    non_compliant=[{WAIT: 0}, {}],
    not_applicable=[
        {POLLERS: ["Reader"]},
        {SENDERS: ["Rule"]},
    ],
)
def sqs_long_polling_enabled(queue: ConfigurationItem) -> Verdict:
    """SQS queues use long polling.

    Without long polling, consumers send billed requests to an empty queue continuously. In templates, dead-letter
    queues and the queues of Lambda and EventBridge Pipes are not judged: both services always use long polling.
    """
    wait = queue.number(WAIT)
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
    if all_of([wait == 0, any_of([queue.has(POLLERS), queue.has(SENDERS)])]):
        return NOT_APPLICABLE
    return compliant_if(wait > 0, otherwise=f"ReceiveMessageWaitTimeSeconds is {wait} (expected 1 to 20)")


def is_dead_letter_queue(queue: ConfigurationItem) -> bool:
    """Whether another resource sends its failed messages or events to the queue."""
    return any_of([any_of(queue.related(QUEUE), lambda _: True), queue.has(SENDERS)])


def related(queue: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The queues of a template with this queue as dead-letter queue, and the alarms on its metrics."""
    return {QUEUE: queue.attached(QUEUE, "RedrivePolicy.deadLetterTargetArn"), **alarms_of(queue)}


def to_configuration_item(queue: TemplateResource) -> dict[str, Any]:
    """A template's queue with its policy, and with the resources that send failures to it or read it."""
    policies = [
        *queue.attached("AWS::SQS::QueuePolicy", "Queues"),
        *queue.attached("AWS::SQS::QueueInlinePolicy", "Queue"),
    ]
    senders = [each.logical_id for kind, by in SENT_BY for each in queue.attached(kind, by)]
    pollers = [each.logical_id for kind, by in READ_BY for each in queue.attached(kind, by)]
    return {
        "supplementaryConfiguration": {"FailureSources": senders, "Pollers": pollers},
        "configuration": {
            "QueueName": queue.logical_id,
            **({} if "KmsMasterKeyId" in queue.properties else {"SqsManagedSseEnabled": by_default(True)}),
            **queue.properties,
            "Policy": merged_statements([policy.properties.get("PolicyDocument") for policy in policies]),
        },
    }
