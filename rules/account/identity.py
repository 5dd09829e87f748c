"""Who may act for the account, and how they prove it."""

from pillarwatch import ACCOUNT, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, failing, listed

CONTACT = "configuration.account.GetAlternateContact.AlternateContact"
PASSWORDS = "configuration.iam.GetAccountPasswordPolicy.PasswordPolicy"
SUMMARY = "configuration.iam.GetAccountSummary.SummaryMap"
PASSWORD = f"{SUMMARY}.AccountPasswordPresent"

CLASSES = (
    "RequireLowercaseCharacters",
    "RequireNumbers",
    "RequireSymbols",
    "RequireUppercaseCharacters",
)
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
    collector="account",
    live=True,
    fix="Register a hardware or passkey MFA device for the root user, or remove its credentials centrally.",
    compliant=[{f"{SUMMARY}.AccountMFAEnabled": 1}, {PASSWORD: 0}],
    non_compliant=[{f"{SUMMARY}.AccountMFAEnabled": 0}],
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
    collector="account",
    live=True,
    fix="Delete the access keys of the root user.",
    compliant=[{f"{SUMMARY}.AccountAccessKeysPresent": 0}],
    non_compliant=[{f"{SUMMARY}.AccountAccessKeysPresent": 1}],
)
def iam_root_access_key_check(account: ConfigurationItem) -> Verdict:
    """The root user has no access keys.

    Nothing an account needs day by day needs them.
    """
    keys = account.number(f"{SUMMARY}.AccountAccessKeysPresent")
    return compliant_if(keys == 0, otherwise=f"access keys of the root user: {keys}")


@check(
    ACCOUNT,
    best_practices={"SEC02-BP01": "users may choose passwords that can be guessed"},
    managed_rule="IAM_PASSWORD_POLICY",
    automation="AWSConfigRemediation-SetIAMPasswordPolicy",
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Set a password policy: 14 characters of all four kinds, the last 24 not again.",
    compliant=[{PASSWORDS: {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24, **STRONG}}],
    non_compliant=[
        {PASSWORDS: {"MinimumPasswordLength": 13, "PasswordReusePrevention": 24, **STRONG}},
        {PASSWORDS: {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24}},
        {},
    ],
)
def iam_password_policy(account: ConfigurationItem, *, length: int = 14, reuse: int = 24) -> Verdict:
    """Passwords of IAM users are strong, and not used again.

    It matters as long as the account has IAM users at all.
    """

    def required(name: str) -> bool:
        return account.flag(f"{PASSWORDS}.{name}")

    least = account.number(f"{PASSWORDS}.MinimumPasswordLength")
    last = account.number(f"{PASSWORDS}.PasswordReusePrevention")
    weak = f"length {least}, not again {last}, not required: {listed(failing(CLASSES, required)) or 'nothing'}"
    return compliant_if(all_of([least >= length, last >= reuse, *map(required, CLASSES)]), otherwise=weak)


@check(
    ACCOUNT,
    best_practices={
        "SEC10-BP01": "AWS cannot reach who handles security incidents",
        "SEC01-BP02": "the account's security contact is not set",
    },
    managed_rule="SECURITY_ACCOUNT_INFORMATION_PROVIDED",
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Set the alternate contact for security, best a mailing list.",
    compliant=[{f"{CONTACT}.EmailAddress": "security@example.com"}],
    non_compliant=[{}],
)
def security_account_information_provided(account: ConfigurationItem) -> Verdict:
    """AWS knows whom to tell about a security incident in the account.

    Otherwise it writes to the root user's mailbox.
    """
    return compliant_if(account.has(f"{CONTACT}.EmailAddress"), otherwise="no security contact")
