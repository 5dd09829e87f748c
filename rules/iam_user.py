"""IAM users: the describe API's camelCase, policy documents URL-encoded. Credentials are told by a report."""

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
from pillarwatch.lift import TemplateResource, elements
from rules.shared.policies import (
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

MADE = "2025-10-17T12:00:00+00:00"  # 90 days before the examples are judged
EARLIER = "2025-10-17T11:59:00+00:00"
# A user's credentials: whether there is one, when it was last used, and since when there has been this one.
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
    fix="Give rights through groups or roles.",
    compliant=[{GROUPS: ["operators"]}, {}],
    non_compliant=[{INLINE: [{"policyName": "mine"}]}, {ATTACHED: [{"policyName": "ReadOnlyAccess"}]}],
)
def iam_user_no_policies_check(user: ConfigurationItem) -> Verdict:
    """IAM users have no policies of their own.

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
    """IAM users belong to groups.

    Rights follow the task, not the person.
    """
    return compliant_if(user.has(GROUPS), otherwise="member of no group")


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC02-BP05": "a leaked key stays valid",
        "SEC02-BP02": "a long-term credential is in use",
    },
    managed_rule="ACCESS_KEYS_ROTATED",
    effort="M",
    severity="medium",
    collector="credentials",
    live=True,
    fix="Replace the key by a role; where that cannot be, make a second key, change over, and delete the first.",
    compliant=[{**KEY_1, f"{REPORT}.access_key_1_last_rotated": MADE}],
    non_compliant=[{**KEY_2, f"{REPORT}.access_key_2_last_rotated": EARLIER}],
    not_applicable=[{**PASSWORD, f"{REPORT}.access_key_1_last_rotated": EARLIER}, {}],
)
def access_keys_rotated(user: ConfigurationItem, *, max_access_key_age: int = 90) -> Verdict:
    """Access keys of IAM users are rotated.

    Keys that are inactive do not count. Nobody notices a copy of a key; it is of no use when the key is gone.
    """
    return compliant_if_all(
        ("access_key_1", "access_key_2"),
        lambda key: user.days_since(f"{REPORT}.{key}_last_rotated") <= max_access_key_age,
        f"older than {max_access_key_age} days",
        where=lambda key: user.flag(f"{REPORT}.{key}_active"),
    )


@check(
    "AWS::IAM::User",
    best_practices={"SEC02-BP01": "one secret is enough to be this user"},
    managed_rule="IAM_USER_MFA_ENABLED",
    effort="M",
    collector="credentials",
    live=True,
    fix="Register an MFA device, best a passkey, or have the person sign in through IAM Identity Center.",
    compliant=[{**PASSWORD, f"{REPORT}.mfa_active": "true"}],
    non_compliant=[{**PASSWORD, f"{REPORT}.mfa_active": "false"}, PASSWORD, KEY_2],
    not_applicable=[{f"{REPORT}.password_enabled": "false"}, {}],
)
def iam_user_mfa_enabled(user: ConfigurationItem) -> Verdict:
    """Users prove who they are with a second factor.

    As AWS's own rule reads it, users with nothing but access keys count as well: a policy can ask for MFA of those
    too. Who has no credential at all cannot sign in and is not judged.
    """
    if none_of(CREDENTIALS.values(), lambda credential: user.flag(f"{REPORT}.{credential[0]}")):
        return NOT_APPLICABLE
    return compliant_if(user.flag(f"{REPORT}.mfa_active"), otherwise="no MFA device")


@check(
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP04": "access that nobody uses is not taken back",
        "SEC03-BP06": "credentials outlive the work that they were made for",
        "SEC02-BP05": "no audit has found the unused credential",
    },
    managed_rule="IAM_USER_UNUSED_CREDENTIALS_CHECK",
    automation="AWSConfigRemediation-RevokeUnusedIAMUserCredentials",
    effort="S",
    collector="credentials",
    live=True,
    fix="Remove the password, and make the key inactive, later delete it.",
    compliant=[
        {**PASSWORD, f"{REPORT}.password_last_used": MADE, f"{REPORT}.password_last_changed": EARLIER},
        {**KEY_1, f"{REPORT}.access_key_1_last_rotated": MADE},
    ],
    non_compliant=[
        {**PASSWORD, f"{REPORT}.password_last_used": EARLIER, f"{REPORT}.password_last_changed": EARLIER},
        {**KEY_2, f"{REPORT}.access_key_2_last_rotated": EARLIER},
    ],
    not_applicable=[{f"{REPORT}.access_key_1_last_rotated": EARLIER}, {}],
)
def iam_user_unused_credentials_check(user: ConfigurationItem, *, max_credential_usage_age: int = 90) -> Verdict:
    """Passwords and access keys of users are in use.

    One that was never used counts from when it was made.
    """

    def in_use(credential: str) -> bool:
        _, used, made = (f"{REPORT}.{key}" for key in CREDENTIALS[credential])
        return user.days_since(used if user.has(used) else made) <= max_credential_usage_age

    return compliant_if_all(
        CREDENTIALS,
        in_use,
        f"not used for {max_credential_usage_age} days",
        where=lambda credential: user.flag(f"{REPORT}.{CREDENTIALS[credential][0]}"),
    )


def lift(user: TemplateResource) -> dict[str, Any]:
    """A user with its inline policies and groups."""
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
