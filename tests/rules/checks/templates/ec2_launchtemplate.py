"""Templates of ec2_launchtemplate."""

from typing import Any

from tests.rules.checks.templates import Case

ENCRYPTED, PUBLIC = "ec2-launch-templates-ebs-volume-encrypted", "ec2-launch-template-public-ip-disabled"
LITERAL = "template-holds-no-literal-secret"


def disk(**ebs: Any) -> dict[str, Any]:
    return {"LaunchTemplateData": {"BlockDeviceMappings": [{"DeviceName": "/dev/xvdb", "Ebs": ebs}]}}


def interface(**properties: Any) -> dict[str, Any]:
    return {"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0, **properties}]}}


def user_data(script: str) -> dict[str, Any]:
    return {"LaunchTemplateData": {"UserData": {"Fn::Base64": {"Fn::Sub": script}}}}


CASES: list[Case] = [
    (LITERAL, "NON_COMPLIANT", user_data("#!/bin/sh\nexport DB_PASSWORD=correct-horse\n./start ${AWS::Region}\n"), {}),
    (LITERAL, "COMPLIANT", user_data("#!/bin/sh\nDB_PASSWORD=$(./read-secret ${AWS::Region})\n./start\n"), {}),
    (LITERAL, "NOT_APPLICABLE", {}, {}),
    (ENCRYPTED, "COMPLIANT", disk(Encrypted="true"), {}),
    (ENCRYPTED, "NON_COMPLIANT", disk(VolumeSize=20), {}),
    (ENCRYPTED, "INSUFFICIENT_DATA", disk(SnapshotId="snap-1"), {}),
    (PUBLIC, "NON_COMPLIANT", interface(AssociatePublicIpAddress="true"), {}),
    (PUBLIC, "COMPLIANT", interface(), {}),
    (PUBLIC, "INSUFFICIENT_DATA", interface(AssociatePublicIpAddress={"Fn::ImportValue": "public"}), {}),
]
