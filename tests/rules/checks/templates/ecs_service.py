"""Templates of ecs_service."""

from typing import Any

from tests.rules.checks.templates import Case, other


def scaling(*, least: int = 1, most: int = 4, **more: Any) -> dict[str, Any]:
    """The service's scalable target."""
    resource = {"Fn::Sub": "service/cluster/${Main.Name}"}
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    return {"Scaling": other(kind, ResourceId=resource, MinCapacity=least, MaxCapacity=most, **more)}


def policy(metric: str, value: int, **more: Any) -> dict[str, Any]:
    """The scalable target, and a policy that names it."""
    predefined = {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
    tracking = {**predefined, "TargetValue": value, **more}
    named = {"ScalingTargetId": {"Ref": "Scaling"}, "TargetTrackingScalingPolicyConfiguration": tracking}
    return {**scaling(), "Policy": other("AWS::ApplicationAutoScaling::ScalingPolicy", **named)}


def alarm(namespace: str, metric: str) -> dict[str, Any]:
    """An alarm on a metric of the service."""
    dimensions = [{"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Main", "Name"]}}]
    watched = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return other("AWS::CloudWatch::Alarm", **watched, AlarmActions=["arn"])


CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
FULL = {"Cpu": alarm("AWS/ECS", "CPUUtilization"), "Memory": alarm("AWS/ECS", "MemoryUtilization")}

PRODUCTION = {"Tags": [{"Key": "Environment", "Value": "production"}]}

ZONES = [{"Fn::Select": [at, {"Fn::GetAZs": ""}]} for at in (0, 1)]
SUBNETS = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "One"}, {"Ref": "Two"}]}}}


def zones(first: Any, second: Any) -> dict[str, Any]:
    return {
        "One": other("AWS::EC2::Subnet", AvailabilityZone=first),
        "Two": other("AWS::EC2::Subnet", AvailabilityZone=second),
    }


CASES: list[Case] = [
    ("ecs-service-subnets-multi-az", "COMPLIANT", SUBNETS, zones("eu-west-1a", "eu-west-1b")),
    (
        "ecs-service-subnets-multi-az",
        "COMPLIANT",
        SUBNETS,
        zones(*ZONES),
    ),
    ("ecs-service-subnets-multi-az", "NON_COMPLIANT", SUBNETS, zones("eu-west-1a", "eu-west-1a")),
    ("ecs-service-subnets-multi-az", "INSUFFICIENT_DATA", SUBNETS, zones("eu-west-1a", {"Fn::ImportValue": "zone"})),
    (
        "ecs-service-subnets-multi-az",
        "INSUFFICIENT_DATA",
        {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1", "subnet-2"]}}},
        {},
    ),
    ("ecs-service-minimum-running-tasks", "COMPLIANT", PRODUCTION, scaling(least=2)),
    ("ecs-service-minimum-running-tasks", "NON_COMPLIANT", PRODUCTION, scaling(least=1)),
    ("ecs-service-minimum-running-tasks", "NON_COMPLIANT", {**PRODUCTION, "DesiredCount": 1}, scaling(least=2)),
    ("ecs-service-autoscaling-configured", "COMPLIANT", {}, scaling(most=3)),
    ("ecs-service-autoscaling-configured", "NON_COMPLIANT", {}, scaling(most=1)),
    (
        "ecs-service-alarm-configured",
        "COMPLIANT",
        {},
        {**FULL, "Count": alarm("ECS/ContainerInsights", "RunningTaskCount")},
    ),
    ("ecs-service-alarm-configured", "NON_COMPLIANT", {}, FULL),
    ("ecs-service-target-tracking-cpu", "COMPLIANT", {}, policy(CPU, 70)),
    ("ecs-service-target-tracking-cpu", "NON_COMPLIANT", {}, policy(CPU, 90)),
    ("ecs-service-target-tracking-memory", "COMPLIANT", {}, policy(MEMORY, 80)),
    ("ecs-service-target-tracking-memory", "NON_COMPLIANT", {}, policy(CPU, 70)),
    ("ecs-service-demand-metric-scaling", "COMPLIANT", {}, policy("ALBRequestCountPerTarget", 500)),
    ("ecs-service-demand-metric-scaling", "NON_COMPLIANT", {}, policy(CPU, 70)),
    ("ecs-service-scaling-cooldowns-set", "COMPLIANT", {}, policy(CPU, 70, ScaleOutCooldown=60)),
    ("ecs-service-scaling-cooldowns-set", "NON_COMPLIANT", {}, policy(CPU, 70)),
    (
        "warm-capacity-scheduled",
        "COMPLIANT",
        {},
        scaling(least=3, ScheduledActions=[{"Schedule": "cron(0 7 * * ? *)"}]),
    ),
    (
        "warm-capacity-scheduled",
        "NON_COMPLIANT",
        {},
        {
            **scaling(least=3),
            "Elsewhere": other("AWS::ApplicationAutoScaling::ScalingPolicy", ResourceId="table/another"),
        },
    ),
]
