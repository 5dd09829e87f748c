"""IAM roles. AWS Config records inline policies with the role, URL-encoded, and managed policies by ARN only."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, elements
from pillarwatch.unknown import Unknown
from rules.checks.shared.policies import (
    TRUST,
    attachments,
    iam_no_inline_policy_check,
    iam_policy_no_statements_with_admin_access,
    iam_policy_no_statements_with_full_access,
    iam_policy_privilege_escalation_restricted,
    iam_role_data_actions_resource_scoped,
)

BOUNDARY = "configuration.permissionsBoundary.permissionsBoundaryArn"


PATH = "configuration.path"
PATHS_OF_AWS = ("/aws-service-role/", "/aws-reserved/")  # paths of roles that only AWS can change
USE = "configuration.roleLastUsed"
LAST_USED = f"{USE}.lastUsedDate"
CREATED = "configuration.createDate"
SERVICE = {
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
}
# Identity providers that many organizations share, and the claim that names one of them. Since 2025, IAM requires a
# condition on this claim when a role is created or updated.
SHARED_PROVIDERS = {
    "accounts.google.com": "aud",
    "app.terraform.io": "sub",
    "cognito-identity.amazonaws.com": "aud",
    "gitlab.com": "sub",
    "token.actions.githubusercontent.com": "sub",
}


def by_web_identity(provider: str, **claims: str) -> dict[str, Any]:
    """An example of a trust policy for an identity provider, restricted by claims."""
    condition = {f"{provider.rpartition('/')[2]}:{claim}": value for claim, value in claims.items()}
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {TRUST: {"Statement": {**statement, "Condition": {"StringLike": condition}}}}


GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
ANYBODY = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}


@check(
    "AWS::IAM::Role",
    best_practices={"SEC03-BP05": "no permissions boundary limits the permissions of the role"},
    effort="M",
    live=True,
    fix="Set PermissionsBoundary to the organization's boundary policy, in the template that creates the role.",
    compliant=[{BOUNDARY: "arn:aws:iam::123456789012:policy/Boundary"}],
    non_compliant=[{"configuration.path": "/"}, {}],
    not_applicable=[
        {"configuration.path": "/aws-service-role/config.amazonaws.com/"},
        {"configuration.path": "/aws-reserved/sso.amazonaws.com/eu-west-1/"},
    ],
)
def iam_role_permissions_boundary_attached(role: ConfigurationItem) -> Verdict:
    """IAM roles have a permissions boundary.

    Without a permissions boundary, a principal that may create roles can create one with more permissions than its own.
    Roles that AWS services and IAM Identity Center create are not judged.
    """
    if role.text(PATH).startswith(PATHS_OF_AWS):
        return NOT_APPLICABLE
    return compliant_if(role.has(BOUNDARY), otherwise="PermissionsBoundary is not set (expected one)")


@check(
    "AWS::IAM::Role",
    best_practices={
        "SEC03-BP07": "principals outside the organization can assume the role",
        "SEC03-BP08": "the trust policy does not name the accounts that share the role",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name accounts, services or identity providers in AssumeRolePolicyDocument, or add a condition.",
    compliant=[
        {TRUST: SERVICE},
        by_web_identity(GITHUB, aud="sts.amazonaws.com", sub="repo:octo-org/octo-repo:*"),
        by_web_identity("cognito-identity.amazonaws.com", aud="eu-west-1:1-2-3"),
        {},
    ],
    non_compliant=[
        {TRUST: ANYBODY},
        by_web_identity(GITHUB, aud="sts.amazonaws.com"),
        by_web_identity(GITHUB, sub="repo:*"),
        by_web_identity(GITHUB, sub="repo:octo*/*"),
        by_web_identity(GITHUB, sub="*:ref:refs/heads/main"),
        by_web_identity("cognito-identity.amazonaws.com", amr="authenticated"),
    ],
)
def iam_role_trust_policy_restricted(role: ConfigurationItem) -> Verdict:
    """IAM roles trust named principals only.

    A role that trusts any principal can be assumed from any AWS account. A role that trusts all users of a shared
    identity provider, such as GitHub, is open in the same way. A condition on an organization, account or source is
    enough.
    """

    def trusts_anybody(statement: Statement) -> bool:
        return any_of(
            [
                statement.admits_anybody,
                any_of(SHARED_PROVIDERS, lambda provider: trusts_all_users_of(provider, statement)),
            ]
        )

    return compliant_if_none(role.statements(TRUST), trusts_anybody, "statements that trust any principal")


@check(
    "AWS::IAM::Role",
    best_practices={"SEC03-BP04": "permissions that are no longer used are not removed"},
    automation="AWSConfigRemediation-DeleteIAMRole",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the role.",
    compliant=[
        {CREATED: "2025-01-01T00:00:00Z", LAST_USED: "2025-10-17T12:00:00Z"},
        {CREATED: "2025-12-17T12:00:00Z"},
    ],
    non_compliant=[
        {CREATED: "2025-01-01T00:00:00Z", LAST_USED: "2025-10-17T11:00:00Z"},
        {CREATED: "2025-12-16T11:00:00Z", USE: {}},
    ],
    not_applicable=[{CREATED: "2025-01-01T00:00:00Z", PATH: "/aws-service-role/config.amazonaws.com/"}, {}],
)
def iam_role_unused(role: ConfigurationItem, *, most_days: int = 90, young_days: int = 30) -> Verdict:
    """IAM roles were used within 90 days.

    The permissions of an unused role remain available to anybody who can assume it. Roles that are younger than 30
    days, and roles that AWS created, are not judged.
    """
    if any_of([none_of([role.has(CREATED)]), role.text(PATH).startswith(PATHS_OF_AWS)]):
        return NOT_APPLICABLE
    young = role.days_since(CREATED) <= young_days
    used: Any = Unknown("AWS Config did not record when the role was used")
    if role.objects(USE):
        used = role.days_since(LAST_USED, default=most_days + 1) <= most_days
    return compliant_if(
        any_of([young, used]),
        otherwise=f"last used: {role.text(LAST_USED, 'never')} (expected within {most_days} days)",
    )


def trusts_all_users_of(provider: str, statement: Statement) -> bool:
    """Whether a statement trusts all users of a shared identity provider."""
    claim = f"{provider}:{SHARED_PROVIDERS[provider]}"

    def is_provider(name: str) -> bool:
        return any_of([name == provider, name.endswith(f"/{provider}")])

    return all_of(
        [
            statement.allows,
            any_of(statement.identity_providers, is_provider),
            none_of(statement.conditions, lambda condition: condition.names(claim)),
        ]
    )


def to_configuration_item(role: TemplateResource) -> dict[str, Any]:
    """The configuration of a role, with the policies that other resources of the template add to it."""
    properties = role.properties
    added = [*role.attached("AWS::IAM::Policy", "Roles"), *role.attached("AWS::IAM::RolePolicy", "RoleName")]
    policies = [*elements(properties.get("Policies")), *(policy.properties for policy in added)]
    managed = attachments(role, "Roles")
    return {
        "configuration": {
            "assumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument"),
            "roleName": properties.get("RoleName", role.logical_id),
            "path": properties.get("Path", "/"),
            "attachedManagedPolicies": managed["attached"],
            "permissionsBoundary": {"permissionsBoundaryArn": properties.get("PermissionsBoundary")},
            "rolePolicyList": [
                {"policyName": policy.get("PolicyName"), "policyDocument": policy.get("PolicyDocument")}
                for policy in policies
            ],
        },
        "supplementaryConfiguration": managed["texts"],
    }
