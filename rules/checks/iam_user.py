"""IAM users: the shape of the describe API, in camelCase. Credentials come from the IAM credential report."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, elements
from rules.checks.shared.policies import (
    attachments,
    iam_no_inline_policy_check,
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)

ATTACHED = "configuration.attachedManagedPolicies"
GROUPS = "configuration.groupList"
INLINE = "configuration.userPolicyList"
REPORT = "supplementaryConfiguration.iam.GetCredentialReport.Content"

ON_LIMIT = "2025-10-17T12:00:00+00:00"  # 90 days before the examples are judged
EARLIER = "2025-10-17T11:59:00+00:00"
# The columns of each credential in the report: whether it is active, when it was last used, and when it was created.
CREDENTIALS = {
    "password": ("password_enabled", "password_last_used", "password_last_changed"),
    "access key 1": ("access_key_1_active", "access_key_1_last_used_date", "access_key_1_last_rotated"),
    "access key 2": ("access_key_2_active", "access_key_2_last_used_date", "access_key_2_last_rotated"),
}
PASSWORD, KEY_1, KEY_2 = ({f"{REPORT}.{there}": "true"} for there, *_ in CREDENTIALS.values())  # of examples


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP02": "permissions are granted to single users",
        "SEC02-BP06": "permissions are not granted through groups",
    },
    managed_rule="IAM_USER_NO_POLICIES_CHECK",
    automation="AWSConfigRemediation-RemoveUserPolicies",
    effort="S",
    severity="low",
    fix="Remove Policies and ManagedPolicyArns from the user, and grant the permissions through groups or roles.",
    compliant=[{GROUPS: ["operators"]}, {}],
    non_compliant=[{INLINE: [{"policyName": "mine"}]}, {ATTACHED: [{"policyName": "ReadOnlyAccess"}]}],
)
def iam_user_no_policies_check(user: ConfigurationItem) -> Verdict:
    """IAM users have no policies attached directly.

    Policies on single users are hard to review, and stay when a person changes jobs. Inline and attached policies fail.
    """
    has_policies = any_of([user.has(INLINE), user.has(ATTACHED)])
    return compliant_if(none_of([has_policies]), otherwise="policies are attached to the user (expected none)")


@check(
    "AWS::IAM::User",
    best_practices={"SEC02-BP06": "users belong to no group"},
    managed_rule="IAM_USER_GROUP_MEMBERSHIP_CHECK",
    effort="S",
    severity="low",
    fix="Add the user to a group with the permissions of its task.",
    compliant=[{GROUPS: ["operators"]}],
    non_compliant=[{GROUPS: []}, {}],
)
def iam_user_group_membership_check(user: ConfigurationItem) -> Verdict:
    """IAM users belong to a group.

    Without a group, the permissions of a user depend on the person instead of the task, and are hard to review.
    """
    return compliant_if(user.has(GROUPS), otherwise="Groups is empty (expected one)")


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC02-BP05": "a leaked access key stays valid",
        "SEC02-BP02": "long-term credentials are in use",
    },
    managed_rule="ACCESS_KEYS_ROTATED",
    effort="M",
    severity="medium",
    collector="credentials",
    live=True,
    fix="Use a role instead of the key, or create a second key, switch to it, and delete the first.",
    compliant=[{**KEY_1, f"{REPORT}.access_key_1_last_rotated": ON_LIMIT}],
    non_compliant=[{**KEY_2, f"{REPORT}.access_key_2_last_rotated": EARLIER}],
    not_applicable=[{**PASSWORD, f"{REPORT}.access_key_1_last_rotated": EARLIER}, {}],
)
def access_keys_rotated(user: ConfigurationItem, *, max_access_key_age: int = 90) -> Verdict:
    """Access keys of IAM users are rotated within 90 days.

    A copied access key remains valid until the key is replaced, and copies are hard to detect. Only active keys are
    judged.
    """
    return compliant_if_all(
        ("access_key_1", "access_key_2"),
        lambda key: user.days_since(f"{REPORT}.{key}_last_rotated") <= max_access_key_age,
        f"active keys older than {max_access_key_age} days",
        where=lambda key: user.flag(f"{REPORT}.{key}_active"),
    )


@check(
    "AWS::IAM::User",
    best_practices={"SEC02-BP01": "one secret is enough to sign in as the user"},
    managed_rule="IAM_USER_MFA_ENABLED",
    effort="M",
    collector="credentials",
    live=True,
    fix="Register an MFA device, preferably a passkey, or let the person sign in through IAM Identity Center.",
    compliant=[{**PASSWORD, f"{REPORT}.mfa_active": "true"}],
    non_compliant=[{**PASSWORD, f"{REPORT}.mfa_active": "false"}, PASSWORD, KEY_2],
    not_applicable=[{f"{REPORT}.password_enabled": "false"}, {}],
)
def iam_user_mfa_enabled(user: ConfigurationItem) -> Verdict:
    """IAM users have an MFA device.

    Without MFA, a stolen password or access key is enough to act as the user. As in the AWS Config rule, users who have
    access keys only are judged. Users without credentials are not judged.
    """
    if none_of(CREDENTIALS.values(), lambda credential: user.flag(f"{REPORT}.{credential[0]}")):
        return NOT_APPLICABLE
    return compliant_if(user.flag(f"{REPORT}.mfa_active"), otherwise="the user has no MFA device (expected one)")


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP04": "access that is no longer used is not removed",
        "SEC03-BP06": "credentials remain after the work that required them",
        "SEC02-BP05": "unused credentials were not found by an audit",
    },
    managed_rule="IAM_USER_UNUSED_CREDENTIALS_CHECK",
    automation="AWSConfigRemediation-RevokeUnusedIAMUserCredentials",
    effort="S",
    collector="credentials",
    live=True,
    fix="Delete the password. Deactivate the access key, and delete the key after some weeks.",
    compliant=[
        {**PASSWORD, f"{REPORT}.password_last_used": ON_LIMIT, f"{REPORT}.password_last_changed": EARLIER},
        {**KEY_1, f"{REPORT}.access_key_1_last_rotated": ON_LIMIT},
    ],
    non_compliant=[
        {**PASSWORD, f"{REPORT}.password_last_used": EARLIER, f"{REPORT}.password_last_changed": EARLIER},
        {**KEY_2, f"{REPORT}.access_key_2_last_rotated": EARLIER},
    ],
    not_applicable=[{f"{REPORT}.access_key_1_last_rotated": EARLIER}, {}],
)
def iam_user_unused_credentials_check(user: ConfigurationItem, *, max_credential_usage_age: int = 90) -> Verdict:
    """Passwords and access keys of IAM users were used within 90 days.

    An unused credential can be stolen and used unnoticed. The check uses the age of a credential that was never used.
    """

    def in_use(credential: str) -> bool:
        _, used, created = (f"{REPORT}.{key}" for key in CREDENTIALS[credential])
        return user.days_since(used if user.has(used) else created) <= max_credential_usage_age

    return compliant_if_all(
        CREDENTIALS,
        in_use,
        f"credentials not used for {max_credential_usage_age} days",
        where=lambda credential: user.flag(f"{REPORT}.{CREDENTIALS[credential][0]}"),
    )


def to_configuration_item(user: TemplateResource) -> dict[str, Any]:
    """The configuration of a user with its policies and groups."""
    properties = user.properties
    policies = [*elements(properties.get("Policies"))]
    for kind, by in (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName")):
        policies += [fragment.properties for fragment in user.attached(kind, by)]
    groups = [*elements(properties.get("Groups"))]
    groups += [each.logical_id for each in user.attached("AWS::IAM::UserToGroupAddition", "Users")]
    managed = attachments(user, "Users")
    return {
        "configuration": {
            "attachedManagedPolicies": managed["attached"],
            "groupList": groups,
            "userPolicyList": [
                {"policyName": policy.get("PolicyName"), "policyDocument": policy.get("PolicyDocument")}
                for policy in policies
            ],
        },
        "supplementaryConfiguration": managed["texts"],
    }
