"""Deployment configurations of CodeDeploy: the describe API's camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource, lowered

HEALTHY = "configuration.minimumHealthyHosts"


@check(
    "AWS::CodeDeploy::DeploymentConfig",
    best_practices={"OPS06-BP03": "too many instances are taken out at once"},
    managed_rule="CODEDEPLOY_EC2_MINIMUM_HEALTHY_HOSTS_CONFIGURED",
    effort="S",
    severity="low",
    fix="Keep two thirds of the fleet in service while it is deployed to.",
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
    """Deployments leave most of the fleet in service.

    In percent, or in hosts.
    """
    if none_of([config.has(HEALTHY)]):
        return NOT_APPLICABLE
    kind, value = config.text(f"{HEALTHY}.type"), config.number(f"{HEALTHY}.value")
    hosts = kind == "HOST_COUNT"
    least = minimum_healthy_hosts_host_count if hosts else minimum_healthy_hosts_fleet_percent
    return compliant_if(value >= least, otherwise=f"{value} {'hosts' if hosts else 'percent'} stay healthy")


def lift(config: TemplateResource) -> dict[str, Any]:
    """A deployment configuration."""
    return {"configuration": lowered(config.properties)}
