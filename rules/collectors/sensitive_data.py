"""S3 buckets with their coverage by Amazon Macie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

BUCKET = "AWS::S3::Bucket"
DISABLED = ("AccessDeniedException: Macie is not enabled",)


@collector(BUCKET, actions=("config:SelectResourceConfig", "macie2:DescribeBuckets"))
def sensitive_data(aws: Aws) -> Iterator[Listed]:
    """S3 buckets with their description in Macie; none if Macie is off."""
    found = aws.every("macie2:DescribeBuckets", "buckets", absent=DISABLED)
    known = found if isinstance(found, Unknown) else {each["bucketName"]: each for each in found or ()}
    for item in aws.recorded(BUCKET):
        its_own = known if isinstance(known, Unknown) else _statement(known.get(item["resourceName"]))
        yield completed(item, {"macie2": {"DescribeBuckets": {"buckets": its_own}}})


def _statement(bucket: dict[str, Any] | None) -> Any:
    """The description of a bucket in Macie, as a list; Unknown if Macie reports an error for the bucket."""
    if bucket and bucket.get("errorCode"):
        return Unknown(f"macie2:DescribeBuckets of {bucket['bucketName']}: {bucket['errorCode']}")
    return [bucket] if bucket else []
