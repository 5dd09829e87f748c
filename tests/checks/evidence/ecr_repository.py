"""What AWS does not publish of AWS::ECR::Repository."""

from tests.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.LifecyclePolicy.LifecyclePolicyText": Evidence(
        "2026-11-22", "the item has CloudFormation's properties, and the published list has its RegistryId only"
    ),
}
