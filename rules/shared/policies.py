"""What identity policies grant, wherever IAM keeps them."""

from collections.abc import Sequence

from pillarwatch import (
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    listed,
    none_of,
)
from rules.shared.examples import allowing

# Where IAM keeps the inline policies of an identity.
INLINES = {
    "AWS::IAM::Group": "configuration.groupPolicyList",
    "AWS::IAM::Role": "configuration.rolePolicyList",
    "AWS::IAM::User": "configuration.userPolicyList",
}
INLINE = INLINES["AWS::IAM::Role"]
VERSIONS = "configuration.policyVersionList"
IDENTITIES = ("AWS::IAM::Policy", *INLINES)
USER, GROUP = {"resourceType": "AWS::IAM::User"}, {"resourceType": "AWS::IAM::Group"}
ROLE = {"resourceType": "AWS::IAM::Role"}

# Actions that read, write, delete or decrypt a workload's data, and that IAM can restrict to a resource. To publish to
# a topic is not among them: a text message has no resource, so that sns:Publish must stand on `*`.
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
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)


# Actions with which an identity gives itself, or something it controls, more rights.
ESCALATIONS = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
)


# Conditions that name the data by its tags, or by what decides like a tag. IAM grants nothing where the key is missing.
NAMING = (
    "aws:resourcetag/",
    "kms:resourcealiases",
    "s3:existingobjecttag/",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
)

# Conditions that hold rights within bounds: to which service a role is passed, which policy is attached, within which
# boundary. IAM Access Analyzer asks for the first where a role to pass is not named.
BOUNDING = ("iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn")


def managed(document: object) -> dict[str, object]:
    """An example of a managed policy whose default version this is."""
    return {VERSIONS: [{"isDefaultVersion": True, "document": document}]}


def inline(*documents: object) -> dict[str, object]:
    """An example of a role with these inline policies."""
    return {"resourceType": "AWS::IAM::Role", INLINE: [{"policyDocument": document} for document in documents]}


ADMIN = allowing("*")
READER = allowing("s3:Get*")


def granted(identity: ConfigurationItem) -> Sequence[Statement]:
    """The statements in force: of a managed policy its default version's, of an identity its inline policies'."""
    if identity.resource_type == "AWS::IAM::Policy":
        versions = [version for version in identity.objects(VERSIONS) if version.flag("isDefaultVersion")]
        documents = [version.statements("document") for version in versions]
    else:
        inline = INLINES[identity.resource_type]
        documents = [policy.statements("policyDocument") for policy in identity.objects(inline)]
    return [statement for document in documents for statement in document]


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "everything is allowed on everything"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    effort="M",
    fix="Allow the actions that are used, on the resources they are used on; IAM Access Analyzer drafts the policy.",
    compliant=[
        {VERSIONS: [{"isDefaultVersion": False, "document": ADMIN}, {"isDefaultVersion": True, "document": READER}]},
        managed(allowing(NotAction=["iam:*", "organizations:*"])),
        inline(),
        USER,
        GROUP,
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
    "AWS::IAM::Group",
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP02": "the data of every bucket, table or secret is within reach",
        "SEC08-BP04": "access to data at rest is not limited to who needs it",
    },
    effort="M",
    fix="Name the buckets, tables, keys and secrets that the policy is about.",
    compliant=[
        inline(allowing("s3:Get*", on="arn:aws:s3:::reports/*"), allowing("logs:CreateLogGroup", "ec2:Describe*")),
        inline(allowing("sns:Publish")),
        inline(allowing("kms:Decrypt", Condition={"StringEquals": {"aws:ResourceTag/Team": "reports"}})),
        {"resourceType": "AWS::IAM::Policy"},
        USER,
        GROUP,
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
    Actions that IAM cannot restrict to a resource, and those that only list or describe, may stand on `*`. A condition
    on the resource's tags names it as well.
    """

    def at_large(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_at_large(*DATA_ACTIONS), unbound(statement, NAMING)])

    def by_data_actions(statement: Statement) -> str:
        return listed(statement.covering_at_large(*DATA_ACTIONS))

    return compliant_if_none(granted(identity), at_large, "on every resource", named=by_data_actions)


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "a whole service is allowed where a few actions would do"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    effort="M",
    severity="medium",
    fix="Replace service:* by the actions that are used; IAM Access Analyzer tells which.",
    compliant=[managed(READER), {}, ROLE, USER, GROUP],
    non_compliant=[
        managed(allowing("s3:GetObject", "dynamodb:*")),
        managed(allowing("*", on="arn:aws:s3:::reports")),
        managed(allowing(NotAction="iam:*")),
        inline(allowing("dynamodb:*")),
    ],
)
def iam_policy_no_statements_with_full_access(identity: ConfigurationItem) -> Verdict:
    """Policies of the account allow single actions, not whole services.

    As AWS's own rule reads it: `service:*` in any Allow statement fails, whatever its resources. So do `*`, and all but
    some actions. Inline policies are judged as well.
    """

    def lavish(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_a_service])

    return compliant_if_none(granted(identity), lavish, "allowed", named=by_actions)


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "whoever has the policy can give himself any other"},
    effort="M",
    fix="Name the roles and policies that the actions are about, or deny what is not needed.",
    compliant=[
        managed(allowing("iam:PassRole", on="arn:aws:iam::*:role/pipeline")),
        managed(
            allowing("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
        ),
        managed(allowing("iam:GetRole")),
        {},
        ROLE,
        USER,
        GROUP,
    ],
    non_compliant=[
        managed(allowing("iam:PassRole")),
        inline(allowing("iam:Put*")),
        managed(allowing("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}})),
        {**GROUP, INLINES["AWS::IAM::Group"]: [{"policyDocument": ADMIN}]},
        {**USER, INLINES["AWS::IAM::User"]: [{"policyDocument": ADMIN}]},
    ],
)
def iam_policy_privilege_escalation_restricted(identity: ConfigurationItem) -> Verdict:
    """Policies do not let their holder take more rights.

    Actions that pass, write or attach rights, on every role, user or policy. On a named one they may be needed, and so
    where a condition says to which service a role is passed, or within which policies and boundaries rights are given.
    """

    def escalates(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_at_large(*ESCALATIONS), unbound(statement, BOUNDING)])

    def by_escalation(statement: Statement) -> str:
        return listed(statement.covering_at_large(*ESCALATIONS))

    return compliant_if_none(granted(identity), escalates, "on every resource", named=by_escalation)


@check(
    "AWS::IAM::User",
    "AWS::IAM::Role",
    "AWS::IAM::Group",
    best_practices={"SEC03-BP02": "rights stand where no review of policies finds them"},
    managed_rule="IAM_NO_INLINE_POLICY_CHECK",
    automation="AWSConfigRemediation-ReplaceIAMInlinePolicy",
    effort="M",
    severity="low",
    fix="Make a managed policy of it, and attach that.",
    compliant=[ROLE, USER, GROUP, {}],
    non_compliant=[
        {INLINES["AWS::IAM::User"]: [{"policyName": "mine"}]},
        {**ROLE, INLINE: [{"policyName": "ours"}]},
        {**GROUP, INLINES["AWS::IAM::Group"]: [{"policyName": "theirs"}]},
    ],
)
def iam_no_inline_policy_check(identity: ConfigurationItem) -> Verdict:
    """IAM identities have no inline policies.

    A managed policy has versions, can be found, and is changed in one place.
    """
    policies = identity.texts(f"{INLINES[identity.resource_type]}.policyName")
    inline = identity.has(INLINES[identity.resource_type])
    return compliant_if(none_of([inline]), otherwise=f"inline policies: {listed(policies) or 'unnamed'}")


def unbound(statement: Statement, keys: Sequence[str]) -> bool:
    """Whether no condition of a statement names a value of one of these keys."""
    return none_of(statement.conditions, lambda condition: condition.names(*keys))


def by_actions(statement: Statement) -> str:
    """A statement as an annotation names it."""
    return listed(statement.whole_services)
