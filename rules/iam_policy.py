"""Managed policies of the account, `AWS::IAM::ManagedPolicy` in CloudFormation. Config keeps every version of them."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from pillarwatch.lift import TemplateResource
from rules.shared.policies import (
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)

USES = ("configuration.attachmentCount", "configuration.permissionsBoundaryUsageCount")


@check(
    "AWS::IAM::Policy",
    best_practices={"SEC03-BP04": "a policy that nobody has waits to be attached"},
    automation="AWSConfigRemediation-DeleteUnusedIAMPolicy",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the policy.",
    compliant=[{USES[0]: 1}, {USES[0]: 0, USES[1]: 1}],
    non_compliant=[{USES[0]: 0}, {}],
)
def iam_policy_in_use(policy: ConfigurationItem) -> Verdict:
    """Managed policies are attached to somebody, or bound somebody.

    What nobody has, nobody reviews. AWS's rule of this name asks for one policy that is named to it, we ask for all.
    """
    used = any_of(USES, lambda count: policy.number(count) > 0)
    return compliant_if(used, otherwise="attached to nobody, and nobody's boundary")


def lift(policy: TemplateResource) -> dict[str, Any]:
    """A managed policy has one version in a template."""
    document = policy.properties.get("PolicyDocument")
    return {
        "configuration": {
            "policyName": policy.properties.get("ManagedPolicyName", policy.logical_id),
            "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}],
        }
    }
