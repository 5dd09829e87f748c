"""Who may act for the account, and how they prove it."""

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
    """An example of an answer about one alternate contact."""
    return {"AlternateContact": {"AlternateContactType": kind, "EmailAddress": f"{kind.lower()}@example.com"}}


def root(uses: Mapping[str, str]) -> dict[str, object]:
    """An example of the root user's row in the credential report."""
    return {ROOT: {"user": "<root_account>", **uses}}


STRONG = dict.fromkeys(CLASSES, True)


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP02": "a password alone opens the most powerful user",
        "SEC02-BP01": "the root user signs in without a second factor",
    },
    managed_rule="ROOT_ACCOUNT_MFA_ENABLED",
    effort="S",
    severity="critical",
    collector="account-identity",
    fix="Register a hardware or passkey MFA device for the root user, or remove its credentials centrally.",
    compliant=[{f"{SUMMARY}.AccountMFAEnabled": 1}, {PASSWORD: 0}],
    non_compliant=[{f"{SUMMARY}.AccountMFAEnabled": 0}, {SUMMARY: {}}],
)
def root_account_mfa_enabled(account: ConfigurationItem) -> Verdict:
    """The root user signs in with a second factor, or has no password at all.

    No policy can restrict the root user of a standalone account.
    """
    protected = [account.number(f"{SUMMARY}.AccountMFAEnabled") > 0, account.number(PASSWORD, 1) == 0]
    return compliant_if(any_of(protected), otherwise="the root user has a password and no MFA device")


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP02": "the most powerful user has a key that can leak",
        "SEC02-BP02": "root uses a long-term credential",
    },
    managed_rule="IAM_ROOT_ACCESS_KEY_CHECK",
    effort="S",
    severity="critical",
    collector="account-identity",
    fix="Delete the access keys of the root user.",
    compliant=[{ROOT_KEYS: 0}],
    non_compliant=[{ROOT_KEYS: 1}, {SUMMARY: {}}],
)
def iam_root_access_key_check(account: ConfigurationItem) -> Verdict:
    """The root user has no access keys.

    Nothing an account needs day by day needs them.
    """
    present = account.text(ROOT_KEYS, "unknown")
    return compliant_if(account.number(ROOT_KEYS, 1) == 0, otherwise=f"access keys of the root user: {present}")


@check(
    ACCOUNT,
    best_practices={"SEC01-BP02": "somebody works with the most powerful user"},
    effort="M",
    severity="medium",
    collector="account-identity",
    fix="Work with roles of IAM Identity Center, and keep the root user for what only it can do.",
    compliant=[root({"password_last_used": "2025-10-17T12:00:00+00:00"}), root({})],
    non_compliant=[
        root({"password_last_used": "2025-10-17T12:01:00+00:00"}),
        root({"access_key_2_last_used_date": "2026-01-14T00:00:00+00:00"}),
    ],
    not_applicable=[{ROOT: None}],
)
def root_user_not_used_recently(account: ConfigurationItem, *, days: int = 90) -> Verdict:
    """The root user is not used for daily work.

    Few tasks need it, none of them every quarter. After one that did, accept the finding until the quarter is over.
    """
    if not account.has(f"{ROOT}.user"):
        return NOT_APPLICABLE  # the report says nothing of it
    return compliant_if_none(
        {
            "password": "password_last_used",
            **{f"access key {n}": f"access_key_{n}_last_used_date" for n in (1, 2)},
        }.items(),
        lambda use: account.days_since(f"{ROOT}.{use[1]}", default=days) < days,
        f"root was used within {days} days",
        named=lambda use: use[0],
    )


@check(
    ACCOUNT,
    best_practices={"SEC02-BP01": "users may choose passwords that can be guessed"},
    managed_rule="IAM_PASSWORD_POLICY",
    automation="AWSConfigRemediation-SetIAMPasswordPolicy",
    effort="S",
    severity="medium",
    collector="account-identity",
    fix="Set a password policy: 14 characters of all four kinds, the last 24 not again.",
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
    """Passwords of IAM users are strong, and not used again.

    It matters as long as the account has IAM users at all.
    """
    strong = {
        "MinimumPasswordLength": account.number(f"{PASSWORDS}.MinimumPasswordLength") >= minimum_password_length,
        "PasswordReusePrevention": account.number(f"{PASSWORDS}.PasswordReusePrevention") >= password_reuse_prevention,
        **{kind: account.flag(f"{PASSWORDS}.{kind}") for kind in CLASSES},
    }

    def as_set(setting: str) -> str:
        return f"{setting} is {account.text(f'{PASSWORDS}.{setting}', 'not set')}"

    return compliant_if_all(strong, strong.__getitem__, "too weak", named=as_set)


@check(
    ACCOUNT,
    best_practices={
        "SEC10-BP01": "AWS has no security contact for incidents",
        "SEC01-BP02": "no contact for the account's security is recorded",
        "OPS02-BP01": "no owner of the account's security is named",
    },
    managed_rule="SECURITY_ACCOUNT_INFORMATION_PROVIDED",
    effort="S",
    severity="medium",
    collector="account-identity",
    fix="Set the alternate contact for security, best a mailing list.",
    compliant=[{CONTACTS: [None, contact("SECURITY")]}],
    non_compliant=[{CONTACTS: [contact("BILLING")]}, {CONTACTS: []}],
)
def security_account_information_provided(account: ConfigurationItem) -> Verdict:
    """The account has an alternate contact for security.

    Otherwise it writes to the root user's mailbox.
    """
    return compliant_if(contains(contacts_of(account), "SECURITY"), otherwise="no security contact")


@check(
    ACCOUNT,
    best_practices={
        "OPS02-BP01": "no owners of operations and billing are named",
        "OPS10-BP04": "notices from AWS do not reach a person who can act",
    },
    effort="S",
    severity="low",
    collector="account-identity",
    fix="Set the alternate contacts for operations and billing, best mailing lists.",
    compliant=[{CONTACTS: [contact("BILLING"), contact("OPERATIONS")]}],
    non_compliant=[{CONTACTS: [contact("BILLING"), contact("SECURITY")]}, {CONTACTS: []}],
)
def account_operations_billing_contact_provided(account: ConfigurationItem) -> Verdict:
    """The account has alternate contacts for operations and billing.

    Otherwise it writes to the root user's mailbox.
    """
    known = contacts_of(account)
    return compliant_if_all(("OPERATIONS", "BILLING"), lambda kind: contains(known, kind), "no contact for")


def contacts_of(account: ConfigurationItem) -> Sequence[str]:
    """The kinds of contact that AWS has an address of."""
    return account.texts(f"{CONTACTS}.AlternateContact.AlternateContactType")
