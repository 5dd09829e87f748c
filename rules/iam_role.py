"""IAM roles. Config keeps inline policies inside the role, URL-encoded, and managed ones by ARN only."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    check,
    compliant_if,
    failing,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource, each, elements
from rules.shared.policies import INLINE, READER, granted, iam_policy_no_statements_with_admin_access

BOUNDARY = "configuration.permissionsBoundary.permissionsBoundaryArn"
SCOPED = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}}

# Actions that read, write or delete a workload's data, and that IAM can restrict to a resource.
DATA_ACTIONS = (
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
)


@check(
    "AWS::IAM::Role",
    best_practices={
        "SEC03-BP02": "the data of every bucket, table or secret is within reach",
        "SEC08-BP04": "access to data at rest is not limited to who needs it",
    },
    automation="AWSConfigRemediation-ReplaceIAMInlinePolicy",
    effort="M",
    fix="Name the buckets, tables, keys and secrets that the role works on.",
    compliant=[{INLINE: [{"policyDocument": SCOPED}]}, {}],
    non_compliant=[{INLINE: [{"policyDocument": READER}]}],
)
def iam_role_data_actions_resource_scoped(role: ConfigurationItem) -> Verdict:
    """Inline policies of roles allow access to data on named resources only.

    Actions that IAM cannot restrict to a resource, and those that only list or describe, may stand on `*`.
    """

    def scoped(statement: Statement) -> bool:
        return none_of([all_of([statement.allows, statement.covers(*DATA_ACTIONS), statement.reaches_everything])])

    statements = list(granted(role))
    actions = listed(action for statement in failing(statements, scoped) for action in statement.actions)
    return compliant_if(all_of(map(scoped, statements)), otherwise=f"on every resource: {actions}")


@check(
    "AWS::IAM::Role",
    best_practices={"SEC03-BP05": "nothing bounds what the role may ever be granted"},
    effort="M",
    severity="low",
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
