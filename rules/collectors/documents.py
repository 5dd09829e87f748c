"""Systems Manager's documents of the account, with whom they are shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._tags import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

DOCUMENT = "AWS::SSM::Document"
GONE = ("InvalidDocument",)
OWN = [{"Key": "Owner", "Values": ["Self"]}]
SAME = ("DocumentFormat", "DocumentType", "Name", "TargetType", "VersionName")  # what CloudFormation names alike


@collector(DOCUMENT, actions=("ssm:DescribeDocumentPermission", "ssm:ListDocuments"))
def documents(aws: Aws) -> Iterator[Listed]:
    """Documents that the account owns, with whom they are shared. Config names them as we do."""
    for document in aws.walk("ssm:ListDocuments", "DocumentIdentifiers", Filters=OWN):
        name = document["Name"]
        shared = aws.every(
            "ssm:DescribeDocumentPermission", "AccountIds", absent=GONE, Name=name, PermissionType="Share"
        )
        if shared is not None:  # else it is gone since it was listed
            tags = by_key(document.get("Tags", ()))
            configuration = {key: document.get(key) for key in SAME}
            item = aws.listed(DOCUMENT, name, configuration, tags=tags).item
            yield completed(item, {"ssm": {"DescribeDocumentPermission": {"AccountIds": shared}}})
