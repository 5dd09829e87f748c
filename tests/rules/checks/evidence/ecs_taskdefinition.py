"""What AWS does not publish of AWS::ECS::TaskDefinition."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.RuntimePlatform": Evidence(
        "2026-11-24", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
}
