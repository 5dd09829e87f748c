"""Templates of iam_user."""

from tests.rules.checks.templates import Case, other
from tests.rules.checks.templates._identities import identity_cases

CASES: list[Case] = [
    *identity_cases("Users"),
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
