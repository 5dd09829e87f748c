"""IAM users: the describe API's camelCase, policy documents URL-encoded."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource, elements
from rules.shared.policies import (
    iam_no_inline_policy_check,
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)

ATTACHED = "configuration.attachedManagedPolicies"
GROUPS = "configuration.groupList"
INLINE = "configuration.userPolicyList"


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP02": "rights are given to one person and never reviewed",
        "SEC02-BP06": "no group tells what the person needs them for",
    },
    managed_rule="IAM_USER_NO_POLICIES_CHECK",
    automation="AWSConfigRemediation-RemoveUserPolicies",
    effort="S",
    severity="low",
    fix="Give rights through groups or roles.",
    compliant=[{GROUPS: ["operators"]}, {}],
    non_compliant=[{INLINE: [{"policyName": "mine"}]}, {ATTACHED: [{"policyName": "ReadOnlyAccess"}]}],
)
def iam_user_no_policies_check(user: ConfigurationItem) -> Verdict:
    """Users have no policies of their own.

    As AWS's own rule reads it, attached policies count as well as inline ones.
    """
    own = any_of([user.has(INLINE), user.has(ATTACHED)])
    return compliant_if(none_of([own]), otherwise="policies are attached to the user")


@check(
    "AWS::IAM::User",
    best_practices={"SEC02-BP06": "the user belongs to no group"},
    managed_rule="IAM_USER_GROUP_MEMBERSHIP_CHECK",
    effort="S",
    severity="low",
    fix="Put the user into the group of those who do the same.",
    compliant=[{GROUPS: ["operators"]}],
    non_compliant=[{GROUPS: []}, {}],
)
def iam_user_group_membership_check(user: ConfigurationItem) -> Verdict:
    """Users belong to a group.

    Rights follow the task, not the person.
    """
    return compliant_if(user.has(GROUPS), otherwise="member of no group")


def lift(user: TemplateResource) -> dict[str, Any]:
    """A user with its inline policies and groups."""
    properties = user.properties
    policies = [*elements(properties.get("Policies"))]
    for kind, by in (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName")):
        policies += [fragment.properties for fragment in user.attached(kind, by)]
    groups = [*elements(properties.get("Groups"))]
    groups += [each.logical_id for each in user.attached("AWS::IAM::UserToGroupAddition", "Users")]
    attached = [*elements(properties.get("ManagedPolicyArns"))]
    attached += [each.logical_id for each in user.attached("AWS::IAM::ManagedPolicy", "Users")]
    return {
        "configuration": {
            "attachedManagedPolicies": [{"policyName": policy} for policy in attached],
            "groupList": groups,
            "userPolicyList": [
                {"policyName": policy.get("PolicyName"), "policyDocument": policy.get("PolicyDocument")}
                for policy in policies
            ],
        }
    }
