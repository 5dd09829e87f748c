"""The root user, the password policy and the alternate contacts of the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.iam.GetAccountSummary.SummaryMap.AccountMFAEnabled``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch import ACCOUNT
from rules.collectors import collector
from rules.collectors._credential_report import ROOT, credential_report, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "account:GetAlternateContact",
        "iam:GenerateCredentialReport",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
    ),
    region="global",
)
def account_identity(aws: Aws) -> Iterator[Listed]:
    """The root user, the password policy and contacts; sections that AWS refuses are unknown."""
    contacts = [
        aws.ask("account:GetAlternateContact", absent=("ResourceNotFoundException",), AlternateContactType=kind)
        for kind in ("BILLING", "OPERATIONS", "SECURITY")
    ]
    configuration = {
        "account": {"GetAlternateContact": contacts},
        "iam": {
            "GetAccountPasswordPolicy": aws.ask("iam:GetAccountPasswordPolicy", absent=("NoSuchEntity",)),
            "GetAccountSummary": aws.ask("iam:GetAccountSummary"),
            "GetCredentialReport": {"Content": row_of(credential_report(aws), ROOT)},
        },
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
