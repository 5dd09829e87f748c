"""Checks of the root user, the password policy and the alternate contacts of the account."""

from collections.abc import Mapping, Sequence

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
)

CONTACTS = "configuration.account.GetAlternateContact"
PASSWORDS = "configuration.iam.GetAccountPasswordPolicy.PasswordPolicy"
SUMMARY = "configuration.iam.GetAccountSummary.SummaryMap"
PASSWORD = f"{SUMMARY}.AccountPasswordPresent"
ROOT = "configuration.iam.GetCredentialReport.Content"
ROOT_KEYS = f"{SUMMARY}.AccountAccessKeysPresent"

CLASSES = (
    "RequireLowercaseCharacters",
    "RequireNumbers",
    "RequireSymbols",
    "RequireUppercaseCharacters",
)


def contact(kind: str) -> dict[str, object]:
    """An example of an alternate contact as GetAlternateContact returns it."""
    return {"AlternateContact": {"AlternateContactType": kind, "EmailAddress": f"{kind.lower()}@example.com"}}


def root(uses: Mapping[str, str]) -> dict[str, object]:
    """An example of the root user's row in the credential report."""
    return {ROOT: {"user": "<root_account>", **uses}}


STRONG = dict.fromkeys(CLASSES, True)


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP02": "the root user is protected by a password only",
        "SEC02-BP01": "the root user signs in without MFA",
    },
    managed_rule="ROOT_ACCOUNT_MFA_ENABLED",
    effort="S",
    severity="critical",
    collector="account-identity",
    fix="Register a hardware key or passkey as MFA device of the root user, or remove its credentials centrally.",
    compliant=[{f"{SUMMARY}.AccountMFAEnabled": 1}, {PASSWORD: 0}],
    non_compliant=[{f"{SUMMARY}.AccountMFAEnabled": 0}, {SUMMARY: {}}],
)
def root_account_mfa_enabled(account: ConfigurationItem) -> Verdict:
    """The root user has MFA enabled or has no password.

    Without MFA, an attacker with the password controls the whole account. Policies cannot restrict the root user of an
    account outside an organization.
    """
    protected = [account.number(f"{SUMMARY}.AccountMFAEnabled") > 0, account.number(PASSWORD, 1) == 0]
    return compliant_if(any_of(protected), otherwise="AccountMFAEnabled is 0 and the root user has a password")


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP02": "the root user has access keys",
        "SEC02-BP02": "the root user has a long-term credential",
    },
    managed_rule="IAM_ROOT_ACCESS_KEY_CHECK",
    effort="S",
    severity="critical",
    collector="account-identity",
    fix="Delete the access keys of the root user. Applications that use them need an IAM role first.",
    compliant=[{ROOT_KEYS: 0}],
    non_compliant=[{ROOT_KEYS: 1}, {SUMMARY: {}}],
)
def iam_root_access_key_check(account: ConfigurationItem) -> Verdict:
    """The root user has no access keys.

    A leaked access key of the root user gives an attacker all permissions of the account.
    """
    present = account.text(ROOT_KEYS, "not reported")
    return compliant_if(account.number(ROOT_KEYS, 1) == 0, f"AccountAccessKeysPresent is {present} (expected 0)")


@check(
    ACCOUNT,
    best_practices={"SEC01-BP02": "the root user is used for regular work"},
    effort="M",
    severity="medium",
    collector="account-identity",
    fix="Use IAM roles through IAM Identity Center. Use the root user only for tasks that require it.",
    compliant=[root({"password_last_used": "2025-10-17T12:00:00+00:00"}), root({})],
    non_compliant=[
        root({"password_last_used": "2025-10-17T12:01:00+00:00"}),
        root({"access_key_2_last_used_date": "2026-01-14T00:00:00+00:00"}),
    ],
    not_applicable=[{ROOT: None}],
)
def root_user_not_used_recently(account: ConfigurationItem, *, days: int = 90) -> Verdict:
    """The root user was not used within 90 days.

    Regular work as the root user has no limit on permissions and cannot be attributed to a person. Waive the check
    after a task that requires the root user.
    """
    if not account.has(f"{ROOT}.user"):
        return NOT_APPLICABLE  # the credential report has no row of the root user
    return compliant_if_none(
        {
            "password": "password_last_used",
            **{f"access key {n}": f"access_key_{n}_last_used_date" for n in (1, 2)},
        }.items(),
        lambda use: account.days_since(f"{ROOT}.{use[1]}", default=days) < days,
        f"credentials of the root user were used within {days} days",
        named=lambda use: use[0],
    )


@check(
    ACCOUNT,
    best_practices={"SEC02-BP01": "IAM users can choose weak passwords"},
    managed_rule="IAM_PASSWORD_POLICY",
    automation="AWSConfigRemediation-SetIAMPasswordPolicy",
    effort="S",
    severity="medium",
    collector="account-identity",
    fix="Set a password policy with MinimumPasswordLength 14, all four character types and PasswordReusePrevention 24.",
    compliant=[{PASSWORDS: {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24, **STRONG}}],
    non_compliant=[
        {PASSWORDS: {"MinimumPasswordLength": 13, "PasswordReusePrevention": 24, **STRONG}},
        {PASSWORDS: {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24}},
        {PASSWORDS: None},
    ],
)
def iam_password_policy(
    account: ConfigurationItem, *, minimum_password_length: int = 14, password_reuse_prevention: int = 24
) -> Verdict:
    """The account has a strong IAM password policy.

    Without this policy, IAM users can choose short passwords that an attacker can guess, and use old passwords again.
    """
    strong = {
        "MinimumPasswordLength": account.number(f"{PASSWORDS}.MinimumPasswordLength") >= minimum_password_length,
        "PasswordReusePrevention": account.number(f"{PASSWORDS}.PasswordReusePrevention") >= password_reuse_prevention,
        **{kind: account.flag(f"{PASSWORDS}.{kind}") for kind in CLASSES},
    }

    def as_set(setting: str) -> str:
        return f"{setting} is {account.text(f'{PASSWORDS}.{setting}', 'not set')}"

    return compliant_if_all(strong, strong.__getitem__, "the password policy is too weak", named=as_set)


@check(
    ACCOUNT,
    best_practices={
        "SEC10-BP01": "AWS has no security contact for incidents",
        "SEC01-BP02": "no security contact is recorded for the account",
        "OPS02-BP01": "no owner of the account's security is recorded",
    },
    managed_rule="SECURITY_ACCOUNT_INFORMATION_PROVIDED",
    effort="S",
    severity="medium",
    collector="account-identity",
    fix="Set the alternate contact of type SECURITY, preferably to a mailing list.",
    compliant=[{CONTACTS: [None, contact("SECURITY")]}],
    non_compliant=[{CONTACTS: [contact("BILLING")]}, {CONTACTS: []}],
)
def security_account_information_provided(account: ConfigurationItem) -> Verdict:
    """The account has an alternate contact for security.

    Without a security contact, AWS sends security notices only to the email address of the root user.
    """
    otherwise = "the alternate contact SECURITY is not set (expected an email address)"
    return compliant_if(contains(contacts_of(account), "SECURITY"), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "OPS02-BP01": "no owners of operations and billing are recorded",
        "OPS10-BP04": "notices from AWS do not reach the responsible team",
    },
    effort="S",
    severity="low",
    collector="account-identity",
    fix="Set the alternate contacts of type OPERATIONS and BILLING, preferably to mailing lists.",
    compliant=[{CONTACTS: [contact("BILLING"), contact("OPERATIONS")]}],
    non_compliant=[{CONTACTS: [contact("BILLING"), contact("SECURITY")]}, {CONTACTS: []}],
)
def account_operations_billing_contact_provided(account: ConfigurationItem) -> Verdict:
    """The account has alternate contacts for operations and billing.

    Without these contacts, AWS sends its notices only to the email address of the root user.
    """
    known = contacts_of(account)
    otherwise = "alternate contacts are not set"
    return compliant_if_all(("OPERATIONS", "BILLING"), lambda kind: contains(known, kind), otherwise)


def contacts_of(account: ConfigurationItem) -> Sequence[str]:
    """The types of the alternate contacts that are set."""
    return account.texts(f"{CONTACTS}.AlternateContact.AlternateContactType")
