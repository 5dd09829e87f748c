"""Templates of ecs_service."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    (
        "ecs-service-autoscaling-configured",
        "COMPLIANT",
        {},
        {
            "Scaling": other(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ResourceId={"Fn::Sub": "service/cluster/${Main.Name}"},
                MinCapacity=1,
                MaxCapacity=3,
            )
        },
    ),
    (
        "ecs-service-autoscaling-configured",
        "NON_COMPLIANT",
        {},
        {
            "Scaling": other(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ResourceId={"Fn::Sub": "service/cluster/${Main.Name}"},
                MinCapacity=1,
                MaxCapacity=1,
            )
        },
    ),
]
