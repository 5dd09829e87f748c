"""Templates of cognito_userpool."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("cognito-user-pool-mfa-enabled", "COMPLIANT", {"MfaConfiguration": "ON"}, {}),
    ("cognito-user-pool-mfa-enabled", "NON_COMPLIANT", {"MfaConfiguration": "OPTIONAL"}, {}),
]
