"""Launch configurations, which launch templates have replaced: the describe API's camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.launching import (
    autoscaling_launchconfig_requires_imdsv2,
    ec2_launch_templates_ebs_volume_encrypted,
    launch_template_gp3,
)
from rules.shared.literals import secrets_of_user_data, template_holds_no_literal_secret

PUBLIC = "configuration.associatePublicIpAddress"


@check(
    "AWS::AutoScaling::LaunchConfiguration",
    best_practices={"SEC05-BP01": "new instances get a public address"},
    managed_rule="AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
    effort="S",
    fix="Turn off public addresses, and put a load balancer in front.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {}],
)
def autoscaling_launch_config_public_ip_disabled(source: ConfigurationItem) -> Verdict:
    """Auto Scaling groups launch instances without public addresses.

    Where nothing is said the subnet decides, and those of a default VPC assign them: AWS's own rule lets that pass, we
    do not.
    """
    public = source.text(PUBLIC, "as the subnet says")
    return compliant_if(none_of([source.flag(PUBLIC, default=True)]), otherwise=f"public addresses: {public}")


def lift(source: TemplateResource) -> dict[str, Any]:
    """A launch configuration."""
    secrets = secrets_of_user_data(source.properties.get("UserData"))
    return {
        "configuration": lowered(source.properties),
        "supplementaryConfiguration": {"PlaintextSecrets": secrets},
    }
