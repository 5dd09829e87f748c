"""What AWS does not publish of AWS::SNS::Topic."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.Policy": Evidence(
        "2026-11-30", "recorded items have it, JSON in a text, as GetTopicAttributes answers it"
    ),
    "configuration.SubscriptionsConfirmed": Evidence(
        "2026-11-22", "our collector `topics` adds it from SNS's GetTopicAttributes"
    ),
}
