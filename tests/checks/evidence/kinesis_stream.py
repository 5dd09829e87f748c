"""What AWS does not publish of AWS::Kinesis::Stream."""

from tests.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.StreamModeDetails": Evidence(
        "2026-11-24", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
}
