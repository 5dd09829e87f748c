"""Templates of ec2_launchtemplate."""

from typing import Any

from tests.checks.templates import Case

ENCRYPTED, PUBLIC = "ec2-launch-templates-ebs-volume-encrypted", "ec2-launch-template-public-ip-disabled"


def disk(**ebs: Any) -> dict[str, Any]:
    return {"LaunchTemplateData": {"BlockDeviceMappings": [{"DeviceName": "/dev/xvdb", "Ebs": ebs}]}}


def interface(**properties: Any) -> dict[str, Any]:
    return {"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0, **properties}]}}


CASES: list[Case] = [
    (ENCRYPTED, "COMPLIANT", disk(Encrypted="true"), {}),
    (ENCRYPTED, "NON_COMPLIANT", disk(VolumeSize=20), {}),
    (ENCRYPTED, "INSUFFICIENT_DATA", disk(SnapshotId="snap-1"), {}),
    (PUBLIC, "NON_COMPLIANT", interface(AssociatePublicIpAddress="true"), {}),
    (PUBLIC, "COMPLIANT", interface(), {}),
    (PUBLIC, "INSUFFICIENT_DATA", interface(AssociatePublicIpAddress={"Fn::ImportValue": "public"}), {}),
]
