"""What AWS does not publish of AWS::ECR::Repository."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "configuration.EncryptionConfiguration": Evidence(
        "2026-11-24",
        "the item has CloudFormation's properties;"
        f" AWS's own rule judges it on change: {RULES}/ecr-repository-cmk-encryption-enabled.html",
    ),
    "configuration.LifecyclePolicy.LifecyclePolicyText": Evidence(
        "2026-11-22", "the item has CloudFormation's properties, and the published list has its RegistryId only"
    ),
    "configuration.RepositoryPolicyText": Evidence("2026-11-24", "recorded items have it, an empty object for none"),
}
