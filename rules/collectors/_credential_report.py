"""IAM's credential report: what every user of the account signs in with, and when it was last used."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from rules.collectors import Aws

ROOT = "<root_account>"
NOTHING = ("N/A", "no_information", "not_supported")  # how the report says that there is nothing
TRIES, PAUSE = 60, 1  # in seconds: a report is made in seconds; one that is less than four hours old is given again


def credential_report(aws: Aws) -> Any:
    """The report's rows by user name, without what is not there; unknown where it is refused.

    Needs ``iam:GenerateCredentialReport`` and ``iam:GetCredentialReport``.
    """
    for _ in range(TRIES):
        state = aws.ask("iam:GenerateCredentialReport", "State")
        if isinstance(state, Unknown) or state == "COMPLETE":
            break
        time.sleep(PAUSE)
    content = aws.ask("iam:GetCredentialReport", "Content")
    if isinstance(content, Unknown):
        return content
    rows = csv.DictReader(io.StringIO(content.decode()))
    return {row["user"]: {key: value for key, value in row.items() if value not in NOTHING} for row in rows}


def row_of(report: Any, user: str) -> Any:
    """A user's row; unknown where the report has none, because the user is younger than the report."""
    return (
        report if isinstance(report, Unknown) else report.get(user, Unknown(f"{user} is not in the credential report"))
    )
