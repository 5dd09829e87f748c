"""Cases of an IAM group and a user alike: what their policies allow."""

from __future__ import annotations

from tests.rules.checks.templates import Case, other

ADMIN = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_ONE = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}
JUDGED = (
    "iam-policy-no-statements-with-admin-access",
    "iam-policy-no-statements-with-full-access",
    "iam-policy-privilege-escalation-restricted",
    "iam-role-data-actions-resource-scoped",
)


def identity_cases(named_in: str) -> list[Case]:
    """The cases of the identity `Main`, which policies of the template name in their property ``named_in``."""
    named = {named_in: [{"Ref": "Main"}]}
    return [
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
                    **named,
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
            {"More": other("AWS::IAM::Policy", **named, PolicyName="more", PolicyDocument=READ_ONE)},
        ),
    ]
