"""What identity policies grant, wherever IAM keeps them."""

from collections.abc import Iterator

from pillarwatch import ConfigurationItem, Statement, Verdict, all_of, check, compliant_if, none_of

INLINE = "configuration.rolePolicyList"
VERSIONS = "configuration.policyVersionList"
ADMIN = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
SERVICE = {"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "dynamodb:*"], "Resource": "*"}}
READER = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def granted(identity: ConfigurationItem) -> Iterator[Statement]:
    """The statements in force: of a managed policy its default version's, of a role its inline policies'."""
    if identity.resource_type == "AWS::IAM::Role":
        for policy in identity.objects(INLINE):
            yield from policy.statements("policyDocument")
    else:
        for version in identity.objects(VERSIONS):
            if version.flag("isDefaultVersion"):
                yield from version.statements("document")


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
        {"resourceType": "AWS::IAM::Role"},
    ],
    non_compliant=[
        {VERSIONS: [{"isDefaultVersion": True, "document": ADMIN}]},
        {"resourceType": "AWS::IAM::Role", INLINE: [{"policyDocument": ADMIN}]},
    ],
)
def iam_policy_no_statements_with_admin_access(identity: ConfigurationItem) -> Verdict:
    """No policy of the account allows every action on every resource.

    AWS's own rule judges managed policies only; what most templates write are a role's inline policies, so we judge
    these as well.
    """

    def administers(statement: Statement) -> bool:
        return all_of([statement.allows, statement.acts_on("*", "*:*"), statement.reaches_everything])

    return compliant_if(none_of(map(administers, granted(identity))), otherwise="a statement allows * on *")
