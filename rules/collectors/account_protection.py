"""What watches over the account and its region.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.ec2.GetEbsEncryptionByDefault.EbsEncryptionByDefault`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "ec2:GetEbsEncryptionByDefault",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "inspector2:BatchGetAccountStatus",
    ),
)
def account_protection(aws: Aws) -> Iterator[Listed]:
    """Trails, detectors, scans and encryption; a section that is refused is unknown, and the others go on."""
    trails = aws.every("cloudtrail:DescribeTrails", "trailList[].TrailARN")
    detectors = aws.every("guardduty:ListDetectors", "DetectorIds")
    configuration = {
        "cloudtrail": {"GetTrailStatus": _about_each(aws, trails, "cloudtrail:GetTrailStatus", "Name")},
        "ec2": {"GetEbsEncryptionByDefault": aws.ask("ec2:GetEbsEncryptionByDefault")},
        "guardduty": {"GetDetector": _about_each(aws, detectors, "guardduty:GetDetector", "DetectorId")},
        "inspector2": {"BatchGetAccountStatus": aws.ask("inspector2:BatchGetAccountStatus", accountIds=[aws.account])},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _about_each(aws: Aws, names: Any, action: str, parameter: str) -> Any:
    """The answers about each of what was found; what has vanished meanwhile is left out."""
    if isinstance(names, Unknown):
        return names
    gone = ("BadRequestException", "TrailNotFoundException")
    answers = [aws.ask(action, absent=gone, **{parameter: name}) for name in names]
    return [answer for answer in answers if answer is not None]
