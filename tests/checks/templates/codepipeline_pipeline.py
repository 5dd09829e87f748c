"""Templates of codepipeline_pipeline."""

from typing import Any

from tests.checks.templates import Case


def pipeline(*stages: str, environment: str = "production") -> dict[str, Any]:
    """Stages by the categories of their actions, separated by spaces."""
    return {
        "Tags": [{"Key": "Environment", "Value": environment}],
        "Stages": [
            {"Name": stage, "Actions": [{"Name": kind, "ActionTypeId": {"Category": kind}} for kind in stage.split()]}
            for stage in stages
        ],
    }


CASES: list[Case] = [
    ("codepipeline-has-test-action", "COMPLIANT", pipeline("Source", "Test", "Deploy"), {}),
    ("codepipeline-has-test-action", "NON_COMPLIANT", pipeline("Source", "Deploy", "Test"), {}),
    ("codepipeline-approval-before-production", "COMPLIANT", pipeline("Approval", "Deploy"), {}),
    ("codepipeline-approval-before-production", "NON_COMPLIANT", pipeline("Source", "Deploy"), {}),
    ("codepipeline-deployment-count-check", "COMPLIANT", pipeline("Deploy", "Deploy Deploy"), {}),
    ("codepipeline-deployment-count-check", "NON_COMPLIANT", pipeline("Deploy Deploy"), {}),
]
