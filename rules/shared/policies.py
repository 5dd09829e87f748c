"""What identity policies grant, wherever IAM keeps them."""

from collections.abc import Sequence

from pillarwatch import ConfigurationItem, Statement, Verdict, all_of, any_of, check, compliant_if_none, listed
from rules.shared.examples import allowing

INLINE = "configuration.rolePolicyList"
VERSIONS = "configuration.policyVersionList"

# Actions that read, write, delete or decrypt a workload's data, and that IAM can restrict to a resource.
DATA_ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "kinesis:GetRecords",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:SubscribeToShard",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "sns:Publish",
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)


def managed(document: object) -> dict[str, object]:
    """An example of a managed policy whose default version this is."""
    return {VERSIONS: [{"isDefaultVersion": True, "document": document}]}


def inline(*documents: object) -> dict[str, object]:
    """An example of a role with these inline policies."""
    return {"resourceType": "AWS::IAM::Role", INLINE: [{"policyDocument": document} for document in documents]}


ADMIN = allowing("*")
READER = allowing("s3:Get*")


def granted(identity: ConfigurationItem) -> Sequence[Statement]:
    """The statements in force: of a managed policy its default version's, of a role its inline policies'."""
    if identity.resource_type == "AWS::IAM::Role":
        documents = [policy.statements("policyDocument") for policy in identity.objects(INLINE)]
    else:
        versions = [version for version in identity.objects(VERSIONS) if version.flag("isDefaultVersion")]
        documents = [version.statements("document") for version in versions]
    return [statement for document in documents for statement in document]


@check(
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    best_practices={"SEC03-BP02": "everything is allowed on everything"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    automation="AWSConfigRemediation-DetachIAMPolicy",
    effort="M",
    severity="critical",
    fix="Allow the actions that are used, on the resources they are used on; IAM Access Analyzer drafts the policy.",
    compliant=[
        {VERSIONS: [{"isDefaultVersion": False, "document": ADMIN}, {"isDefaultVersion": True, "document": READER}]},
        managed(allowing(NotAction=["iam:*", "organizations:*"])),
        inline(),
        {},
    ],
    non_compliant=[
        managed(ADMIN),
        inline(READER, ADMIN),
        managed(allowing(NotAction="s3:*")),
        managed({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::audit/*"}}),
    ],
)
def iam_policy_no_statements_with_admin_access(identity: ConfigurationItem) -> Verdict:
    """No policy of the account allows every action on every resource.

    AWS's own rule judges managed policies only; what most templates write are a role's inline policies, so we judge
    these as well. Whoever may do all but some things, and write policies among the rest, may in the end do everything.
    """

    def administers(statement: Statement) -> bool:
        every = any_of([statement.covers_every_action, all_of([statement.excepts_actions, writes_policies(statement)])])
        return all_of([statement.allows, every, statement.reaches_everything])

    def writes_policies(statement: Statement) -> bool:
        return statement.covers("iam:CreatePolicyVersion")

    return compliant_if_none(granted(identity), administers, "allowed on everything", named=by_actions)


@check(
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    best_practices={
        "SEC03-BP02": "the data of every bucket, table or secret is within reach",
        "SEC08-BP04": "access to data at rest is not limited to who needs it",
    },
    effort="M",
    fix="Name the buckets, tables, keys and secrets that the policy is about.",
    compliant=[
        inline(allowing("s3:Get*", on="arn:aws:s3:::reports/*"), allowing("logs:CreateLogGroup", "ec2:Describe*")),
        {"resourceType": "AWS::IAM::Policy"},
        {},
    ],
    non_compliant=[
        inline(READER),
        inline(allowing("dynamodb:*", on="arn:aws:dynamodb:*:*:table/*")),
        inline(allowing(NotAction="iam:*")),
        inline({"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::audit/*"}}),
        {"resourceType": "AWS::IAM::Policy", **managed(READER)},
    ],
)
def iam_role_data_actions_resource_scoped(identity: ConfigurationItem) -> Verdict:
    """Policies allow access to data on named resources only.

    A role's inline policies, and the account's managed ones. A resource whose name is but a wildcard is not named.
    Actions that IAM cannot restrict to a resource, and those that only list or describe, may stand on `*`.
    """

    def at_large(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers(*DATA_ACTIONS), statement.names_no_resource])

    def by_data_actions(statement: Statement) -> str:
        return listed(statement.covering(*DATA_ACTIONS))

    return compliant_if_none(granted(identity), at_large, "on every resource", named=by_data_actions)


def by_actions(statement: Statement) -> str:
    """A statement as an annotation names it."""
    return listed(statement.whole_services)
