"""Templates of ecs_cluster."""

from typing import Any

from tests.rules.checks.templates import Case, other


def associated(*providers: Any) -> dict[str, Any]:
    """Capacity providers that are associated with the cluster."""
    kind = "AWS::ECS::ClusterCapacityProviderAssociations"
    return {"Providers": other(kind, Cluster={"Ref": "Main"}, CapacityProviders=list(providers))}


CASES: list[Case] = [
    (
        "ecs-container-insights-enabled",
        "COMPLIANT",
        {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
        {},
    ),
    ("fargate-spot-capacity-provider-available", "COMPLIANT", {}, associated("FARGATE", "FARGATE_SPOT")),
    ("fargate-spot-capacity-provider-available", "NON_COMPLIANT", {}, associated("FARGATE")),
    ("fargate-spot-capacity-provider-available", "NON_COMPLIANT", {}, {}),
    (
        "fargate-spot-capacity-provider-available",
        "NOT_APPLICABLE",
        {},
        {**associated({"Ref": "Own"}), "Own": other("AWS::ECS::CapacityProvider")},
    ),
]
