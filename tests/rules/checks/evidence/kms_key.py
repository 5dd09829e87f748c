"""What AWS does not publish of AWS::KMS::Key."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.Policy": Evidence("2026-11-22", "recorded items have it, JSON in a text"),
}
