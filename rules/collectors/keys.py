"""KMS keys with their last use, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

KEY = "AWS::KMS::Key"
DELETED = ("NotFoundException",)


@collector(KEY, actions=("config:SelectResourceConfig", "kms:GetKeyLastUsage"))
def keys(aws: Aws) -> Iterator[Listed]:
    """KMS keys of the account with their last use."""
    for item in aws.recorded(KEY):
        if (item.get("configuration") or {}).get("keyManager") == "AWS":
            yield completed(item, {})  # an AWS managed key
            continue
        usage = aws.ask("kms:GetKeyLastUsage", absent=DELETED, KeyId=item["resourceId"])
        if usage is not None:  # otherwise deleted since it was recorded
            yield completed(item, {"kms": {"GetKeyLastUsage": usage}})
