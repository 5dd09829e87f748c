"""Templates of iam_policy."""

from tests.rules.checks.templates import Case

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

READ_ALL = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}

READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}

CASES: list[Case] = [
    ("iam-policy-no-statements-with-admin-access", "NON_COMPLIANT", {"PolicyDocument": ADMIN}, {}),
    ("iam-policy-no-statements-with-admin-access", "COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
    ("iam-policy-no-statements-with-full-access", "COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
    ("iam-policy-no-statements-with-full-access", "NON_COMPLIANT", {"PolicyDocument": ADMIN}, {}),
    ("iam-role-data-actions-resource-scoped", "COMPLIANT", {"PolicyDocument": READ_ONE}, {}),
    ("iam-role-data-actions-resource-scoped", "NON_COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
    ("iam-policy-privilege-escalation-restricted", "COMPLIANT", {"PolicyDocument": READ_ALL}, {}),
    ("iam-policy-privilege-escalation-restricted", "NON_COMPLIANT", {"PolicyDocument": ADMIN}, {}),
]
