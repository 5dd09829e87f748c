"""Customer managed policies, AWS::IAM::ManagedPolicy in CloudFormation. AWS Config records all their versions."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.policies import (
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)

USES = ("configuration.attachmentCount", "configuration.permissionsBoundaryUsageCount")


@check(
    "AWS::IAM::Policy",
    best_practices={"SEC03-BP04": "policies that are attached to no identity are kept"},
    automation="AWSConfigRemediation-DeleteUnusedIAMPolicy",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the policy.",
    compliant=[{USES[0]: 1}, {USES[0]: 0, USES[1]: 1}],
    non_compliant=[{USES[0]: 0}, {}],
)
def iam_policy_in_use(policy: ConfigurationItem) -> Verdict:
    """Customer managed IAM policies are in use.

    An unused policy is not reviewed, and can be attached by mistake. A policy is in use if it is attached or is a
    permissions boundary. The AWS Config rule checks one named policy only.
    """
    used = any_of(USES, lambda count: policy.number(count) > 0)
    return compliant_if(used, otherwise="AttachmentCount and PermissionsBoundaryUsageCount are 0")


def to_configuration_item(policy: TemplateResource) -> dict[str, Any]:
    """The configuration of a managed policy, which has one version in a template."""
    document = policy.properties.get("PolicyDocument")
    return {
        "configuration": {
            "policyName": policy.properties.get("ManagedPolicyName", policy.logical_id),
            "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}],
        }
    }
