"""EBS snapshots, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector
from rules.collectors._tags import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

SNAPSHOT = "AWS::EC2::Snapshot"
A_PAGE = 500


@collector(SNAPSHOT, actions=("ec2:DescribeSnapshots",))
def snapshots(aws: Aws) -> Iterator[Listed]:
    """Snapshots that the account owns, in the shape of the API."""
    for each in aws.walk("ec2:DescribeSnapshots", "Snapshots", OwnerIds=["self"], MaxResults=A_PAGE):
        tags = by_key(each.get("Tags", ()))
        yield aws.listed(SNAPSHOT, each["SnapshotId"], each, tags=tags)
