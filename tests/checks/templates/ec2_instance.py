"""Templates of ec2_instance."""

from tests.checks.templates import Case, other

TEMPLATE = other("AWS::EC2::LaunchTemplate", LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}})
NAMED = {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}}

CASES: list[Case] = [
    ("ec2-imdsv2-check", "COMPLIANT", NAMED, {"Template": TEMPLATE}),
    ("ec2-imdsv2-check", "NON_COMPLIANT", {}, {"Template": TEMPLATE}),
    ("ec2-imdsv2-check", "INSUFFICIENT_DATA", {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "1"}}, {}),
    ("ec2-instance-detailed-monitoring-enabled", "COMPLIANT", {"Monitoring": True}, {}),
    ("ec2-instance-no-public-ip", "INSUFFICIENT_DATA", {}, {}),
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
