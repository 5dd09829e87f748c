"""Templates of codepipeline_pipeline."""

from typing import Any

from tests.rules.checks.templates import Case


def pipeline(*stages: str, environment: str = "production") -> dict[str, Any]:
    """Stages by the categories of their actions, separated by spaces."""
    return {
        "Tags": [{"Key": "Environment", "Value": environment}],
        "Stages": [
            {"Name": stage, "Actions": [{"Name": kind, "ActionTypeId": {"Category": kind}} for kind in stage.split()]}
            for stage in stages
        ],
    }


def action(category: str, order: int, **configuration: str) -> dict[str, Any]:
    return {"ActionTypeId": {"Category": category}, "RunOrder": order, "Configuration": configuration}


CHANGE_SET = {
    "Tags": [{"Key": "Environment", "Value": "production"}],
    "Stages": [
        {
            "Name": "Production",
            "Actions": [
                action("Deploy", 1, ActionMode="CHANGE_SET_REPLACE"),
                action("Approval", 2),
                action("Deploy", 3, ActionMode="CHANGE_SET_EXECUTE"),
            ],
        }
    ],
}

CASES: list[Case] = [
    ("codepipeline-has-test-action", "COMPLIANT", pipeline("Source", "Test", "Deploy"), {}),
    ("codepipeline-has-test-action", "NON_COMPLIANT", pipeline("Source", "Deploy", "Test"), {}),
    ("codepipeline-approval-before-production", "COMPLIANT", pipeline("Approval", "Deploy"), {}),
    ("codepipeline-approval-before-production", "NON_COMPLIANT", pipeline("Source", "Deploy"), {}),
    ("codepipeline-deployment-count-check", "COMPLIANT", pipeline("Deploy", "Deploy Deploy"), {}),
    ("codepipeline-deployment-count-check", "COMPLIANT", CHANGE_SET, {}),
    ("codepipeline-approval-before-production", "COMPLIANT", CHANGE_SET, {}),
    ("codepipeline-approval-before-production", "COMPLIANT", pipeline("Deploy", "Approval", "Deploy"), {}),
    ("codepipeline-approval-before-production", "NON_COMPLIANT", pipeline("Approval Deploy"), {}),
    ("codepipeline-deployment-count-check", "NON_COMPLIANT", pipeline("Deploy Deploy"), {}),
]
