"""IAM users with their credentials, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._credential_report import credential_report, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

USER = "AWS::IAM::User"


@collector(
    USER,
    actions=("config:SelectResourceConfig", "iam:GenerateCredentialReport", "iam:GetCredentialReport"),
    region="global",
)
def credentials(aws: Aws) -> Iterator[Listed]:
    """IAM users with their rows of the credential report."""
    report = credential_report(aws)
    for item in aws.recorded(USER):
        yield completed(item, {"iam": {"GetCredentialReport": {"Content": row_of(report, item["resourceName"])}}})
