"""What AWS does not publish of AWS::SQS::Queue."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "configuration.Policy": Evidence(
        "2026-11-30", "recorded items have it, JSON in a text, as GetQueueAttributes answers it"
    ),
    "configuration.RedrivePolicy": Evidence(
        "2026-11-22",
        "the item is SQS's GetQueueAttributes, in which it is JSON in a text;"
        f" AWS's own rule judges it on change: {RULES}/sqs-queue-dlq-check.html",
    ),
    "supplementaryConfiguration.Pollers": Evidence(
        "2026-11-30", "templates alone have it, from event source mappings and pipes; a recorded queue names no readers"
    ),
    "supplementaryConfiguration.FailureSources": Evidence(
        "2026-11-25",
        "our collector `queues` adds it from the functions and rules that Config records and from mappings",
    ),
}
