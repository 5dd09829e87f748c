"""Managed policies of the account, `AWS::IAM::ManagedPolicy` in CloudFormation. Config keeps every version of them."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource
from rules.shared.policies import (
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)


@check(
    "AWS::IAM::Policy",
    best_practices={"SEC03-BP04": "a policy that nobody has waits to be attached"},
    managed_rule="IAM_POLICY_IN_USE",
    automation="AWSConfigRemediation-DeleteUnusedIAMPolicy",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the policy.",
    compliant=[{"configuration.attachmentCount": 1}],
    non_compliant=[{"configuration.attachmentCount": 0}, {}],
)
def iam_policy_in_use(policy: ConfigurationItem) -> Verdict:
    """Managed policies are attached to somebody.

    What nobody has, nobody reviews.
    """
    return compliant_if(policy.number("configuration.attachmentCount") > 0, otherwise="attached to nobody")


def lift(policy: TemplateResource) -> dict[str, Any]:
    """A managed policy has one version in a template."""
    document = policy.properties.get("PolicyDocument")
    return {
        "configuration": {
            "policyName": policy.properties.get("ManagedPolicyName", policy.logical_id),
            "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}],
        }
    }
