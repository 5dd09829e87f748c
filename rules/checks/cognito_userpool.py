"""Cognito user pools; their configuration items use the property names of CloudFormation."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    COMPLIANT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
)
from pillarwatch.template_resource import TemplateResource, by_default, worded

ADMIN_ONLY = "configuration.AdminCreateUserConfig.AllowAdminCreateUserOnly"
MFA = "configuration.MfaConfiguration"
PASSWORD = "configuration.Policies.PasswordPolicy"  # noqa: S105 - the name of a policy
PRE_SIGN_UP = "configuration.LambdaConfig.PreSignUp"

FACTORS = "configuration.Policies.SignInPolicy.AllowedFirstAuthFactors"

ALL_CHARACTER_TYPES = dict.fromkeys(("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), True)


THREAT_PROTECTION = "configuration.UserPoolAddOns.AdvancedSecurityMode"


GROUPS = "supplementaryConfiguration.cognito-idp.ListGroups.Groups"


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "users can sign in with only a password"},
    managed_rule="COGNITO_USER_POOL_MFA_ENABLED",
    effort="S",
    severity="medium",
    fix="Set MfaConfiguration to ON, with an authenticator app as the second factor.",
    compliant=[{MFA: "ON"}],
    non_compliant=[{MFA: "OPTIONAL"}, {MFA: "OFF"}, {FACTORS: ["PASSWORD"]}, {}],
    not_applicable=[{MFA: "OPTIONAL", FACTORS: ["PASSWORD", "WEB_AUTHN"]}],
)
def cognito_user_pool_mfa_enabled(pool: ConfigurationItem, *, accepted_mode: str = "ON") -> Verdict:
    """Cognito user pools require multi-factor authentication (MFA).

    Without MFA, a stolen password is enough to sign in. OPTIONAL fails, because each user decides. To accept OPTIONAL,
    set the parameter `accepted_mode` to OPTIONAL. The check does not apply to user pools that accept passkeys or
    one-time passwords as the first factor. AWS's managed rule has the same exception.
    """
    if any_of(pool.texts(FACTORS), lambda factor: factor != "PASSWORD"):
        return NOT_APPLICABLE
    mode = pool.text(MFA, "OFF")
    return compliant_if(any_of([mode == "ON", mode == accepted_mode]), f"MfaConfiguration is {mode} (expected ON)")


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "the user pool accepts weak passwords"},
    managed_rule="COGNITO_USER_POOL_PASSWORD_POLICY_CHECK",
    effort="S",
    severity="medium",
    fix="Require 8 or more characters of all four types, and set TemporaryPasswordValidityDays to 7 or less.",
    compliant=[
        {PASSWORD: {"MinimumLength": 8, **ALL_CHARACTER_TYPES}},
        {PASSWORD: ALL_CHARACTER_TYPES},
        {PASSWORD: {**ALL_CHARACTER_TYPES, "RequireSymbols": False}, "parameters.require_symbols": False},
        {PASSWORD: {"MinimumLength": 12, **ALL_CHARACTER_TYPES}, "parameters.min_length": 12},
    ],
    non_compliant=[
        {PASSWORD: {"MinimumLength": 7, **ALL_CHARACTER_TYPES}},
        {PASSWORD: {"MinimumLength": 11, **ALL_CHARACTER_TYPES}, "parameters.min_length": 12},
        {PASSWORD: {"MinimumLength": 12, **ALL_CHARACTER_TYPES, "RequireSymbols": False}},
        {PASSWORD: {**ALL_CHARACTER_TYPES, "TemporaryPasswordValidityDays": 8}},
        {},
    ],
)
def cognito_user_pool_password_policy_check(
    pool: ConfigurationItem,
    *,
    min_length: int = 8,
    require_lowercase: bool = True,
    require_numbers: bool = True,
    require_symbols: bool = True,
    require_uppercase: bool = True,
    temporary_password_validity: int = 7,
) -> Verdict:
    """Cognito user pools have a strong password policy.

    Attackers can guess weak passwords. The limits are those of AWS's managed rule: eight characters of all four types,
    and temporary passwords that expire within 7 days. Cognito uses the same length and validity if they are not set.
    """
    required = {
        "RequireLowercase": require_lowercase,
        "RequireNumbers": require_numbers,
        "RequireSymbols": require_symbols,
        "RequireUppercase": require_uppercase,
    }
    validity = pool.number(f"{PASSWORD}.TemporaryPasswordValidityDays", 7)
    strong = {
        "MinimumLength": pool.number(f"{PASSWORD}.MinimumLength", 8) >= min_length,
        "TemporaryPasswordValidityDays": validity <= temporary_password_validity,
        **{kind: pool.flag(f"{PASSWORD}.{kind}") for kind in required if required[kind]},
    }

    def value_of(setting: str) -> str:
        return f"{setting} is {pool.text(f'{PASSWORD}.{setting}', 'not set')}"

    return compliant_if_all(strong, strong.__getitem__, "password policy is too weak", named=value_of)


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC03-BP06": "anybody on the internet can create an account"},
    effort="S",
    fix="Set AllowAdminCreateUserOnly to true, or LambdaConfig.PreSignUp to a function that accepts known domains.",
    compliant=[{ADMIN_ONLY: True}, {PRE_SIGN_UP: "arn:aws:lambda:eu-west-1:123456789012:function:domains"}],
    non_compliant=[{ADMIN_ONLY: False}, {}],
)
def cognito_self_signup_restricted(pool: ConfigurationItem) -> Verdict:
    """Cognito user pools restrict self-registration.

    With open self-registration, anybody can become a user of the application. Waive this check for a public
    application.
    """
    restricted = any_of([pool.flag(ADMIN_ONLY), pool.has(PRE_SIGN_UP)])
    return compliant_if(
        restricted, "AllowAdminCreateUserOnly is false, and PreSignUp is not set (expected one of both)"
    )


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "sign-ins with a leaked password are not blocked"},
    managed_rule="COGNITO_USER_POOL_ADVANCED_SECURITY_ENABLED",
    effort="S",
    severity="medium",
    fix="Set UserPoolAddOns.AdvancedSecurityMode to ENFORCED. It needs the Plus feature plan, which costs more.",
    compliant=[{THREAT_PROTECTION: "ENFORCED"}, {THREAT_PROTECTION: "AUDIT", "parameters.security_mode": "AUDIT"}],
    non_compliant=[{THREAT_PROTECTION: "AUDIT"}, {THREAT_PROTECTION: "OFF"}, {}],
)
def cognito_user_pool_advanced_security_enabled(pool: ConfigurationItem, *, security_mode: str = "ENFORCED") -> Verdict:
    """Cognito user pools have threat protection enforced.

    Without enforcement, sign-ins with leaked passwords are not blocked. The mode AUDIT only records risks. It fails
    unless the parameter `security_mode` is AUDIT. Security Hub has the same rule.
    """
    mode = pool.text(THREAT_PROTECTION, "OFF")
    is_accepted = any_of([mode == "ENFORCED", mode == security_mode])
    return compliant_if(is_accepted, otherwise=f"AdvancedSecurityMode is {mode} (expected ENFORCED)")


@check(
    "AWS::Cognito::UserPool",
    best_practices={
        "SEC02-BP06": "users are not organized in groups",
        "SEC03-BP01": "access is not defined by group or role",
    },
    effort="S",
    severity="low",
    collector="user-pools",
    fix="Create the required groups, and assign the users to them.",
    compliant=[{GROUPS: [{"GroupName": "Admin"}]}],
    non_compliant=[{"parameters.required_groups": ["Admin"], GROUPS: []}],
    not_applicable=[{GROUPS: []}],
)
def cognito_user_pool_groups_defined(pool: ConfigurationItem, *, required_groups: Sequence[str] = ()) -> Verdict:
    """Cognito user pools have the required groups.

    Without groups in the token, an application cannot grant access by group. Not every application needs
    groups, so a pool can fail only if the parameter `required_groups` names some.
    """
    names = pool.texts(f"{GROUPS}.GroupName")
    if not required_groups:
        return compliant_if(len(names) > 0, otherwise="no groups", required=False)
    return compliant_if_all(required_groups, lambda group: contains(names, group), "required groups are missing")


# The password policy of a pool that sets none. In a policy that is set, requirements that it omits are off.
# https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html (a minimally configured user pool)
BY_DEFAULT = {"MinimumLength": by_default("8"), **dict.fromkeys(ALL_CHARACTER_TYPES, by_default(True))}


def to_configuration_item(pool: TemplateResource) -> dict[str, Any]:
    """The configuration item of a user pool, with its groups."""
    groups = [group.properties for group in pool.attached("AWS::Cognito::UserPoolGroup", "UserPoolId")]
    properties = dict(pool.properties)
    policies = properties.get("Policies", {})
    if isinstance(policies, dict) and "PasswordPolicy" not in policies:
        properties["Policies"] = {**policies, "PasswordPolicy": BY_DEFAULT}
    if isinstance(properties.get("MfaConfiguration"), bool):  # YAML reads ON and OFF without quotes as booleans
        properties["MfaConfiguration"] = worded(properties["MfaConfiguration"], "ON", "OFF")
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"cognito-idp": {"ListGroups": {"Groups": groups}}},
    }
