"""Launch configurations; their configuration items use the camelCase names of DescribeLaunchConfigurations."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.launching import (
    autoscaling_launchconfig_requires_imdsv2,
    ec2_launch_templates_ebs_volume_encrypted,
    launch_template_gp3,
)
from rules.checks.shared.literals import secrets_of_user_data, template_holds_no_literal_secret

PUBLIC_ADDRESS = "configuration.associatePublicIpAddress"


@check(
    "AWS::AutoScaling::LaunchConfiguration",
    best_practices={"SEC05-BP01": "instances of the group get a public IP address"},
    managed_rule="AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
    effort="S",
    fix="Set AssociatePublicIpAddress to false, and receive requests through a load balancer.",
    compliant=[{PUBLIC_ADDRESS: False}],
    non_compliant=[{PUBLIC_ADDRESS: True}, {}],
)
def autoscaling_launch_config_public_ip_disabled(source: ConfigurationItem) -> Verdict:
    """Launch configurations do not assign public IP addresses to instances.

    The internet can send traffic to an instance with a public IP address. If AssociatePublicIpAddress is not set, the
    subnet decides, and subnets of a default VPC assign public addresses. AWS's managed rule accepts that.
    """
    found = f"AssociatePublicIpAddress is {source.text(PUBLIC_ADDRESS, 'not set')} (expected false)"
    return compliant_if(none_of([source.flag(PUBLIC_ADDRESS, default=True)]), otherwise=found)


def to_configuration_item(source: TemplateResource) -> dict[str, Any]:
    """The configuration item of a launch configuration, with the secrets in its user data."""
    secrets = secrets_of_user_data(source.properties.get("UserData"))
    return {
        "configuration": lowered(source.properties),
        "supplementaryConfiguration": {"PlaintextSecrets": secrets},
    }
