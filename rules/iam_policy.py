"""Managed policies of the account, `AWS::IAM::ManagedPolicy` in CloudFormation. Config keeps every version of them."""

from typing import Any

from pillarwatch import ConfigurationItem, Statement, Verdict, all_of, check, compliant_if_none
from pillarwatch.lift import TemplateResource
from rules.shared.examples import allowing
from rules.shared.policies import (
    READER,
    by_actions,
    granted,
    iam_policy_no_statements_with_admin_access,
    iam_role_data_actions_resource_scoped,
    managed,
)


@check(
    "AWS::IAM::Policy",
    best_practices={"SEC03-BP02": "a whole service is allowed where a few actions would do"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    effort="M",
    severity="medium",
    fix="Replace service:* by the actions that are used; IAM Access Analyzer tells which.",
    compliant=[managed(READER), {}],
    non_compliant=[
        managed(allowing("s3:GetObject", "dynamodb:*")),
        managed(allowing("*", on="arn:aws:s3:::reports")),
        managed(allowing(NotAction="iam:*")),
    ],
)
def iam_policy_no_statements_with_full_access(policy: ConfigurationItem) -> Verdict:
    """Managed policies of the account allow single actions, not whole services.

    As AWS's own rule reads it: `service:*` in any Allow statement fails, whatever its resources. So do `*`, and all but
    some actions.
    """

    def lavish(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_a_service])

    return compliant_if_none(granted(policy), lavish, "allowed", named=by_actions)


def lift(policy: TemplateResource) -> dict[str, Any]:
    """A managed policy has one version in a template."""
    document = policy.properties.get("PolicyDocument")
    return {
        "configuration": {
            "policyName": policy.properties.get("ManagedPolicyName", policy.logical_id),
            "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}],
        }
    }
