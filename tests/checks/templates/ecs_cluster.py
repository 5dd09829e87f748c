"""Templates of ecs_cluster."""

from tests.checks.templates import Case

CASES: list[Case] = [
    (
        "ecs-container-insights-enabled",
        "COMPLIANT",
        {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
        {},
    ),
]
