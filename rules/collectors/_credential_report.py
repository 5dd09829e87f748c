"""The IAM credential report: the credentials of every user in the account, and when they were last used."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from rules.collectors import Aws

ROOT = "<root_account>"
NOTHING = ("N/A", "no_information", "not_supported")  # empty values of the report
TRIES, PAUSE = 60, 1  # in seconds: IAM creates a report in seconds, and returns one of the last four hours again


def credential_report(aws: Aws) -> Any:
    """The rows of the report by user name, without empty values; Unknown if AWS refuses the report.

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
    """The row of a user; Unknown if the user was created after the report."""
    return (
        report if isinstance(report, Unknown) else report.get(user, Unknown(f"{user} is not in the credential report"))
    )
