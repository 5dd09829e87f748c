"""Cognito user pools: CloudFormation's shape."""

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
from pillarwatch.lift import TemplateResource, by_default, worded

ADMIN_ONLY = "configuration.AdminCreateUserConfig.AllowAdminCreateUserOnly"
MFA = "configuration.MfaConfiguration"
PASSWORD = "configuration.Policies.PasswordPolicy"  # noqa: S105 - the name of a policy
PRE_SIGN_UP = "configuration.LambdaConfig.PreSignUp"

FACTORS = "configuration.Policies.SignInPolicy.AllowedFirstAuthFactors"

STRONG = dict.fromkeys(("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), True)


THREATS = "configuration.UserPoolAddOns.AdvancedSecurityMode"


GROUPS = "supplementaryConfiguration.cognito-idp.ListGroups.Groups"


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "users sign in with a password only"},
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

    OPTIONAL leaves it to the user, which is why it fails; set `accepted_mode` to OPTIONAL where that is decided. As
    AWS's own rule reads it, it is asked of pools that know passwords only: those that take a passkey or a one-time
    code as the first factor cannot require a second.
    """
    if any_of(pool.texts(FACTORS), lambda factor: factor != "PASSWORD"):
        return NOT_APPLICABLE
    mode = pool.text(MFA, "OFF")
    return compliant_if(any_of([mode == "ON", mode == accepted_mode]), otherwise=f"MFA is {mode}")


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "weak passwords are accepted"},
    managed_rule="COGNITO_USER_POOL_PASSWORD_POLICY_CHECK",
    effort="S",
    severity="medium",
    fix="Ask for passwords of all four kinds of characters, the longer the better; let temporary ones end in a week.",
    compliant=[
        {PASSWORD: {"MinimumLength": 8, **STRONG}},
        {PASSWORD: STRONG},
        {PASSWORD: {**STRONG, "RequireSymbols": False}, "parameters.require_symbols": False},
        {PASSWORD: {"MinimumLength": 12, **STRONG}, "parameters.min_length": 12},
    ],
    non_compliant=[
        {PASSWORD: {"MinimumLength": 7, **STRONG}},
        {PASSWORD: {"MinimumLength": 11, **STRONG}, "parameters.min_length": 12},
        {PASSWORD: {"MinimumLength": 12, **STRONG, "RequireSymbols": False}},
        {PASSWORD: {**STRONG, "TemporaryPasswordValidityDays": 8}},
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

    With the figures of AWS's own rule: eight characters of all four kinds, and temporary passwords that end in a week.
    Where a policy leaves length or validity out, Cognito takes the same.
    """
    asked = {
        "RequireLowercase": require_lowercase,
        "RequireNumbers": require_numbers,
        "RequireSymbols": require_symbols,
        "RequireUppercase": require_uppercase,
    }
    validity = pool.number(f"{PASSWORD}.TemporaryPasswordValidityDays", 7)
    strong = {
        "MinimumLength": pool.number(f"{PASSWORD}.MinimumLength", 8) >= min_length,
        "TemporaryPasswordValidityDays": validity <= temporary_password_validity,
        **{kind: pool.flag(f"{PASSWORD}.{kind}") for kind in asked if asked[kind]},
    }

    def as_set(setting: str) -> str:
        return f"{setting} is {pool.text(f'{PASSWORD}.{setting}', 'not set')}"

    return compliant_if_all(strong, strong.__getitem__, "too weak", named=as_set)


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC03-BP06": "anyone can create an account"},
    effort="S",
    fix="Let only administrators create users, or name a PreSignUp function that admits the known domains.",
    compliant=[{ADMIN_ONLY: True}, {PRE_SIGN_UP: "arn:aws:lambda:eu-west-1:123456789012:function:domains"}],
    non_compliant=[{ADMIN_ONLY: False}, {}],
)
def cognito_self_signup_restricted(pool: ConfigurationItem) -> Verdict:
    """Cognito user pools restrict self-registration.

    Waive it for an application that is meant for everybody.
    """
    restricted = any_of([pool.flag(ADMIN_ONLY), pool.has(PRE_SIGN_UP)])
    return compliant_if(restricted, otherwise="AllowAdminCreateUserOnly is false, and no PreSignUp function is set")


@check(
    "AWS::Cognito::UserPool",
    best_practices={"SEC02-BP01": "sign-ins with a leaked password are not blocked"},
    managed_rule="COGNITO_USER_POOL_ADVANCED_SECURITY_ENABLED",
    effort="S",
    severity="medium",
    fix="Set AdvancedSecurityMode to ENFORCED (threat protection in full-function mode).",
    compliant=[{THREATS: "ENFORCED"}, {THREATS: "AUDIT", "parameters.security_mode": "AUDIT"}],
    non_compliant=[{THREATS: "AUDIT"}, {THREATS: "OFF"}, {}],
)
def cognito_user_pool_advanced_security_enabled(pool: ConfigurationItem, *, security_mode: str = "ENFORCED") -> Verdict:
    """User pools have threat protection enforced.

    As Security Hub asks AWS's own rule, which alone takes AUDIT as well: that only watches.
    """
    mode = pool.text(THREATS, "OFF")
    right = any_of([mode == "ENFORCED", mode == security_mode])
    return compliant_if(right, otherwise=f"AdvancedSecurityMode is {mode} (expected ENFORCED)")


@check(
    "AWS::Cognito::UserPool",
    best_practices={
        "SEC02-BP06": "users are not organized in groups",
        "SEC03-BP01": "access is not defined by group or role",
    },
    effort="S",
    severity="low",
    collector="user-pools",
    fix="Create the groups that the application tells apart, and assign the users.",
    compliant=[{GROUPS: [{"GroupName": "Admin"}]}],
    non_compliant=[{"parameters.required_groups": ["Admin"], GROUPS: []}],
    not_applicable=[{GROUPS: []}],
)
def cognito_user_pool_groups_defined(pool: ConfigurationItem, *, required_groups: Sequence[str] = ()) -> Verdict:
    """User pools have the required groups.

    A group goes into the token, so that the application can decide by it. Whether an application tells groups apart is
    not in the pool, so one without groups fails only where the settings name some.
    """
    names = pool.texts(f"{GROUPS}.GroupName")
    if not required_groups:
        return compliant_if(len(names) > 0, otherwise="no groups", asked=False)
    return compliant_if_all(required_groups, lambda group: contains(names, group), "missing groups")


# A pool that states no password policy has this one; of a policy that is stated, what it leaves out is off.
# https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html (a minimally configured user pool)
BY_DEFAULT = {"MinimumLength": by_default("8"), **dict.fromkeys(STRONG, by_default(True))}


def lift(pool: TemplateResource) -> dict[str, Any]:
    """A user pool with its groups."""
    groups = [group.properties for group in pool.attached("AWS::Cognito::UserPoolGroup", "UserPoolId")]
    properties = dict(pool.properties)
    policies = properties.get("Policies", {})
    if isinstance(policies, dict) and "PasswordPolicy" not in policies:
        properties["Policies"] = {**policies, "PasswordPolicy": BY_DEFAULT}
    if isinstance(properties.get("MfaConfiguration"), bool):  # as YAML reads ON and OFF without quotes
        properties["MfaConfiguration"] = worded(properties["MfaConfiguration"], "ON", "OFF")
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"cognito-idp": {"ListGroups": {"Groups": groups}}},
    }
