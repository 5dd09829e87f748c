"""Templates of cognito_userpool."""

from tests.rules.checks.templates import Case, other

CASES: list[Case] = [
    ("cognito-user-pool-mfa-enabled", "COMPLIANT", {"MfaConfiguration": "ON"}, {}),
    ("cognito-user-pool-mfa-enabled", "COMPLIANT", {"MfaConfiguration": True}, {}),
    ("cognito-user-pool-mfa-enabled", "NON_COMPLIANT", {"MfaConfiguration": "OPTIONAL"}, {}),
    ("cognito-user-pool-mfa-enabled", "NON_COMPLIANT", {"MfaConfiguration": False}, {}),
    (
        "cognito-user-pool-groups-defined",
        "COMPLIANT",
        {},
        {"Admins": other("AWS::Cognito::UserPoolGroup", UserPoolId={"Ref": "Main"}, GroupName="Admin")},
    ),
    ("cognito-user-pool-groups-defined", "NOT_APPLICABLE", {}, {}),
    ("cognito-user-pool-password-policy-check", "COMPLIANT", {}, {}),
    ("cognito-user-pool-password-policy-check", "COMPLIANT", {"Policies": {"SignInPolicy": {}}}, {}),
    (
        "cognito-user-pool-password-policy-check",
        "NON_COMPLIANT",
        {"Policies": {"PasswordPolicy": {"MinimumLength": 12}}},
        {},
    ),
]
