"""IAM groups: the shape of the describe API, in camelCase. Policy documents are URL-encoded."""

from typing import Any

from pillarwatch.template_resource import TemplateResource, elements
from rules.checks.shared.policies import (
    attachments,
    iam_no_inline_policy_check,
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """The configuration of a group with its policies."""
    policies = [*elements(group.properties.get("Policies"))]
    for kind, by in (("AWS::IAM::Policy", "Groups"), ("AWS::IAM::GroupPolicy", "GroupName")):
        policies += [fragment.properties for fragment in group.attached(kind, by)]
    managed = attachments(group, "Groups")
    return {
        "configuration": {
            "attachedManagedPolicies": managed["attached"],
            "groupPolicyList": [
                {"policyName": policy.get("PolicyName"), "policyDocument": policy.get("PolicyDocument")}
                for policy in policies
            ],
        },
        "supplementaryConfiguration": managed["texts"],
    }
