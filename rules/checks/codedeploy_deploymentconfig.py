"""CodeDeploy deployment configurations; their items use the camelCase names of GetDeploymentConfig."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.template_resource import TemplateResource, lowered

HEALTHY = "configuration.minimumHealthyHosts"


@check(
    "AWS::CodeDeploy::DeploymentConfig",
    best_practices={"OPS06-BP03": "too many instances are out of service during a deployment"},
    managed_rule="CODEDEPLOY_EC2_MINIMUM_HEALTHY_HOSTS_CONFIGURED",
    effort="S",
    severity="low",
    fix="Set MinimumHealthyHosts to a FLEET_PERCENT of 66 or more, or to a HOST_COUNT of 1 or more.",
    compliant=[
        {f"{HEALTHY}.type": "FLEET_PERCENT", f"{HEALTHY}.value": 66},
        {f"{HEALTHY}.type": "HOST_COUNT", f"{HEALTHY}.value": 1},
    ],
    non_compliant=[
        {f"{HEALTHY}.type": "FLEET_PERCENT", f"{HEALTHY}.value": 65},
        {f"{HEALTHY}.type": "HOST_COUNT", f"{HEALTHY}.value": 0},
    ],
    not_applicable=[{"configuration.computePlatform": "Lambda"}, {}],
)
def codedeploy_ec2_minimum_healthy_hosts_configured(
    config: ConfigurationItem,
    *,
    minimum_healthy_hosts_fleet_percent: int = 66,
    minimum_healthy_hosts_host_count: int = 1,
) -> Verdict:
    """CodeDeploy deployment configurations keep enough instances in service.

    If too many instances are updated at the same time, the remaining ones cannot handle the requests.
    """
    if none_of([config.has(HEALTHY)]):
        return NOT_APPLICABLE
    kind, value = config.text(f"{HEALTHY}.type"), config.number(f"{HEALTHY}.value")
    least = minimum_healthy_hosts_host_count if kind == "HOST_COUNT" else minimum_healthy_hosts_fleet_percent
    return compliant_if(value >= least, otherwise=f"MinimumHealthyHosts is {kind} {value} (expected {least} or more)")


def to_configuration_item(config: TemplateResource) -> dict[str, Any]:
    """The configuration item of a deployment configuration."""
    return {"configuration": lowered(config.properties)}
