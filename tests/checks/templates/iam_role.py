"""Templates of iam_role."""

from tests.checks.templates import Case, other

READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}

READ_ALL = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

CASES: list[Case] = [
    ("iam-role-data-actions-resource-scoped", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}),
    (
        "iam-role-data-actions-resource-scoped",
        "NON_COMPLIANT",
        {},
        {"More": other("AWS::IAM::Policy", Roles=[{"Ref": "Main"}], PolicyDocument=READ_ALL)},
    ),
    ("iam-policy-no-statements-with-admin-access", "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}),
    ("iam-policy-no-statements-with-admin-access", "NON_COMPLIANT", {"Policies": [{"PolicyDocument": ADMIN}]}, {}),
]
