"""What AWS does not publish of AWS::CodePipeline::Pipeline."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.pipeline.stages.actions.configuration": Evidence(
        "2026-11-25", "recorded items have it, the provider's own keys as they are"
    ),
}
