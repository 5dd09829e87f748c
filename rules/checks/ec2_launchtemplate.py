"""Launch templates, with CloudFormation's attribute names."""

from typing import Any

from pillarwatch import Attributes, ConfigurationItem, Verdict, check, compliant_if_none
from pillarwatch.template_resource import TemplateResource
from pillarwatch.unknown import Unknown
from rules.checks.shared.launching import (
    autoscaling_launchconfig_requires_imdsv2,
    ec2_launch_templates_ebs_volume_encrypted,
    launch_template_gp3,
)
from rules.checks.shared.literals import secrets_of_user_data, template_holds_no_literal_secret

INTERFACES = "configuration.LaunchTemplateData.NetworkInterfaces"


@check(
    "AWS::EC2::LaunchTemplate",
    best_practices={"SEC05-BP01": "every new instance has a public IP address"},
    managed_rule="EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED",
    effort="S",
    fix="Set NetworkInterfaces.AssociatePublicIpAddress to false, and use a load balancer for inbound traffic.",
    compliant=[{INTERFACES: [{"DeviceIndex": 0, "AssociatePublicIpAddress": False}]}, {INTERFACES: [{}]}, {}],
    non_compliant=[{INTERFACES: [{"DeviceIndex": 0}, {"DeviceIndex": 0, "AssociatePublicIpAddress": True}]}],
)
def ec2_launch_template_public_ip_disabled(template: ConfigurationItem) -> Verdict:
    """Launch templates do not assign public IP addresses.

    An instance with a public IP address can be reached from the internet if its security groups allow it. A launch
    template without the setting is compliant, because the subnet decides.
    """

    def is_public(interface: Attributes) -> bool:
        return interface.flag("AssociatePublicIpAddress")

    named = "AssociatePublicIpAddress is true (expected false)"
    return compliant_if_none(template.objects(INTERFACES), is_public, named, named=device)


def device(interface: Attributes) -> str:
    """The name of a network interface in annotations."""
    return f"interface {interface.text('DeviceIndex', '0')}"


def to_configuration_item(template: TemplateResource) -> dict[str, Any]:
    """A launch template, with the literal secrets of its user data."""
    data = template.properties.get("LaunchTemplateData", {})
    user_data = data if isinstance(data, Unknown) else data.get("UserData")
    return {
        "configuration": template.properties,
        "supplementaryConfiguration": {"PlaintextSecrets": secrets_of_user_data(user_data)},
    }
