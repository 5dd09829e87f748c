"""Templates of iam_policy."""

from tests.checks.templates import Case

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

READ_ALL = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}

CASES: list[Case] = [
    ("iam-policy-no-statements-with-admin-access", "NON_COMPLIANT", {"PolicyDocument": ADMIN}, {}),
    ("iam-policy-no-statements-with-admin-access", "COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
]
