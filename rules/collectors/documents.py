"""Systems Manager documents of the account with the accounts that they are shared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._tags import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

DOCUMENT = "AWS::SSM::Document"
DELETED = ("InvalidDocument",)
OWN = [{"Key": "Owner", "Values": ["Self"]}]
SAME = ("DocumentFormat", "DocumentType", "Name", "TargetType", "VersionName")  # also CloudFormation's names


@collector(DOCUMENT, actions=("ssm:DescribeDocumentPermission", "ssm:ListDocuments"))
def documents(aws: Aws) -> Iterator[Listed]:
    """Documents that the account owns, with the accounts that they are shared with. The ids are those of AWS Config."""
    for document in aws.walk("ssm:ListDocuments", "DocumentIdentifiers", Filters=OWN):
        name = document["Name"]
        shared = aws.every(
            "ssm:DescribeDocumentPermission", "AccountIds", absent=DELETED, Name=name, PermissionType="Share"
        )
        if shared is not None:  # otherwise deleted since it was listed
            tags = by_key(document.get("Tags", ()))
            configuration = {key: document.get(key) for key in SAME}
            item = aws.listed(DOCUMENT, name, configuration, tags=tags).item
            yield completed(item, {"ssm": {"DescribeDocumentPermission": {"AccountIds": shared}}})
