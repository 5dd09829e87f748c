"""What AWS does not publish of AWS::SNS::Topic."""

from tests.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.SubscriptionsConfirmed": Evidence(
        "2026-11-22", "our collector `topics` adds it from SNS's GetTopicAttributes"
    ),
}
