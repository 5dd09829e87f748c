"""Templates of ec2_instance."""

from typing import Any

from tests.rules.checks.templates import Case, other

TEMPLATE = other("AWS::EC2::LaunchTemplate", LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}})
ADDRESS = other("AWS::EC2::EIP", InstanceId={"Ref": "Main"})
NAMED = {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}}


def interface(**properties: Any) -> dict[str, Any]:
    """A launch template with one network interface."""
    return other(
        "AWS::EC2::LaunchTemplate", LaunchTemplateData={"NetworkInterfaces": [{"DeviceIndex": 0, **properties}]}
    )


def subnet(**properties: Any) -> dict[str, Any]:
    """A subnet of the template."""
    return {"Subnet": other("AWS::EC2::Subnet", **properties)}


ENCRYPTED = "ec2-instance-ebs-volumes-encrypted"


def disk(**ebs: Any) -> dict[str, Any]:
    return {"BlockDeviceMappings": [{"DeviceName": "/dev/xvdb", "Ebs": ebs}]}


TWO_INTERFACES = [
    {"DeviceIndex": "0", "SubnetId": "subnet-1", "AssociatePublicIpAddress": False},
    {"DeviceIndex": "1", "SubnetId": "subnet-2"},
]

CASES: list[Case] = [
    (
        "template-holds-no-literal-secret",
        "NON_COMPLIANT",
        {"UserData": {"Fn::Base64": {"Fn::Sub": "API_KEY='abc123def456' ./start ${AWS::Region}"}}},
        {},
    ),
    ("template-holds-no-literal-secret", "COMPLIANT", {"UserData": {"Fn::Base64": "./start --password=$PASSWORD"}}, {}),
    ("ec2-instance-no-public-ip", "COMPLIANT", {"NetworkInterfaces": TWO_INTERFACES}, {}),
    (ENCRYPTED, "COMPLIANT", disk(Encrypted=True), {}),
    (ENCRYPTED, "NON_COMPLIANT", disk(Encrypted=False), {}),
    (ENCRYPTED, "NON_COMPLIANT", disk(VolumeSize=20), {}),
    (ENCRYPTED, "INSUFFICIENT_DATA", disk(SnapshotId="snap-1"), {}),
    (ENCRYPTED, "INSUFFICIENT_DATA", {"BlockDeviceMappings": {"Fn::ImportValue": "disks"}}, {}),
    (ENCRYPTED, "NOT_APPLICABLE", {"BlockDeviceMappings": [{"DeviceName": "b", "VirtualName": "ephemeral0"}]}, {}),
    ("ec2-imdsv2-check", "COMPLIANT", NAMED, {"Template": TEMPLATE}),
    ("ec2-imdsv2-check", "NON_COMPLIANT", {}, {"Template": TEMPLATE}),
    ("ec2-imdsv2-check", "INSUFFICIENT_DATA", {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "1"}}, {}),
    ("ec2-instance-detailed-monitoring-enabled", "COMPLIANT", {"Monitoring": True}, {}),
    ("ec2-instance-no-public-ip", "INSUFFICIENT_DATA", {}, {}),
    ("ec2-instance-no-public-ip", "NON_COMPLIANT", {}, {"Address": ADDRESS}),
    ("ec2-instance-no-public-ip", "NON_COMPLIANT", NAMED, {"Template": interface(AssociatePublicIpAddress="true")}),
    ("ec2-instance-no-public-ip", "COMPLIANT", NAMED, {"Template": interface(AssociatePublicIpAddress=False)}),
    ("ec2-instance-no-public-ip", "COMPLIANT", NAMED, {"Template": interface(SubnetId={"Ref": "Subnet"}), **subnet()}),
    ("ec2-instance-no-public-ip", "COMPLIANT", {"SubnetId": {"Ref": "Subnet"}}, subnet()),
    (
        "ec2-instance-no-public-ip",
        "NON_COMPLIANT",
        {"SubnetId": {"Ref": "Subnet"}},
        subnet(MapPublicIpOnLaunch=True),
    ),
    (
        "ec2-instance-no-public-ip",
        "INSUFFICIENT_DATA",
        {"SubnetId": {"Ref": "Subnet"}},
        subnet(MapPublicIpOnLaunch={"Fn::ImportValue": "public"}),
    ),
    ("ebs-optimized-instance", "COMPLIANT", {"InstanceType": {"Fn::ImportValue": "type"}, "EbsOptimized": True}, {}),
    (
        "ec2-instance-no-public-ip",
        "COMPLIANT",
        {"NetworkInterfaces": [{"DeviceIndex": "0", "AssociatePublicIpAddress": False}]},
        {},
    ),
    (
        "ec2-instance-no-public-ip",
        "NON_COMPLIANT",
        {"NetworkInterfaces": [{"DeviceIndex": "0", "AssociatePublicIpAddress": True}]},
        {},
    ),
]
