"""ECS clusters, with CloudFormation's attribute names."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, each
from pillarwatch.unknown import Unknown
from rules.checks.shared.tags import required_tags, resource_managed_by_iac

SETTINGS = "configuration.ClusterSettings"
PROVIDERS = "configuration.CapacityProviders"


@check(
    "AWS::ECS::Cluster",
    best_practices={
        "PERF02-BP03": "the CPU and memory use of tasks is not collected",
        "REL06-BP01": "restarts and failures of tasks are not monitored",
        "OPS04-BP02": "tasks and containers publish no metrics",
    },
    managed_rule="ECS_CONTAINER_INSIGHTS_ENABLED",
    effort="S",
    severity="medium",
    fix="Set containerInsights in ClusterSettings to enabled or enhanced. Its metrics are charged.",
    compliant=[
        {SETTINGS: [{"Name": "containerInsights", "Value": "enabled"}]},
        {SETTINGS: [{"Name": "containerInsights", "Value": "enhanced"}]},
    ],
    non_compliant=[
        {SETTINGS: [{"Name": "containerInsights", "Value": "disabled"}]},
        {SETTINGS: [{"Name": "containerInsights"}]},
        {},
    ],
)
def ecs_container_insights_enabled(cluster: ConfigurationItem) -> Verdict:
    """ECS clusters have Container Insights enabled.

    Without Container Insights, CloudWatch has CPU and memory metrics of services, but no metrics of tasks.
    """

    def enables(setting: Attributes) -> bool:
        enabled = contains(("enabled", "enhanced"), setting.text("Value"))
        return all_of([setting.text("Name") == "containerInsights", enabled])

    on = any_of(cluster.objects(SETTINGS), enables)
    return compliant_if(on, otherwise="containerInsights is not enabled (expected enabled or enhanced)")


@check(
    "AWS::ECS::Cluster",
    best_practices={
        "COST07-BP04": "interruptible tasks cannot use Fargate Spot",
        "COST05-BP05": "the lower price of Fargate Spot is not available",
    },
    effort="S",
    fix="Add FARGATE_SPOT to CapacityProviders. Each service chooses whether to use it.",
    compliant=[{PROVIDERS: ["FARGATE", "FARGATE_SPOT"]}],
    non_compliant=[{PROVIDERS: ["FARGATE"]}, {}],
    not_applicable=[{PROVIDERS: ["own-group"]}],
)
def fargate_spot_capacity_provider_available(cluster: ConfigurationItem) -> Verdict:
    """ECS clusters on Fargate have the FARGATE_SPOT capacity provider.

    Without FARGATE_SPOT, services do not get the lower Spot price. Clusters without Fargate are not evaluated.
    """
    providers = cluster.texts(PROVIDERS)
    if all_of([len(providers) > 0, none_of(providers, lambda provider: provider.startswith("FARGATE"))]):
        return NOT_APPLICABLE
    spot = contains(providers, "FARGATE_SPOT")
    return compliant_if(spot, otherwise=f"CapacityProviders is {listed(providers) or 'empty'} (expected FARGATE_SPOT)")


def to_configuration_item(cluster: TemplateResource) -> dict[str, Any]:
    """A cluster with its capacity providers; those of the template are named by their logical ids."""
    properties = cluster.properties
    found = properties.get("CapacityProviders")
    for association in cluster.attached("AWS::ECS::ClusterCapacityProviderAssociations", "Cluster"):
        found = association.properties.get("CapacityProviders")
    return {"configuration": {**properties, "CapacityProviders": each(found, _named)}}


def _named(provider: Any) -> Any:
    of_template = isinstance(provider, Unknown) and provider.reference and not provider.reference.startswith("AWS::")
    return provider.reference if of_template else provider
