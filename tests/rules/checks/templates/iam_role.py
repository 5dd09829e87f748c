"""Templates of iam_role."""

from tests.rules.checks.templates import Case, other

READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}

READ_ALL = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

SERVICE = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
ANYBODY = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}

COGNITO, GITHUB = "cognito-identity.amazonaws.com", "token.actions.githubusercontent.com"
OIDC = "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider"
POOL = {"Pool": other("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False)}


def federated(provider: object, claims: object) -> dict[str, object]:
    return {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringLike": claims},
        }
    }


BY_AWS = "arn:${AWS::Partition}:iam::aws:policy"
WHOLE, ANY, RISE = (
    "iam-policy-no-statements-with-admin-access",
    "iam-policy-no-statements-with-full-access",
    "iam-policy-privilege-escalation-restricted",
)


def attached(*arns: object) -> dict[str, object]:
    return {"ManagedPolicyArns": [*arns]}


def policy(**properties: object) -> dict[str, object]:
    return {"Own": other("AWS::IAM::ManagedPolicy", **properties)}


CASES: list[Case] = [
    # Attached policies: those of AWS by name, those of the template by their text, others are unknown.
    (WHOLE, "NON_COMPLIANT", attached("arn:aws:iam::aws:policy/AdministratorAccess"), {}),
    (WHOLE, "NON_COMPLIANT", attached({"Fn::Sub": f"{BY_AWS}/AdministratorAccess"}), {}),
    (WHOLE, "COMPLIANT", attached({"Fn::Sub": f"{BY_AWS}/PowerUserAccess"}), {}),
    (ANY, "NON_COMPLIANT", attached({"Fn::Sub": f"{BY_AWS}/PowerUserAccess"}), {}),
    (RISE, "NON_COMPLIANT", attached({"Fn::Sub": f"{BY_AWS}/IAMFullAccess"}), {}),
    (RISE, "COMPLIANT", attached({"Fn::Sub": f"{BY_AWS}/service-role/AWSLambdaBasicExecutionRole"}), {}),
    (WHOLE, "COMPLIANT", attached("arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"), {}),
    (WHOLE, "INSUFFICIENT_DATA", attached("arn:aws:iam::aws:policy/NewerThanOurList"), {}),
    (WHOLE, "INSUFFICIENT_DATA", attached("arn:aws:iam::123456789012:policy/ours"), {}),
    (WHOLE, "INSUFFICIENT_DATA", attached({"Fn::ImportValue": "policy"}), {}),
    (WHOLE, "INSUFFICIENT_DATA", {"ManagedPolicyArns": {"Fn::ImportValue": "policies"}}, {}),
    (WHOLE, "NON_COMPLIANT", attached({"Fn::ImportValue": "p"}, "arn:aws:iam::aws:policy/AdministratorAccess"), {}),
    (WHOLE, "NON_COMPLIANT", attached({"Ref": "Own"}), policy(PolicyDocument=ADMIN)),
    (WHOLE, "COMPLIANT", attached({"Ref": "Own"}), policy(PolicyDocument=READ_ONE)),
    (WHOLE, "NON_COMPLIANT", {}, policy(Roles=[{"Ref": "Main"}], PolicyDocument=ADMIN)),
    ("iam-role-data-actions-resource-scoped", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}),
    (
        "iam-role-data-actions-resource-scoped",
        "NON_COMPLIANT",
        {},
        {"More": other("AWS::IAM::Policy", Roles=[{"Ref": "Main"}], PolicyDocument=READ_ALL)},
    ),
    ("iam-policy-no-statements-with-admin-access", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}),
    ("iam-policy-no-statements-with-admin-access", "NON_COMPLIANT", {"Policies": [{"PolicyDocument": ADMIN}]}, {}),
    ("iam-policy-no-statements-with-full-access", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ALL}]}, {}),
    ("iam-policy-no-statements-with-full-access", "NON_COMPLIANT", {"Policies": [{"PolicyDocument": ADMIN}]}, {}),
    ("iam-policy-privilege-escalation-restricted", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ALL}]}, {}),
    ("iam-policy-privilege-escalation-restricted", "NON_COMPLIANT", {"Policies": [{"PolicyDocument": ADMIN}]}, {}),
    ("iam-no-inline-policy-check", "COMPLIANT", {}, {}),
    (
        "iam-no-inline-policy-check",
        "NON_COMPLIANT",
        {"Policies": [{"PolicyName": "p", "PolicyDocument": READ_ALL}]},
        {},
    ),
    *(
        (
            "iam-no-inline-policy-check",
            verdict,
            {"AssumeRolePolicyDocument": trust, "Policies": [{"PolicyName": "p", "PolicyDocument": READ_ALL}]},
            {},
        )
        for verdict, trust in (("NOT_APPLICABLE", SERVICE), ("NON_COMPLIANT", ANYBODY))
    ),
    ("iam-role-trust-policy-restricted", "COMPLIANT", {"AssumeRolePolicyDocument": SERVICE}, {}),
    ("iam-role-trust-policy-restricted", "NON_COMPLIANT", {"AssumeRolePolicyDocument": ANYBODY}, {}),
    *(
        ("iam-role-trust-policy-restricted", verdict, {"AssumeRolePolicyDocument": federated(provider, claim)}, others)
        for verdict, provider, claim, others in (
            ("COMPLIANT", COGNITO, {f"{COGNITO}:aud": {"Ref": "Pool"}}, POOL),
            ("NON_COMPLIANT", COGNITO, {f"{COGNITO}:amr": "authenticated"}, POOL),
            (
                "COMPLIANT",
                {"Fn::Sub": f"{OIDC}/{GITHUB}"},
                {f"{GITHUB}:sub": {"Fn::Sub": "repo:org/app:*"}},
                {},
            ),
            ("NON_COMPLIANT", {"Fn::Sub": f"{OIDC}/{GITHUB}"}, {f"{GITHUB}:aud": "sts.amazonaws.com"}, {}),
            ("COMPLIANT", {"Fn::Sub": f"{OIDC}/oidc.example.com"}, {}, {}),
        )
    ),
]
