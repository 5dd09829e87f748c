"""IAM roles. Config keeps inline policies inside the role, URL-encoded, and managed ones by ARN only."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource, each, elements
from rules.shared.policies import iam_policy_no_statements_with_admin_access, iam_role_data_actions_resource_scoped

BOUNDARY = "configuration.permissionsBoundary.permissionsBoundaryArn"


@check(
    "AWS::IAM::Role",
    best_practices={"SEC03-BP05": "nothing bounds what the role may ever be granted"},
    effort="M",
    live=True,
    fix="Attach the organization's permissions boundary, in the template that creates the role.",
    compliant=[{BOUNDARY: "arn:aws:iam::123456789012:policy/Boundary"}],
    non_compliant=[{"configuration.path": "/"}, {}],
    not_applicable=[{"configuration.path": "/aws-service-role/config.amazonaws.com/"}],
)
def iam_role_permissions_boundary_attached(role: ConfigurationItem) -> Verdict:
    """Roles stay within a permissions boundary.

    Whoever may create roles can then not create one that is mightier than the boundary. Roles that AWS's services
    create for themselves cannot have one.
    """
    if role.text("configuration.path").startswith("/aws-service-role/"):
        return NOT_APPLICABLE
    return compliant_if(role.has(BOUNDARY), otherwise="no permissions boundary")


def lift(role: TemplateResource) -> dict[str, Any]:
    """A role with the policies that other resources of the template add to it."""
    properties = role.properties
    added = [*role.attached("AWS::IAM::Policy", "Roles"), *role.attached("AWS::IAM::RolePolicy", "RoleName")]
    policies = [*elements(properties.get("Policies")), *(policy.properties for policy in added)]
    return {
        "configuration": {
            "roleName": properties.get("RoleName", role.logical_id),
            "path": properties.get("Path", "/"),
            "assumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument"),
            "attachedManagedPolicies": each(properties.get("ManagedPolicyArns"), lambda arn: {"policyArn": arn}),
            "permissionsBoundary": {"permissionsBoundaryArn": properties.get("PermissionsBoundary")},
            "rolePolicyList": [
                {"policyName": policy.get("PolicyName"), "policyDocument": policy.get("PolicyDocument")}
                for policy in policies
            ],
        }
    }
