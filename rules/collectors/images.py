"""ECR repositories with their newest image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

REPOSITORY = "AWS::ECR::Repository"


@collector(REPOSITORY, actions=("config:SelectResourceConfig", "ecr:DescribeImages"))
def images(aws: Aws) -> Iterator[Listed]:
    """ECR repositories with the image that was pushed last; one that is deleted in the meantime is not listed."""
    for item in aws.recorded(REPOSITORY):
        found = aws.every(
            "ecr:DescribeImages",
            "imageDetails[].{imagePushedAt: imagePushedAt, imageSizeInBytes: imageSizeInBytes}",
            absent=("RepositoryNotFoundException",),
            repositoryName=item["resourceName"],
        )
        if found is None:
            continue
        newest = found if isinstance(found, Unknown) else sorted(found, key=lambda each: each["imagePushedAt"])[-1:]
        yield completed(item, {"ecr": {"DescribeImages": {"imageDetails": newest}}})
