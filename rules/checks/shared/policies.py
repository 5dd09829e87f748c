"""Checks of IAM policies: managed policies, and the inline and attached policies of users, roles and groups."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    listed,
    none_of,
    surely,
)
from pillarwatch.conditions import Condition
from pillarwatch.template_resource import TemplateResource, elements
from pillarwatch.unknown import Unknown, tried
from rules.checks.shared.examples import allowing

# The attribute with the inline policies of an identity.
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
TRUST = "configuration.assumeRolePolicyDocument"
SERVICE_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")  # endings of AWS service principals

# Actions that read, write, delete or decrypt a workload's data, and that IAM can restrict to a resource. sns:Publish is
# not among them: a text message has no resource, so sns:Publish requires the resource `*`.
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


# Policies that AWS documents for the roles of its own pollers and agents, and that SAM attaches automatically:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
# https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
OF_AN_AGENT = (
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AmazonSSMManagedInstanceCore",
)

# Actions with which an identity can grant more permissions to itself or to a resource that it controls.
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


# Condition keys that name the data by its tags or aliases. IAM grants nothing where the key is missing.
NAMING = (
    "aws:resourcetag/",
    "kms:resourcealiases",
    "s3:existingobjecttag/",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
)

# Condition keys that limit permissions: the service that receives a role, the policy that is attached, the permissions
# boundary. IAM Access Analyzer recommends the first for iam:PassRole on any role.
BOUNDING = ("iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn")
UNLIMITED = (":iam::aws:policy/AdministratorAccess", ":iam::aws:policy/IAMFullAccess")  # a value that limits nothing


def managed(document: object) -> dict[str, object]:
    """An example of a managed policy with this document as the default version."""
    return {VERSIONS: [{"isDefaultVersion": True, "document": document}]}


def trusting(**principal: str) -> dict[str, object]:
    """An example of a policy that lets a principal assume a role."""
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}


def inline(*documents: object) -> dict[str, object]:
    """An example of a role with these inline policies."""
    return {"resourceType": "AWS::IAM::Role", INLINE: [{"policyDocument": document} for document in documents]}


def within(*names: str) -> dict[str, object]:
    """An example of a condition that limits the attached policies to these AWS managed policies."""
    return {"ArnEquals": {"iam:PolicyARN": [f"arn:aws:iam::aws:policy/{name}" for name in names]}}


ADMIN = allowing("*")
READER = allowing("s3:Get*")


MANAGED_POLICIES = Path(__file__).with_name("aws_managed_policies.json")  # by generators/managed_policies.py
ATTACHED = "configuration.attachedManagedPolicies"
TEXTS = "supplementaryConfiguration.iam.GetPolicyVersion.PolicyVersion"
BY_AWS = ":iam::aws:policy/"


def attached(*names: str, **identity: Any) -> dict[str, object]:
    """An example of an identity, by default a role, with attached AWS managed policies."""
    return {**ROLE, ATTACHED: [{"policyArn": f"arn:aws{BY_AWS}{name}"} for name in names], **identity}


def granted(identity: ConfigurationItem) -> Sequence[Statement]:
    """The statements of a managed policy's default version, or of all inline and attached policies of an identity.

    The statements of an AWS managed policy are found by its name. Those of other attached policies are known only in a
    template that contains the policy.
    """
    return identity.once(_granted)


def compliant_if_no_policy(
    identity: ConfigurationItem,
    offends: Callable[[Statement], bool],
    otherwise: str,
    actions: Callable[[Statement], Sequence[str]],
) -> Verdict:
    """COMPLIANT if no statement offends. The annotation names the actions, and their AWS managed policy once."""

    def named(statements: Sequence[Statement]) -> str:
        found = [actions(statement) for statement in statements if surely(tried(offends, statement))]
        names = listed(each for several in found for each in elements(several))
        return f"{names} by {statements[0].source}" if statements[0].source else names

    def offend(statements: Sequence[Statement]) -> bool:
        return any_of(statements, lambda statement: statement.meets(offends))

    return compliant_if_none(identity.once(_granted_by_policy), offend, otherwise, named=named)


def _granted_by_policy(identity: ConfigurationItem) -> Sequence[Sequence[Statement]]:
    """The statements in force, those of a policy that AWS manages together."""
    by_policy: dict[str, list[Statement]] = {}
    for statement in granted(identity):
        by_policy.setdefault(statement.source, []).append(statement)
    return list(by_policy.values())


def _granted(identity: ConfigurationItem) -> Sequence[Statement]:
    if identity.resource_type == "AWS::IAM::Policy":
        versions = [version for version in identity.objects(VERSIONS) if version.flag("isDefaultVersion")]
        documents = [version.statements("document") for version in versions]
    else:
        inline = INLINES[identity.resource_type]
        documents = _of_each(identity.objects(inline), lambda policy: policy.statements("policyDocument"))
        documents += _of_each(identity.objects(ATTACHED), _statements_of)
        documents += _of_each(identity.objects(TEXTS), lambda policy: policy.statements("Document"))
    return [statement for document in documents for statement in document]


def _of_each(
    policies: Sequence[Attributes], statements: Callable[[Attributes], Sequence[Statement]]
) -> list[Sequence[Statement]]:
    """The statements of each policy. An unknown list of policies is one unknown statement."""
    unknown: Any = policies
    return [[Statement(Unknown(unknown.why))]] if isinstance(unknown, Unknown) else list(map(statements, policies))


def _statements_of(attachment: Attributes) -> Sequence[Statement]:
    arn: Any = attachment.text("policyArn")
    if not isinstance(arn, Unknown) and not arn:
        return []  # a policy of the same template: see TEXTS
    end = (arn.parts[-1] or "") if isinstance(arn, Unknown) else arn
    _, is_by_aws, path = end.rpartition(BY_AWS)
    name = path.rpartition("/")[2]
    if is_by_aws and path.startswith("aws-service-role/"):
        return []  # the policy of a service-linked role, which only AWS can change
    if not (is_by_aws and name in by_aws()):
        why = arn.why if isinstance(arn, Unknown) else f"the permissions of {end or 'an attached policy'}"
        return [Statement(Unknown(why))]
    return _by_aws(name)


@lru_cache(maxsize=1024)
def _by_aws(name: str) -> Sequence[Statement]:
    """The statements of an AWS managed policy."""
    return [Statement({"Effect": "Allow", **statement}, source=name) for statement in by_aws()[name]]


@cache
def by_aws() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The statements of AWS managed policies by policy name, only those that allow actions on every resource."""
    found: dict[str, list[dict[str, Any]]] = json.loads(MANAGED_POLICIES.read_text(encoding="utf-8"))
    return found


def attachments(identity: TemplateResource, named_in: str) -> dict[str, Any]:
    """The attached policies of a template's identity as IAM lists them, and the documents of those in the template.

    A managed policy can also name its identities, in its property ``named_in``.
    """
    by, kind = "ManagedPolicyArns", "AWS::IAM::ManagedPolicy"
    arns = identity.properties.get(by)
    own = {policy.logical_id: policy for policy in identity.names(kind, by)}
    attached: Any = arns
    if not isinstance(arns, Unknown):
        others = [arn for arn in elements(arns) if getattr(arn, "reference", "") not in own]
        own |= {policy.logical_id: policy for policy in identity.attached(kind, named_in)}
        attached = [{"policyArn": arn} for arn in others] + [{"policyName": name} for name in own]
    texts = [{"Document": policy.properties.get("PolicyDocument")} for policy in own.values()]
    return {"attached": attached, "texts": {"iam": {"GetPolicyVersion": {"PolicyVersion": texts}}}}


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "the policy allows every action on every resource"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    effort="M",
    fix="Allow only the used actions on only the used resources. IAM Access Analyzer can generate such a policy.",
    compliant=[
        {VERSIONS: [{"isDefaultVersion": False, "document": ADMIN}, {"isDefaultVersion": True, "document": READER}]},
        managed(allowing(NotAction=["iam:*", "organizations:*"])),
        inline(),
        attached("PowerUserAccess", "service-role/AWSLambdaBasicExecutionRole"),
        USER,
        GROUP,
        {},
    ],
    non_compliant=[
        managed(ADMIN),
        inline(READER, ADMIN),
        attached("AdministratorAccess"),
        managed(allowing(NotAction="s3:*")),
        managed({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::audit/*"}}),
    ],
)
def iam_policy_no_statements_with_admin_access(identity: ConfigurationItem) -> Verdict:
    """IAM policies do not allow every action on every resource.

    An attacker with one credential of such an identity controls the whole account. A policy that excludes some actions
    but allows the identity to change policies (NotAction) fails as well. The AWS managed rule judges managed policies
    only. This check also judges inline policies.
    """

    def administers(statement: Statement) -> bool:
        every = any_of([statement.covers_every_action, all_of([statement.excepts_actions, writes_policies(statement)])])
        return all_of([statement.allows, every, statement.reaches_everything])

    def writes_policies(statement: Statement) -> bool:
        return statement.covers("iam:CreatePolicyVersion")

    return compliant_if_no_policy(
        identity, administers, "actions allowed on every resource", lambda statement: statement.whole_services
    )


@check(
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::Group",
    "AWS::IAM::User",
    best_practices={
        "SEC03-BP02": "the policy allows data actions on all resources of a type",
        "SEC08-BP04": "access to data at rest is not limited to named resources",
    },
    effort="M",
    same_cause_as="iam-policy-no-statements-with-admin-access",
    fix="Set Resource of each statement to the ARNs of the buckets, tables, keys and secrets.",
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
        attached("AmazonS3ReadOnlyAccess"),
        attached("AWSLambdaSQSQueueExecutionRole", "AmazonS3ReadOnlyAccess"),
    ],
    not_applicable=[attached("AWSLambdaSQSQueueExecutionRole")],
)
def iam_role_data_actions_resource_scoped(identity: ConfigurationItem) -> Verdict:
    """IAM policies limit data actions to named resources.

    A statement can have the resource `*`, or an ARN with a wildcard as the name. An identity can then read or delete
    the data of all workloads in the account. A condition on resource tags is compliant too. Actions that list or
    describe may have the resource `*`. Policies that AWS provides for Lambda event sources and the Systems Manager
    Agent are not judged.
    """

    def reaches_all_data(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_at_large(*DATA_ACTIONS), unbound(statement, NAMING)])

    def offends(statement: Statement) -> bool:
        return False if contains(OF_AN_AGENT, statement.source) else reaches_all_data(statement)

    verdict = compliant_if_no_policy(
        identity,
        offends,
        "data actions on every resource",
        lambda statement: statement.covering_at_large(*DATA_ACTIONS),
    )
    has_agent = any_of(granted(identity), lambda statement: contains(OF_AN_AGENT, statement.source))
    return NOT_APPLICABLE if verdict.compliance == "COMPLIANT" and has_agent else verdict


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "the policy allows all actions of a service"},
    managed_rule="IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    effort="M",
    severity="medium",
    same_cause_as="iam-policy-no-statements-with-admin-access",
    fix="Replace service:* with the used actions. IAM Access Analyzer lists the used actions.",
    compliant=[managed(READER), {}, ROLE, USER, GROUP],
    non_compliant=[
        managed(allowing("s3:GetObject", "dynamodb:*")),
        managed(allowing("*", on="arn:aws:s3:::reports")),
        managed(allowing(NotAction="iam:*")),
        inline(allowing("dynamodb:*")),
        attached("PowerUserAccess"),
        attached("AmazonS3FullAccess"),
    ],
)
def iam_policy_no_statements_with_full_access(identity: ConfigurationItem) -> Verdict:
    """IAM policies do not allow all actions of a service.

    The identity has permissions that the workload does not use, including those that delete data or change policies.
    An Allow statement with `service:*`, `*` or NotAction fails, with any Resource. Managed and inline policies are
    judged.
    """

    def allows_a_service(statement: Statement) -> bool:
        return all_of([statement.allows, statement.covers_a_service])

    otherwise = "all actions of a service are allowed"
    return compliant_if_no_policy(identity, allows_a_service, otherwise, lambda statement: statement.whole_services)


@check(
    *IDENTITIES,
    best_practices={"SEC03-BP02": "the principal can grant itself more permissions"},
    effort="M",
    same_cause_as="iam-policy-no-statements-with-admin-access",
    fix="Set Resource of iam:PassRole, iam:PutRolePolicy, iam:AttachRolePolicy and similar actions to named roles.",
    compliant=[
        managed(allowing("iam:PassRole", on="arn:aws:iam::*:role/pipeline")),
        managed(
            allowing("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
        ),
        managed(allowing("iam:AttachRolePolicy", Condition=within("ReadOnlyAccess"))),
        managed(allowing("iam:GetRole")),
        {},
        ROLE,
        USER,
        GROUP,
    ],
    non_compliant=[
        managed(allowing("iam:PassRole")),
        inline(allowing("iam:Put*")),
        attached("IAMFullAccess", **USER),
        managed(allowing("iam:AttachRolePolicy", Condition=within("AdministratorAccess"))),
        managed(allowing("iam:AttachRolePolicy", Condition=within("ReadOnlyAccess", "IAMFullAccess"))),
        managed(allowing("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}})),
        {**GROUP, INLINES["AWS::IAM::Group"]: [{"policyDocument": ADMIN}]},
        {**USER, INLINES["AWS::IAM::User"]: [{"policyDocument": ADMIN}]},
    ],
)
def iam_policy_privilege_escalation_restricted(identity: ConfigurationItem) -> Verdict:
    """IAM policies do not allow privilege escalation.

    An identity that can pass any role, or change any policy, can grant itself all permissions of the account. These
    actions are compliant on a named resource, or with a condition on the service, the policy or the permissions
    boundary.
    """

    def escalates(statement: Statement) -> bool:
        return all_of(
            [statement.allows, statement.covers_at_large(*ESCALATIONS), none_of(statement.conditions, is_bound)]
        )

    return compliant_if_no_policy(
        identity,
        escalates,
        "escalating actions on every resource",
        lambda statement: statement.covering_at_large(*ESCALATIONS),
    )


@check(
    "AWS::IAM::User",
    "AWS::IAM::Role",
    "AWS::IAM::Group",
    best_practices={"SEC03-BP02": "inline policies are not reviewed with the managed policies"},
    managed_rule="IAM_NO_INLINE_POLICY_CHECK",
    automation="AWSConfigRemediation-ReplaceIAMInlinePolicy",
    effort="M",
    severity="low",
    fix="Replace the inline policies with managed policies.",
    compliant=[ROLE, USER, GROUP, {}],
    non_compliant=[
        {INLINES["AWS::IAM::User"]: [{"policyName": "mine"}]},
        {**ROLE, INLINE: [{"policyName": "ours"}]},
        {**ROLE, INLINE: [{"policyName": "ours"}], TRUST: trusting(AWS="arn:aws:iam::123456789012:root")},
        {
            **ROLE,
            INLINE: [{"policyName": "ours"}],
            TRUST: trusting(Service="lambda.amazonaws.com", AWS="arn:aws:iam::123456789012:root"),
        },
        {**GROUP, INLINES["AWS::IAM::Group"]: [{"policyName": "theirs"}]},
    ],
    not_applicable=[{**ROLE, INLINE: [{"policyName": "ours"}], TRUST: trusting(Service="lambda.amazonaws.com")}],
)
def iam_no_inline_policy_check(identity: ConfigurationItem) -> Verdict:
    """IAM identities have no inline policies (except roles that only AWS services assume).

    Inline policies have no versions, do not appear in the list of policies, and have to be changed for each identity.
    An inline policy of a role that only AWS services assume is not judged, because it belongs to that role only. The
    AWS managed rule fails these roles too.
    """
    policies = identity.texts(f"{INLINES[identity.resource_type]}.policyName")
    inline = identity.has(INLINES[identity.resource_type])
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-choosing-managed-or-inline.html
    if identity.resource_type == "AWS::IAM::Role" and all_of([inline, is_service_role(identity)]):
        return NOT_APPLICABLE
    return compliant_if(none_of([inline]), otherwise=f"inline policies: {listed(policies) or 'unnamed'}")


def is_service_role(identity: ConfigurationItem) -> bool:
    """Whether only AWS services can assume a role."""
    trusts = identity.statements(TRUST)

    def admits_services(statement: Statement) -> bool:
        services = all_of(statement.principals, lambda principal: principal.endswith(SERVICE_DOMAINS))
        return all_of([services, len(statement.principals) > 0, len(statement.identity_providers) == 0])

    return all_of([len(trusts) > 0, all_of(trusts, admits_services)])


def is_bound(condition: Condition) -> bool:
    """Whether a condition limits the permissions. A policy that grants every permission is no limit."""
    unlimited = any_of(condition.values, lambda value: value.endswith(UNLIMITED))
    return all_of([condition.names(*BOUNDING), none_of([unlimited])])


def unbound(statement: Statement, keys: Sequence[str]) -> bool:
    """Whether no condition of a statement names a value of one of these keys."""
    return none_of(statement.conditions, lambda condition: condition.names(*keys))
