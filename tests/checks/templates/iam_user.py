"""Templates of iam_user."""

from tests.checks.templates import Case, other

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}
JUDGED = (
    "iam-policy-no-statements-with-admin-access",
    "iam-policy-no-statements-with-full-access",
    "iam-policy-privilege-escalation-restricted",
    "iam-role-data-actions-resource-scoped",
)

CASES: list[Case] = [
    (
        "iam-policy-no-statements-with-admin-access",
        "NON_COMPLIANT",
        {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
        {},
    ),
    (
        "iam-policy-privilege-escalation-restricted",
        "INSUFFICIENT_DATA",
        {"ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/ours"]},
        {},
    ),
    (
        "iam-policy-no-statements-with-admin-access",
        "NON_COMPLIANT",
        {},
        {
            "Own": other(
                "AWS::IAM::ManagedPolicy",
                Users=[{"Ref": "Main"}],
                PolicyDocument={"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
            )
        },
    ),
    *((check, "COMPLIANT", {"Policies": [{"PolicyDocument": READ_ONE}]}, {}) for check in JUDGED),
    *((check, "NON_COMPLIANT", {"Policies": [{"PolicyDocument": ADMIN}]}, {}) for check in JUDGED),
    ("iam-no-inline-policy-check", "COMPLIANT", {}, {}),
    (
        "iam-no-inline-policy-check",
        "NON_COMPLIANT",
        {},
        {"More": other("AWS::IAM::Policy", Users=[{"Ref": "Main"}], PolicyName="more", PolicyDocument=READ_ONE)},
    ),
    ("iam-user-group-membership-check", "COMPLIANT", {"Groups": ["operators"]}, {}),
    (
        "iam-user-group-membership-check",
        "COMPLIANT",
        {},
        {"In": other("AWS::IAM::UserToGroupAddition", GroupName="operators", Users=[{"Ref": "Main"}])},
    ),
    (
        "iam-user-no-policies-check",
        "NON_COMPLIANT",
        {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        {},
    ),
    ("iam-user-no-policies-check", "COMPLIANT", {}, {}),
]
