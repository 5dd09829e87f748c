"""Managed policies of the account, `AWS::IAM::ManagedPolicy` in CloudFormation. Config keeps every version of them."""

from typing import Any

from pillarwatch import (
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    failing,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource
from rules.shared.policies import READER, SERVICE, VERSIONS, granted, iam_policy_no_statements_with_admin_access


@check(
    "AWS::IAM::Policy",
    best_practices={"SEC03-BP02": "a whole service is allowed where a few actions would do"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    effort="M",
    severity="medium",
    fix="Replace service:* by the actions that are used; IAM Access Analyzer tells which.",
    compliant=[{VERSIONS: [{"isDefaultVersion": True, "document": READER}]}, {}],
    non_compliant=[{VERSIONS: [{"isDefaultVersion": True, "document": SERVICE}]}],
)
def iam_policy_no_statements_with_full_access(policy: ConfigurationItem) -> Verdict:
    """Managed policies of the account allow single actions, not whole services.

    As AWS's own rule reads it: `service:*` in any Allow statement fails, whatever its resources.
    """

    def sparing(statement: Statement) -> bool:
        return none_of([all_of([statement.allows, any_of(action.endswith(":*") for action in statement.actions)])])

    statements = list(granted(policy))
    actions = listed(action for statement in failing(statements, sparing) for action in statement.actions)
    return compliant_if(all_of(map(sparing, statements)), otherwise=f"allowed: {actions}")


def lift(policy: TemplateResource) -> dict[str, Any]:
    """A managed policy has one version in a template."""
    document = policy.properties.get("PolicyDocument")
    return {
        "configuration": {
            "policyName": policy.properties.get("ManagedPolicyName", policy.logical_id),
            "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}],
        }
    }
