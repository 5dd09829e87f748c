"""What AWS does not publish of AWS::CloudWatch::Alarm."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.metrics": Evidence(
        "2026-11-22", "read in related alarms only: our collector and a template supply it, AWS Config does not"
    ),
}
